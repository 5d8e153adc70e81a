// Who declares, binds and deletes; and what has to be there afterwards.
//
//     asked for, unanswered: doubt       answered: present or absent, whatever happens

import { makeBody } from './body.mjs';

const QUEUES = Array.from({ length: 6 }, (_, number) => `crash.topology.queue.${number}`);
const EXCHANGES = Array.from({ length: 3 }, (_, number) => `crash.topology.exchange.${number}`);
const VICTIM_MESSAGES = 20;

export class Topology {
  #queues = new Map(QUEUES.map((name) => [name, 'absent']));
  #exchanges = new Map(EXCHANGES.map((name) => [name, 'absent']));
  #bindings = new Map(QUEUES.flatMap((queue) => EXCHANGES.map((exchange) => [`${exchange} ${queue}`, 'absent'])));
  #victim;
  #victimState = 'absent';

  /** `victim` is a queue that messages are published to, and that is deleted with them. */
  constructor(victim) {
    this.#victim = victim;
  }

  worker() {
    return async (round) => {
      const channel = await round.channel('createConfirmChannel');
      for (;;) {
        const choice = round.random();
        if (choice < 0.3) await this.#toggleQueue(round, channel);
        else if (choice < 0.5) await this.#toggleExchange(round, channel);
        else if (choice < 0.85) await this.#toggleBinding(round, channel);
        else await this.#sacrifice(round, channel);
      }
    };
  }

  async #toggleQueue(round, channel) {
    const queue = pick(round, QUEUES);
    const present = this.#queues.get(queue) === 'present';
    const act = () => (present ? channel.deleteQueue(queue) : channel.assertQueue(queue, { durable: true }));
    await this.#change(round, this.#queues, queue, present, this.#bindingsOf(queue), act);
  }

  async #toggleExchange(round, channel) {
    const exchange = pick(round, EXCHANGES);
    const present = this.#exchanges.get(exchange) === 'present';
    const act = () => (present ? channel.deleteExchange(exchange) : channel.assertExchange(exchange, 'direct'));
    await this.#change(round, this.#exchanges, exchange, present, this.#bindingsOf(exchange), act);
  }

  async #toggleBinding(round, channel) {
    const queue = pick(round, QUEUES);
    const exchange = pick(round, EXCHANGES);
    if (this.#queues.get(queue) !== 'present' || this.#exchanges.get(exchange) !== 'present') return;
    const key = `${exchange} ${queue}`;
    const present = this.#bindings.get(key) === 'present';
    const act = () =>
      present ? channel.unbindQueue(queue, exchange, queue) : channel.bindQueue(queue, exchange, queue);
    await this.#change(round, this.#bindings, key, present, [], act);
  }

  /** What is deleted takes its bindings with it. */
  async #change(round, states, key, present, bindings, act) {
    states.set(key, 'doubt');
    if (present) for (const binding of bindings) this.#bindings.set(binding, 'doubt');
    await round.wait(act());
    states.set(key, present ? 'absent' : 'present');
    if (present) for (const binding of bindings) this.#bindings.set(binding, 'absent');
  }

  #bindingsOf(name) {
    return [...this.#bindings.keys()].filter((key) => key.split(' ').includes(name));
  }

  /** Declares a queue, publishes to it, deletes it: nothing of that may ever come back. */
  async #sacrifice(round, channel) {
    const queue = this.#victim;
    const { ledger } = round;
    this.#victimState = 'doubt';
    await round.wait(channel.assertQueue(queue, { durable: true }));
    this.#victimState = 'present';
    for (let left = VICTIM_MESSAGES; left > 0; left--) {
      const id = ledger.nextId();
      ledger.sent(id, 'victim', [queue]);
      channel.publish('', queue, makeBody(id, 100), { persistent: true, messageId: String(id) }, (error) => {
        if (error === null) ledger.confirmed(id);
      });
    }
    await round.wait(channel.waitForConfirms());
    if (round.chance(0.5)) return;
    this.#victimState = 'doubt';
    ledger.doubtful(queue);
    await round.wait(channel.deleteQueue(queue));
    this.#victimState = 'absent';
    ledger.refused(queue);
  }

  /** After a restart: what was answered holds, and what was in doubt is found out. */
  async verify(connection, ledger) {
    for (const name of this.#queues.keys())
      await resolve(connection, this.#queues, name, (channel) => channel.checkQueue(name));
    for (const name of this.#exchanges.keys()) {
      await resolve(connection, this.#exchanges, name, (channel) => channel.checkExchange(name));
    }
    for (const key of this.#bindings.keys()) await this.#verifyBinding(connection, key);
    const victim = new Map([[this.#victim, this.#victimState]]);
    await resolve(connection, victim, this.#victim, (channel) => channel.checkQueue(this.#victim));
    this.#victimState = victim.get(this.#victim);
    if (this.#victimState === 'absent') ledger.refused(this.#victim);
  }

  /** A binding shows in where a message goes. */
  async #verifyBinding(connection, key) {
    const [exchange, queue] = key.split(' ');
    if (this.#exchanges.get(exchange) === 'absent' || this.#queues.get(queue) === 'absent') {
      if (this.#bindings.get(key) === 'present') throw new Error(`${key}: what is bound is not there`);
      this.#bindings.set(key, 'absent');
      return;
    }
    await resolve(connection, this.#bindings, key, async (channel) => {
      let returned = false;
      channel.once('return', () => {
        returned = true;
      });
      channel.publish(exchange, queue, Buffer.from('binding'), { mandatory: true });
      // A return would come before this is answered.
      await channel.checkExchange(exchange);
      if (returned) throw Object.assign(new Error('returned'), { code: 404 });
      const got = await channel.get(queue, { noAck: true });
      if (String(got.content) !== 'binding') throw new Error(`${key}: ${got.content ?? 'nothing'} came instead`);
    });
  }
}

/** Finds out with `ask`, which fails for what is not there, whether it is there. */
async function resolve(connection, states, key, ask) {
  const channel = await connection.createChannel();
  channel.on('error', () => {});
  const found = await ask(channel).then(
    () => 'present',
    (error) => {
      if (error.code === 404) return 'absent';
      throw error;
    },
  );
  await channel.close().catch(() => {});
  const expected = states.get(key);
  if (expected !== 'doubt' && expected !== found) throw new Error(`${key}: expected ${expected}, found ${found}`);
  states.set(key, found);
}

function pick(round, names) {
  return names[round.number(0, names.length - 1)];
}
