// The publishing thread: all publishers of a run, each with a connection of its own.

import { parentPort, workerData } from 'node:worker_threads';
import { Connection } from './connection.mjs';
import * as methods from './methods.mjs';
import { FRAME_METHOD } from './payload.mjs';
import { CONFIRMED, MEASURING, NEVER, nowMicroseconds, PUBLISHED } from './shared.mjs';

const BATCH_BYTES = 64 * 1024;
/** Written before the other publishers of the thread get their turn. */
const BATCHES_PER_TURN = 4;

const { url, scenario, exchange, routingKey, shared } = workerData;

class Publisher {
  #connection;
  #batch;
  #batchMessages;
  #window = scenario.window ?? Number.POSITIVE_INFINITY;
  #unconfirmed = 0;
  #confirmedTag = 0;
  #pumping = false;

  async start() {
    this.#connection = await Connection.open(url);
    const { socket, frameMax } = this.#connection;
    if (scenario.window) await this.#connection.call(methods.confirmSelect(), methods.CONFIRM_SELECT_OK);
    const { bodyBytes, durable: persistent, delayMs, priorities, groups } = scenario;
    const publish = (turn) => {
      const own = { priority: priorities && turn % priorities, messageId: groups && `${turn % groups}` };
      return methods.publish({ exchange, routingKey, bodyBytes, persistent, delayMs, frameMax, ...own });
    };
    const message = publish(0);
    if (scenario.perSecond) return () => publishPaced(socket, message);
    const fits = Math.floor(BATCH_BYTES / message.bytes.length);
    this.#batchMessages = Math.max(1, Math.min(fits, Math.floor(this.#window / 4)));
    const messages = Array.from({ length: this.#batchMessages }, (_, i) =>
      priorities || groups ? publish(i) : message,
    );
    this.#batch = Buffer.concat(messages.map(({ bytes }) => bytes));
    this.#connection.onFrame = (type, bytes, at) => this.#frame(type, bytes, at);
    socket.on('drain', this.#pump);
    return this.#pump;
  }

  #pump = () => {
    this.#pumping = false;
    const { socket } = this.#connection;
    for (let i = 0; i < BATCHES_PER_TURN; i++) {
      if (this.#unconfirmed + this.#batchMessages > this.#window) return;
      this.#unconfirmed += this.#batchMessages;
      shared[PUBLISHED] += this.#batchMessages;
      if (!socket.write(this.#batch)) return;
    }
    this.#pumpLater();
  };

  #pumpLater() {
    if (this.#pumping) return;
    this.#pumping = true;
    setImmediate(this.#pump);
  }

  #frame(type, bytes, at) {
    if (type !== FRAME_METHOD) return;
    const id = bytes.readUInt32BE(at);
    if (id === methods.BASIC_NACK) throw new Error('the broker refused a message (basic.nack)');
    if (id !== methods.BASIC_ACK) return;
    const tag = bytes.readUInt32BE(at + 8);
    const multiple = (bytes[at + 12] & 1) !== 0;
    const confirmed = multiple ? tag - this.#confirmedTag : 1;
    this.#confirmedTag = multiple ? tag : this.#confirmedTag + 1;
    this.#unconfirmed -= confirmed;
    shared[CONFIRMED] += confirmed;
    if (!this.#connection.socket.writableNeedDrain) this.#pumpLater();
  }
}

/** One message at a time, each with the time at which it was sent. Sleeps in between, to leave the machine to the broker. */
function publishPaced(socket, { bytes, stampAt }) {
  const everyMicroseconds = 1e6 / scenario.perSecond;
  let dueAt = nowMicroseconds();
  const next = () => {
    const waitMs = (dueAt - nowMicroseconds()) / 1e3;
    if (waitMs > 0) Atomics.wait(shared, NEVER, 0, waitMs);
    dueAt += everyMicroseconds;
    const message = Buffer.from(bytes);
    if (shared[MEASURING] === 1) message.writeDoubleBE(nowMicroseconds(), stampAt);
    else message.writeDoubleBE(0, stampAt);
    socket.write(message);
    shared[PUBLISHED]++;
    setImmediate(next);
  };
  next();
}

const starts = [];
for (let i = 0; i < scenario.publishers; i++) starts.push(await new Publisher().start());
parentPort.on('message', () => {
  for (const start of starts) start();
});
parentPort.postMessage('ready');
