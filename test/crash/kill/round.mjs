// One life of the daemon under load: who works on it, until when, and what goes wrong before it is killed.

import { setTimeout as sleep } from 'node:timers/promises';
import amqplib from 'amqplib';

export class Round {
  over = false;
  /** What went wrong before the kill: afterwards every client is bound to fail. */
  failure = undefined;
  #ended;
  #end;
  #closed = [];

  constructor({ url, ledger, random }) {
    this.url = url;
    this.ledger = ledger;
    this.random = random;
    this.#ended = new Promise((_, reject) => {
      this.#end = reject;
    });
    this.#ended.catch(() => {});
  }

  /** A whole number from `low` to `high`. */
  number(low, high) {
    return low + Math.floor(this.random() * (high - low + 1));
  }

  chance(share) {
    return this.random() < share;
  }

  /** What every wait of a worker goes through: a dead daemon answers nothing. */
  wait(promise) {
    return Promise.race([promise, this.#ended]);
  }

  pause(ms) {
    return this.wait(sleep(ms));
  }

  /** An amqplib connection; its end before the kill is a failure. */
  async connect() {
    const connection = await this.wait(amqplib.connect(this.url, { noDelay: true }));
    connection.on('error', (error) => this.failed(error));
    this.#closed.push(
      new Promise((resolve) => {
        connection.once('close', () => {
          this.failed(new Error('a connection was closed'));
          resolve();
        });
      }),
    );
    return connection;
  }

  /** A channel on a connection of its own. */
  async channel(kind = 'createChannel') {
    const channel = await this.wait((await this.connect())[kind]());
    channel.on('error', (error) => this.failed(error));
    return channel;
  }

  failed(error) {
    if (!this.over) this.failure ??= error;
  }

  /** Runs the workers until `kill` has been done, after a while. Throws what failed before. */
  async run(workers, afterMs, kill) {
    const working = workers.map((worker) => worker(this).catch((error) => this.failed(error)));
    const deadline = performance.now() + afterMs;
    while (performance.now() < deadline && this.failure === undefined) await sleep(1);
    this.over = true;
    await kill();
    this.#end(new Error('the daemon was killed'));
    await Promise.all(working);
    await Promise.all(this.#closed);
    if (this.failure !== undefined) throw this.failure;
  }
}
