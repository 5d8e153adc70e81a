// What clients were promised about every message in every queue, and what they saw: the checks of a broker that is killed.
//
//     sent ─▶ confirmed        must be seen, once at least      refused (rolled back, deleted) must never be seen
//     settled: asked ─▶ sure   may be seen again ─▶ must not    (sure: a later confirm proves that it is on disk)
//     seen: once ─▶ sure       may be seen again ─▶ only marked as redelivered
//
// A check that fails throws, with everything that is known of the message.

export class Ledger {
  /** Of each queue its messages, by id. */
  #queues = new Map();
  #nextId = 1;

  nextId() {
    return this.#nextId++;
  }

  /** Ids for a publisher in another process. */
  takeIds(count) {
    const first = this.#nextId;
    this.#nextId += count;
    return first;
  }

  /** `publisher` is whoever publishes in order: its messages stay in the order of their ids, in every queue. */
  sent(id, publisher, queues) {
    for (const queue of queues) {
      const messages = this.#queues.get(queue) ?? new Map();
      this.#queues.set(queue, messages);
      messages.set(id, { id, publisher, state: 'sent', settled: 'no', seen: 'no' });
    }
  }

  confirmed(id) {
    for (const messages of this.#queues.values()) {
      const message = messages.get(id);
      if (message !== undefined) message.state = 'confirmed';
    }
  }

  /** May be seen now, or not. */
  offered(queue, id) {
    this.#of(queue, id).state = 'sent';
  }

  /** From now on none of these may be seen: rolled back, or in a queue whose deletion was answered. */
  refused(queue, ids = [...(this.#queues.get(queue)?.keys() ?? [])]) {
    for (const id of ids) this.#of(queue, id).state = 'refused';
  }

  /** Until the deletion of the queue is answered nobody can know what is still in it. */
  doubtful(queue) {
    for (const id of this.#queues.get(queue)?.keys() ?? []) this.offered(queue, id);
  }

  /** A delivery. Returns what is known of the message. */
  seen(queue, id, redelivered) {
    const message = this.#of(queue, id);
    if (message.state === 'refused') throw wrong('a message that must not be there', queue, message);
    if (message.settled === 'sure') throw wrong('a message that was settled for sure', queue, message);
    if (message.seen === 'sure' && !redelivered) throw wrong('a redelivery that is not marked', queue, message);
    if (message.seen === 'no') message.seen = 'once';
    return message;
  }

  asked(queue, id) {
    this.#of(queue, id).settled = 'asked';
  }

  /** What was seen and settled before a publish that is confirmed now is on disk. */
  sure(queue, { seen, settled }) {
    for (const id of seen) this.#of(queue, id).seen = 'sure';
    for (const id of settled) this.#of(queue, id).settled = 'sure';
  }

  /** The queue was emptied by one consumer: `ids` in the order in which they came. */
  emptied(queue, ids) {
    const found = new Set(ids);
    if (found.size < ids.length) throw new Error(`${queue}: ${ids.length - found.size} messages came twice`);
    const messages = this.#queues.get(queue) ?? new Map();
    for (const message of messages.values()) {
      if (message.state === 'confirmed' && message.settled === 'no' && !found.has(message.id)) {
        throw wrong('a confirmed message was lost', queue, message);
      }
    }
    new Order(queue).check(ids.map((id) => messages.get(id)));
    this.#queues.delete(queue);
    return messages;
  }

  get queueNames() {
    return [...this.#queues.keys()];
  }

  #of(queue, id) {
    const message = this.#queues.get(queue)?.get(id);
    if (message === undefined) throw new Error(`${queue}: message ${id} was never published there, or is gone`);
    return message;
  }
}

/** Whether each publisher's messages come in the order in which it published them. */
export class Order {
  #queue;
  #last = new Map();

  constructor(queue) {
    this.#queue = queue;
  }

  check(messages) {
    for (const message of messages) {
      const last = this.#last.get(message.publisher) ?? 0;
      if (message.id <= last) throw wrong(`a message came after ${last}`, this.#queue, message);
      this.#last.set(message.publisher, message.id);
    }
  }
}

function wrong(what, queue, message) {
  return new Error(`${queue}: ${what}: ${JSON.stringify(message)}`);
}
