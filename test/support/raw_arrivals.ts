import { FRAME_BODY, FRAME_END, FRAME_HEADER, FRAME_HEARTBEAT, FRAME_METHOD } from '../../src/codec/frames.ts';
import { decodeMethod, type Method } from '../../src/codec/methods.gen.ts';
import { type BasicProperties, readProperties } from '../../src/codec/properties.ts';
import type { MethodName } from './raw_methods.ts';
import { renderBytes, renderMethod, renderProperties } from './raw_transcript.ts';

/** A whole method (with its content, if it carries any), a heartbeat, bytes that are no frame, or the socket's end. */
export interface Arrival {
  readonly name: MethodName | 'heartbeat' | 'bytes' | 'end';
  readonly channel: number;
  readonly lines: string[];
  readonly method?: Method;
}

const CARRIES_CONTENT: ReadonlySet<string> = new Set(['basic.deliver', 'basic.get-ok', 'basic.return']);

/** Cuts the bytes from a server into arrivals: a method is only there with the last of its body. */
export class ArrivalReader {
  readonly #arrive: (arrival: Arrival) => void;
  #buffered: Buffer = Buffer.alloc(0);
  /** Of the last content that was received. */
  lastProperties: BasicProperties | undefined;
  #content: { readonly arrival: Arrival; remaining: number } | undefined;

  constructor(arrive: (arrival: Arrival) => void) {
    this.#arrive = arrive;
  }

  read(chunk: Buffer): void {
    this.#buffered = this.#buffered.length === 0 ? chunk : Buffer.concat([this.#buffered, chunk]);
    while (this.#buffered.length >= 7) {
      const bytes = this.#buffered;
      const isHeader = bytes.subarray(0, 4).toString('latin1') === 'AMQP';
      const length = isHeader ? 8 : bytes.readUInt32BE(3) + 8;
      if (bytes.length < length) return;
      this.#buffered = bytes.subarray(length);
      if (isHeader) this.#arrive({ name: 'bytes', channel: 0, lines: [`AMQP ${bytes.subarray(4, 8).join(' ')}`] });
      else this.#frame(bytes[0] ?? 0, bytes.readUInt16BE(1), bytes.subarray(7, length - 1), bytes[length - 1] ?? 0);
    }
  }

  #frame(type: number, channel: number, payload: Buffer, end: number): void {
    switch (end === FRAME_END ? type : undefined) {
      case FRAME_METHOD:
        this.#method(channel, decodeMethod(payload, 0, payload.length));
        break;
      case FRAME_HEADER:
        this.#header(channel, payload);
        break;
      case FRAME_BODY:
        this.#part(`${channel} body ${renderBytes(payload)}`, -payload.length);
        break;
      case FRAME_HEARTBEAT:
        this.#arrive({ name: 'heartbeat', channel, lines: [`${channel} heartbeat`] });
        break;
      default:
        this.#strange(`${channel} frame type=${type} ${renderBytes(payload)} end=${end}`);
    }
  }

  #method(channel: number, method: Method): void {
    const arrival: Arrival = { name: method.name, channel, lines: [`${channel} ${renderMethod(method)}`], method };
    if (this.#content !== undefined) this.#strange(`${this.#content.arrival.lines.join(' / ')} (cut short)`);
    this.#content = undefined;
    if (CARRIES_CONTENT.has(method.name)) this.#content = { arrival, remaining: 0 };
    else this.#arrive(arrival);
  }

  #header(channel: number, payload: Buffer): void {
    const size = payload.readUInt32BE(4) * 2 ** 32 + payload.readUInt32BE(8);
    const properties = readProperties(payload, 12, payload.length);
    this.lastProperties = properties;
    this.#part(`${channel} header ${size} ${renderProperties(properties)}`, size);
  }

  /** A header adds what is to come, a body takes from it. */
  #part(line: string, change: number): void {
    const content = this.#content;
    if (content === undefined) {
      this.#strange(`${line} (no method before it)`);
      return;
    }
    content.arrival.lines.push(line);
    content.remaining += change;
    if (content.remaining > 0) return;
    this.#content = undefined;
    this.#arrive(content.arrival);
  }

  #strange(line: string): void {
    this.#arrive({ name: 'bytes', channel: 0, lines: [line] });
  }
}
