import { connect, type Socket } from 'node:net';
import { bodyFrame, headerFrame, methodFrame, PROTOCOL_HEADER } from '../../src/codec/frames.ts';
import type { Method } from '../../src/codec/methods.gen.ts';
import type { BasicProperties } from '../../src/codec/properties.ts';
import { type Arrival, ArrivalReader } from './raw_arrivals.ts';
import { type FrameShape, frame } from './raw_bytes.ts';
import { RawChannel } from './raw_channel.ts';
import { Confirms, isConfirm } from './raw_confirms.ts';
import { type Arguments, answersOf, type MethodName, method, type Sendable } from './raw_methods.ts';
import { normalise, renderBytes, renderProperties, renderSent } from './raw_transcript.ts';
import { Wakeup } from './wakeup.ts';

export interface RawClientOptions {
  readonly host: string;
  readonly port: number;
  /** Stands before every line, so that two clients of one conversation can be told apart. */
  readonly label: string;
  readonly transcript: string[];
  /** What the run puts before every name, left out of the transcript. */
  readonly runPrefix: string;
  /** How long nothing must arrive before nothing more is expected. */
  readonly quietMs: number;
}

/** Longer than the three seconds for which RabbitMQ keeps a socket that it has given up. */
const ANSWER_MS = 6_000;

/** One socket that sends whatever it is told to, and writes down everything that comes back. */
export class RawClient {
  readonly #options: RawClientOptions;
  readonly #socket: Socket;
  readonly #reader: ArrivalReader = new ArrivalReader((arrival) => this.#arrive(arrival));
  /** Confirms that were written down, and those that have come. */
  readonly #confirms: Confirms = new Confirms();
  readonly #arrived: Confirms = new Confirms();
  #arrivals: Arrival[] = [];
  #arrivedMs = 0;
  readonly #wakeup = new Wakeup();
  #sawClose = false;
  #sawCloseOk = false;
  #ended = false;
  /** A server's close is answered at once, unless a conversation wants to do that itself. */
  answersClose = true;

  static async dial(options: RawClientOptions): Promise<RawClient> {
    const socket = connect({ host: options.host, port: options.port, noDelay: true });
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new RawClient(socket, options);
  }

