import { createConnection, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { FRAME_HEARTBEAT, FRAME_METHOD, HEARTBEAT_FRAME, methodFrame, PROTOCOL_HEADER } from '../../codec/frames.ts';
import { decodeMethod, METHOD_IDS, type Method } from '../../codec/methods.gen.ts';
import { fromPlain } from '../../codec/table.ts';
import { StartError } from '../../lib/start_error.ts';
import type { AmqpUrl } from './amqp_url.ts';
import { FrameScanner, type OnFrame } from './frame_scanner.ts';

const READ_BYTES = 256 * 1024;
const FRAME_MAX_BYTES = 131_072;
const ANSWER_TIMEOUT_MS = 10_000;

export interface ClientOptions {
  /** A connection that has little to read can do with less. */
  readonly readBytes?: number;
  readonly localAddress?: string | undefined;
}

interface Wanted {
  readonly names: readonly Method['name'][];
  readonly resolve: (method: Method) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** One AMQP connection, with as little between the measure and the broker as there can be. */
export class Client {
  readonly socket: Socket;
  /** What the broker and this side agreed on. */
  frameMaxBytes: number = FRAME_MAX_BYTES;
  /** Gets every frame that nobody waits for. */
  onFrame: OnFrame = () => {};
  /** Called once, when the connection ends that nobody has closed. */
  onLost: (error: Error) => void = () => {};
  #wanted: Wanted | undefined;
  #isClosing = false;

  /** Logged in, without heartbeats, with no channel yet. Throws a StartError when there is no such broker, or it says no. */
  static async open(url: AmqpUrl, options: ClientOptions = {}): Promise<Client> {
    const client = new Client(url, options);
    const { user, password, vhost } = url;
    await client.#ask(PROTOCOL_HEADER, ['connection.start']);
    const startOk: Method = {
      name: 'connection.start-ok',
      clientProperties: fromPlain({ product: 'leveret perf', connection_name: `leveret-perf-${process.pid}` }),
      mechanism: 'PLAIN',
      response: Buffer.from(`\0${user}\0${password}`),
      locale: 'en_US',
    };
    const tune = await client.#ask(methodFrame(0, startOk), ['connection.tune']);
    if (tune.name !== 'connection.tune') throw new Error('no connection.tune');
    client.frameMaxBytes = Math.min(FRAME_MAX_BYTES, tune.frameMax || FRAME_MAX_BYTES);
    const { channelMax } = tune;
    client.send(0, { name: 'connection.tune-ok', channelMax, frameMax: client.frameMaxBytes, heartbeat: 0 });
    await client.call(0, { name: 'connection.open', virtualHost: vhost }, 'connection.open-ok');
    return client;
  }

  private constructor(url: AmqpUrl, { readBytes = READ_BYTES, localAddress }: ClientOptions) {
    const scanner = new FrameScanner(readBytes, (type, bytes, offset, size) => this.#frame(type, bytes, offset, size));
    const onread = {
      buffer: scanner.readInto,
      callback: (length: number) => {
        this.#read(scanner, length);
        return true;
      },
    };
    const { host, port, tls } = url;
    const options = { host, port, noDelay: true, onread, ...(localAddress === undefined ? {} : { localAddress }) };
    this.socket = tls === undefined ? createConnection(options) : connectTls({ ...options, ...tls, servername: host });
    this.socket.on('error', (error) => this.#lose(`${host}:${port}: ${error.message}`));
    this.socket.on('close', () => this.#lose(`${host}:${port} closed the connection`));
  }

  send(channel: number, method: Method): void {
    this.socket.write(methodFrame(channel, method));
  }

  /** Sends a method and waits for its answer. */
  call(channel: number, method: Method, answer: Method['name']): Promise<Method> {
    return this.#ask(methodFrame(channel, method), [answer]);
  }

  async openChannel(channel: number): Promise<void> {
    await this.call(channel, { name: 'channel.open' }, 'channel.open-ok');
  }

  async close(): Promise<void> {
    if (this.#isClosing) return;
    const close: Method = { name: 'connection.close', replyCode: 200, replyText: '', classId: 0, methodId: 0 };
    await this.call(0, close, 'connection.close-ok').catch(() => {});
    this.#isClosing = true;
    this.socket.destroy();
  }

  #ask(bytes: Uint8Array, names: readonly Method['name'][]): Promise<Method> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#lose('the broker does not answer'), ANSWER_TIMEOUT_MS);
      this.#wanted = { names, resolve, reject, timer };
      if (this.#isClosing) this.#fail(new StartError('address', 'The connection is closed.'));
      else this.socket.write(bytes);
    });
  }

  #read(scanner: FrameScanner, length: number): void {
    try {
      scanner.read(length);
    } catch (error) {
      this.#lose((error as Error).message);
    }
  }

  #frame(type: number, bytes: Buffer, offset: number, size: number): void {
    if (type === FRAME_METHOD && this.#method(bytes, offset, size)) return;
    if (type === FRAME_HEARTBEAT) this.socket.write(HEARTBEAT_FRAME);
    else this.onFrame(type, bytes, offset, size);
  }

  /** Whether it was for this connection itself, rather than one of those that come by the million. */
  #method(bytes: Buffer, offset: number, size: number): boolean {
    const id = bytes.readUInt32BE(offset);
    const wanted = this.#wanted;
    if (wanted?.names.some((name) => METHOD_IDS[name] === id)) {
      this.#wanted = undefined;
      clearTimeout(wanted.timer);
      // Its strings would go with the next read.
      const copy = Buffer.from(bytes.subarray(offset, offset + size));
      wanted.resolve(decodeMethod(copy, 0, size));
      return true;
    }
    if (id !== METHOD_IDS['connection.close'] && id !== METHOD_IDS['channel.close']) return false;
    const method = decodeMethod(bytes, offset, offset + size);
    if ('replyText' in method) this.#lose(`the broker said ${method.replyCode} ${method.replyText}`);
    return true;
  }

  #lose(why: string): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.socket.destroy();
    const error = new StartError('address', `${why.charAt(0).toUpperCase()}${why.slice(1)}.`);
    if (this.#wanted === undefined) this.onLost(error);
    else this.#fail(error);
  }

  #fail(error: Error): void {
    const wanted = this.#wanted;
    this.#wanted = undefined;
    clearTimeout(wanted?.timer);
    wanted?.reject(error);
  }
}
