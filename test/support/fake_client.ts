import { methodFrame, PROTOCOL_HEADER } from '../../src/codec/frames.ts';
import { Connection } from '../../src/server/connection/connection.ts';
import type { Origin } from '../../src/server/origin.ts';
import type { Server } from '../../src/server/server.ts';
import { ArrivalReader } from './raw_arrivals.ts';
import { type Arguments, method, type Sendable } from './raw_methods.ts';
import { FakeSocket, testServer } from './test_server.ts';

/** What a client says on its way to an open channel 1. */
export function handshakeBytes(tune: Partial<Arguments<'connection.tune-ok'>> = {}): Buffer {
  return Buffer.concat([
    PROTOCOL_HEADER,
    frameOf(0, 'connection.start-ok'),
    frameOf(0, 'connection.tune-ok', tune),
    frameOf(0, 'connection.open'),
    frameOf(1, 'channel.open'),
  ]);
}

export function frameOf<N extends Sendable>(channel: number, name: N, given: Partial<Arguments<N>> = {}): Buffer {
  return methodFrame(channel, method(name, given));
}

const ORIGIN: Origin = {
  remoteAddress: '127.0.0.1',
  remotePort: 1,
  localAddress: '127.0.0.1',
  localPort: 5672,
  tls: undefined,
};

/** A connection whose other end is the test: bytes go in as chunks, and frames are seen as lines. */
export class FakeClient {
  readonly socket: FakeSocket = new FakeSocket();
  readonly connection: Connection;
  readonly lines: string[] = [];
  readonly #reader = new ArrivalReader(({ lines }) => this.lines.push(...lines));
  #read = 0;

  constructor(server: Server = testServer()) {
    this.connection = new Connection(server, this.socket.asSocket(), ORIGIN);
  }

  /** Sends a chunk, which must not be changed afterwards by whoever parses it. */
  chunk(bytes: Uint8Array): void {
    if (!this.socket.destroyed) this.socket.emit('data', Buffer.from(bytes));
  }

  send<N extends Sendable>(channel: number, name: N, given: Partial<Arguments<N>> = {}): void {
    this.chunk(frameOf(channel, name, given));
  }

  /** Lets the broker's turn end, and returns what it has said since the last time. */
  async seen(): Promise<string[]> {
    // Deliveries may come a turn after what made them possible.
    for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
    const { received } = this.socket;
    this.#reader.read(Buffer.from(received.subarray(this.#read)));
    this.#read = received.length;
    return this.lines.splice(0);
  }
}