  private constructor(socket: Socket, options: RawClientOptions) {
    this.#options = options;
    this.#socket = socket;
    socket.removeAllListeners('error');
    socket.on('error', () => {});
    socket.on('data', (chunk) => this.#reader.read(chunk));
    socket.on('close', () => this.#arrive({ name: 'end', channel: 0, lines: [this.#sawClose ? 'closed' : 'dropped'] }));
  }

  /** Of the last content that was received. */
  get lastProperties(): BasicProperties | undefined {
    return this.#reader.lastProperties;
  }

  channel(number: number): RawChannel {
    return new RawChannel(this, number);
  }

  /** Sends bytes as they are; `what` is how the transcript names them. */
  raw(bytes: Uint8Array, what: string): void {
    this.#record('>', what);
    this.#socket.write(bytes);
  }

  frame(shape: FrameShape): void {
    const end = shape.end === undefined ? '' : ` end=${shape.end}`;
    const size = shape.size === undefined ? '' : ` size=${shape.size}`;
    this.raw(frame(shape), `${shape.channel} frame type=${shape.type}${size} ${renderBytes(shape.payload)}${end}`);
  }

  header(): void {
    this.raw(PROTOCOL_HEADER, 'AMQP 0 0 9 1');
  }

  send<N extends Sendable>(channel: number, name: N, given: Partial<Arguments<N>> = {}): void {
    this.#record('>', `${channel} ${renderSent(name, given)}`);
    this.#socket.write(methodFrame(channel, method(name, given)));
  }

  sendContent(channel: number, properties: BasicProperties, body: readonly Uint8Array[]): void {
    const size = body.reduce((sum, part) => sum + part.length, 0);
    this.#record('>', `${channel} header ${size} ${renderProperties(properties)}`);
    this.#socket.write(headerFrame(channel, size, properties));
    for (const part of body) {
      this.#record('>', `${channel} body ${renderBytes(part)}`);
      this.#socket.write(bodyFrame(channel, part));
    }
  }

  /** Sends and waits for the answer: the method's own, a close, or the end of the socket. */
  call<N extends Sendable>(channel: number, name: N, given: Partial<Arguments<N>> = {}): Promise<Method | undefined> {
    this.send(channel, name, given);
    return this.answer(channel, answersOf(name));
  }

  /** Waits for one of these methods on the channel, or for what says that it will not come. */
  async answer(channel: number, names: readonly MethodName[]): Promise<Method | undefined> {
    const arrival = await this.#until(
      (candidate) =>
        candidate.name === 'connection.close' ||
        candidate.name === 'bytes' ||
        (candidate.channel === channel &&
          (candidate.name === 'channel.close' || (names as readonly string[]).includes(candidate.name))),
      1,
    );
    return arrival?.method;
  }

  /** Waits for so many of them on any channel, and returns the last. */
  async see<N extends MethodName>(name: N, count = 1): Promise<Extract<Method, { name: N }> | undefined> {
    const arrival = await this.#until((candidate) => candidate.name === name, count);
    return arrival?.method as Extract<Method, { name: N }> | undefined;
  }

  /** Waits until so many publishes more are settled, however the server gathers them. */
  async confirms(count: number): Promise<void> {
    await this.#waitFor(() => this.#arrived.count - this.#confirms.count >= count, ANSWER_MS);
    this.#flush(this.#arrivals.findLastIndex(isConfirm) + 1);
  }

  async heartbeat(): Promise<void> {
    await this.#until(({ name }) => name === 'heartbeat', 1);
  }

  /** Waits until nothing has arrived for a while. */
  async quiet(): Promise<void> {
    this.#arrivedMs = performance.now();
    while (!this.#ended) {
      const left = this.#options.quietMs - (performance.now() - this.#arrivedMs);
      if (left <= 0) break;
      await new Promise((resolve) => setTimeout(resolve, left));
    }
    this.#flush(this.#arrivals.length);
  }

  /** Waits for the server to close the socket. */
  async end(): Promise<void> {
    if (this.#ended && this.#arrivals.length === 0) return;
    await this.#until(({ name }) => name === 'end', 1);
  }

  /** What a conversation ends with: nothing more arrives, or the socket closes where a close was seen. */
  async finish(): Promise<void> {
    if (this.#sawClose && !this.#sawCloseOk) await this.end();
    else await this.quiet();
    this.close();
  }

  /** Cuts the connection without a word. */
  close(): void {
    this.#socket.removeAllListeners('close').destroy();
  }

  #record(direction: string, line: string): void {
    this.#options.transcript.push(normalise(`${this.#options.label}${direction} ${line}`, this.#options.runPrefix));
  }

  /** Writes down what came until the awaited one, or the socket's end, or everything when the time is over. */
  async #until(matches: (arrival: Arrival) => boolean, count: number): Promise<Arrival | undefined> {
    const find = (): number => {
      let seen = 0;
      return this.#arrivals.findIndex((arrival) => {
        if (matches(arrival)) seen += 1;
        return seen === count || arrival.name === 'end';
      });
    };
    await this.#waitFor(() => find() !== -1, ANSWER_MS);
    const index = find();
    const arrival = this.#arrivals[index];
    this.#flush(index === -1 ? this.#arrivals.length : index + 1);
    if (index === -1) this.#record('<', '(nothing)');
    return arrival;
  }

  async #waitFor(done: () => boolean, timeoutMs: number): Promise<void> {
    await this.#wakeup.until(() => done() || this.#ended, performance.now() + timeoutMs);
  }

  /** Writes down the first arrivals, a channel at a time: the order between channels is nobody's promise. */
  #flush(count: number): void {
    const arrivals = this.#arrivals.splice(0, count);
    const last = arrivals.at(-1);
    arrivals.sort((left, right) => rank(left) - rank(right));
    let settled: string[] = [];
    const recordSettled = (channel: number): void => {
      if (settled.length > 0) this.#record('<', `${channel} settled ${settled.join(' ')}`);
      settled = [];
    };
    for (const [index, arrival] of arrivals.entries()) {
      const tags = this.#confirms.settle(arrival);
      if (tags === undefined) {
        this.#recordArrival(arrival, arrival === last);
        continue;
      }
      settled.push(...tags);
      const next = arrivals[index + 1];
      if (next === undefined || next.channel !== arrival.channel || !isConfirm(next)) recordSettled(arrival.channel);
    }
  }

  #recordArrival(arrival: Arrival, awaited: boolean): void {
    // When heartbeats come differs from run to run.
    if (arrival.name === 'heartbeat' && !awaited) return;
    for (const line of arrival.lines) this.#record('<', line);
  }

  #arrive(arrival: Arrival): void {
    if (arrival.name === 'end') this.#ended = true;
    if (arrival.name === 'connection.close') this.#sawClose = true;
    if (arrival.name === 'connection.close-ok') this.#sawCloseOk = true;
    this.#arrivedMs = performance.now();
    this.#arrivals.push(arrival);
    this.#arrived.settle(arrival);
    if (this.answersClose && arrival.name === 'connection.close') {
      this.#socket.write(methodFrame(0, method('connection.close-ok')));
    }
    if (this.answersClose && arrival.name === 'channel.close') {
      this.#socket.write(methodFrame(arrival.channel, method('channel.close-ok')));
    }
    this.#wakeup.wake();
  }
}

/** Within one flush: channel by channel, and the end of the socket last. */
function rank(arrival: Arrival): number {
  return arrival.name === 'end' ? 65_536 : arrival.channel;
}
