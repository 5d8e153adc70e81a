// A pipeline in transactions: takes messages in, publishes one to each of the queues out for each, acknowledges them, commits.
// However it ends, each message is either still in, or has come out in every queue, and only once.

import { Connection } from 'rabbitmq-client';
import { idOf, makeBody } from './body.mjs';

const TAKEN_MAX = 5;
/** Large enough, now and then, that a transaction does not fit a batch of the journal. */
const LARGE_BYTES = 150_000;

export class Pipeline {
  #groups = [];
  #in;
  #out;

  constructor({ from, to }) {
    this.#in = from;
    this.#out = to;
  }

  worker() {
    return async (round) => {
      const connection = new Connection({ url: round.url, retryLow: 100_000, retryHigh: 100_000 });
      connection.on('error', (error) => round.failed(error));
      try {
        const channel = await round.wait(connection.acquire());
        channel.on('error', (error) => round.failed(error));
        await round.wait(channel.txSelect());
        for (;;) await this.#transaction(round, channel);
      } finally {
        connection.unsafeDestroy();
      }
    };
  }

  async #transaction(round, channel) {
    const inputs = [];
    for (let left = round.number(1, TAKEN_MAX); left > 0; left--) {
      const message = await round.wait(channel.basicGet(this.#in));
      if (message === undefined) break;
      const id = idOf(message.body);
      round.ledger.seen(this.#in, id, message.redelivered);
      inputs.push(id);
      channel.basicAck({ deliveryTag: message.deliveryTag });
    }
    if (inputs.length === 0) {
      await round.pause(5);
      return;
    }
    const outputs = [];
    for (const queue of this.#out)
      for (const input of inputs) outputs.push(await publish(round, channel, queue, input));
    if (round.chance(0.2)) {
      await round.wait(channel.txRollback());
      // The acknowledgements are taken back, and the messages stay with the channel: out of the way, until the next round.
      return;
    }
    this.#groups.push({ inputs, outputs });
    for (const { queue, id } of outputs) round.ledger.offered(queue, id);
    for (const id of inputs) round.ledger.asked(this.#in, id);
    await round.wait(channel.txCommit());
    for (const { id } of outputs) round.ledger.confirmed(id);
    round.ledger.sure(this.#in, { seen: inputs, settled: inputs });
  }

  /** `found` answers what a queue held when it was emptied. */
  check(found) {
    const done = new Set();
    for (const { inputs, outputs } of this.#groups) {
      const there = outputs.filter(({ queue, id }) => found(queue).has(id));
      if (there.length === 0) continue;
      if (there.length < outputs.length) {
        throw new Error(
          `of a transaction ${there.length} of ${outputs.length} messages are there: ${JSON.stringify(outputs)}`,
        );
      }
      for (const id of inputs) {
        if (done.has(id) || found(this.#in).has(id))
          throw new Error(`message ${id} came out of the pipeline and is there`);
        done.add(id);
      }
    }
    this.#groups = [];
    return done;
  }
}

/** Within a transaction: not to be seen before it is committed. */
async function publish(round, channel, queue, input) {
  const id = round.ledger.nextId();
  round.ledger.sent(id, `pipeline.${queue}`, [queue]);
  round.ledger.refused(queue, [id]);
  const body = makeBody(id, round.chance(0.05) ? LARGE_BYTES : round.number(20, 500));
  const envelope = { routingKey: queue, durable: true, messageId: String(id), correlationId: String(input) };
  await round.wait(channel.basicPublish(envelope, body));
  return { queue, id };
}
