// One AMQP connection with channel 1 open, over a raw socket: as little between the measure and the broker as there can be.

import { readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { FrameScanner } from './frame_scanner.mjs';
import * as methods from './methods.mjs';
import { FRAME_METHOD } from './payload.mjs';

const FRAME_MAX = 131_072;
const READ_BYTES = 256 * 1024;

/** What `amqp://user:password@host:port/vhost` says, or `amqps://...?cacertfile=FILE`, with the usual defaults. */
function parseUrl(url) {
  const { protocol, hostname, port, username, password, pathname, searchParams } = new URL(url);
  const cacertfile = searchParams.get('cacertfile');
  return {
    host: hostname.replace(/^\[|\]$/g, '') || '127.0.0.1',
    port: Number(port || (protocol === 'amqps:' ? 5671 : 5672)),
    tls: protocol === 'amqps:' ? { ca: cacertfile === null ? undefined : readFileSync(cacertfile) } : undefined,
    user: decodeURIComponent(username || 'guest'),
    password: decodeURIComponent(password || 'guest'),
    vhost: pathname.length > 1 ? decodeURIComponent(pathname.slice(1)) : '/',
  };
}

export class Connection {
  frameMax = FRAME_MAX;
  socket;
  /** Gets the frames that nobody waits for: `(type, bytes, at, size)`. */
  onFrame = () => {};
  onLost = (error) => {
    throw error;
  };
  #wanted;
  #closing = false;

  /** Without heartbeats unless told otherwise; a connection that has nothing to read can do with few `readBytes`. */
  static async open(url, { localAddress, readBytes = READ_BYTES, heartbeatSeconds = 0 } = {}) {
    const { host, port, tls, user, password, vhost } = parseUrl(url);
    const connection = new Connection({ host, port, tls, localAddress, readBytes });
    await connection.#call(methods.PROTOCOL_HEADER, methods.CONNECTION_START);
    const tune = await connection.#call(methods.startOk(user, password), methods.CONNECTION_TUNE);
    const offered = tune.readUInt32BE(6);
    connection.frameMax = offered === 0 ? FRAME_MAX : Math.min(FRAME_MAX, offered);
    connection.socket.write(methods.tuneOk(tune.readUInt16BE(4), connection.frameMax, heartbeatSeconds));
    await connection.#call(methods.open(vhost), methods.CONNECTION_OPEN_OK);
    await connection.#call(methods.channelOpen(1), methods.CHANNEL_OPEN_OK);
    return connection;
  }

  constructor({ readBytes, tls, ...address }) {
    const scanner = new FrameScanner(readBytes, (type, bytes, at, size) => this.#frame(type, bytes, at, size));
    const onread = { buffer: scanner.readInto, callback: (length) => this.#read(scanner, length) };
    const options = { ...address, noDelay: true, onread };
    this.socket = tls === undefined ? createConnection(options) : connectTls({ ...options, ...tls });
    this.socket.on('error', (error) => this.#lost(error));
    this.socket.on('close', () => this.#lost(new Error('the broker closed the connection')));
  }

  /** Sends frames and resolves with the payload of the answer, whose class and method are `answerId`. */
  call(frames, answerId) {
    return this.#call(frames, answerId);
  }

  async close() {
    this.#closing = true;
    await this.#call(methods.close(), methods.CONNECTION_CLOSE_OK);
    this.socket.destroy();
  }

  #call(frames, answerId) {
    return new Promise((done, fail) => {
      this.#wanted = { answerId, done, fail };
      this.socket.write(frames);
    });
  }

  #read(scanner, length) {
    scanner.read(length);
    return true;
  }

  #frame(type, bytes, at, size) {
    if (type === FRAME_METHOD) {
      const id = bytes.readUInt32BE(at);
      if (id === this.#wanted?.answerId) {
        const { done } = this.#wanted;
        this.#wanted = undefined;
        done(Buffer.from(bytes.subarray(at, at + size)));
        return;
      }
      if (id === methods.CONNECTION_CLOSE || id === methods.CHANNEL_CLOSE) {
        const text = bytes.toString('utf8', at + 7, at + 7 + bytes[at + 6]);
        this.#lost(new Error(`the broker said ${bytes.readUInt16BE(at + 4)} ${text}`));
        return;
      }
    }
    this.onFrame(type, bytes, at, size);
  }

  #lost(error) {
    if (this.#closing) return;
    this.#closing = true;
    this.socket.destroy();
    if (this.#wanted === undefined) this.onLost(error);
    else this.#wanted.fail(error);
  }
}
