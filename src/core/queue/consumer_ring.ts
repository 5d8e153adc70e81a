import type { QueueConsumer } from '../ports.ts';

/**
 * Whose turn it is. Consumers that may have room stand in a ring, one per priority, and are served round robin; one found
 * without room steps out and comes back to the end of its ring when it says so (`wake`), as in RabbitMQ. So a message
 * costs one look at one consumer, however many there are and however many of them are full.
 */
interface Level {
  readonly priority: number;
  readonly ring: QueueConsumer[];
  cursor: number;
  /** Consumers of this priority, in the ring or not. */
  members: number;
}

const NOBODY: ReadonlySet<QueueConsumer> = new Set();

export class ConsumerRing {
  /** The one that gets everything, where only one may: the first, until it goes or gives way. */
  #active: QueueConsumer | undefined;
  /** The active one gets no more: another one follows as soon as it has settled what it has. */
  #givesWay = false;
  readonly #single: boolean;
  /** Whether not everybody who has room may stand in the ring: where only one gets messages, and while nobody does. */
  #restricted: boolean;
  #paused = false;
  readonly #byPriority: boolean;
  #all: Set<QueueConsumer> | undefined;
  /** Highest priority first; a level stays while its ring is empty, since its consumers mostly come back. */
  readonly #levels: Level[] = [];
  /** Consumers standing in a ring: those with `waiting` set. */
  #waitingCount = 0;

  /**
   * `single`: only one consumer at a time gets messages, and another takes over when it goes; or, if `byPriority`, when one with
   * a higher priority comes.
   */
  constructor(single = false, byPriority = false) {
    this.#single = single;
    this.#restricted = single;
    this.#byPriority = byPriority;
  }

  /** Whether only one consumer at a time gets messages. */
  get single(): boolean {
    return this.#single;
  }

  /** The one that gets everything, where only one may. */
  get active(): QueueConsumer | undefined {
    return this.#active;
  }

  /** Whether nobody gets anything for now. */
  get paused(): boolean {
    return this.#paused;
  }

  pause(): void {
    this.#paused = true;
    this.#restricted = true;
    for (const { ring } of this.#levels) for (const consumer of [...ring]) this.stepOut(consumer);
  }

  resume(): void {
    this.#paused = false;
    this.#restricted = this.#single;
    for (const consumer of this.all()) this.wake(consumer);
  }

  get size(): number {
    return this.all().size;
  }

  get hasWaiting(): boolean {
    return this.#waitingCount > 0;
  }

  /** In the order in which they subscribed. */
  all(): ReadonlySet<QueueConsumer> {
    return this.#all ?? NOBODY;
  }

  add(consumer: QueueConsumer): void {
    this.#all ??= new Set();
    this.#all.add(consumer);
    this.#level(consumer.priority).members++;
    if (this.#single) {
      const active = this.#active;
      if (active === undefined) this.#active = consumer;
      else if (this.#byPriority && consumer.priority > active.priority) this.#giveWay(active);
    }
    this.wake(consumer);
  }

  remove(consumer: QueueConsumer): boolean {
    if (this.#all?.delete(consumer) !== true) return false;
    const level = this.#level(consumer.priority);
    if (consumer.waiting) this.#leave(level, level.ring.indexOf(consumer), consumer);
    level.members--;
    if (level.members === 0) this.#levels.splice(this.#levels.indexOf(level), 1);
    if (this.#active === consumer) this.#activateNext();
    return true;
  }

  /** `consumer` may have room (again). */
  wake(consumer: QueueConsumer): void {
    if (consumer.waiting || this.#all?.has(consumer) !== true) return;
    if (this.#restricted && !this.#mayStand(consumer)) return;
    consumer.waiting = true;
    this.#waitingCount++;
    const level = this.#level(consumer.priority);
    // The end of the ring is just behind the one whose turn is next.
    level.ring.splice(level.cursor, 0, consumer);
    level.cursor = level.cursor + 1 === level.ring.length ? 0 : level.cursor + 1;
  }

  /** The next consumer with room, or undefined when there is none; whoever is found full steps out. */
  next(): QueueConsumer | undefined {
    const levels = this.#levels;
    for (let i = 0; i < levels.length; i++) {
      const level = levels[i] as Level;
      const ring = level.ring;
      while (ring.length > 0) {
        const index = level.cursor;
        const consumer = ring[index] as QueueConsumer;
        if (consumer.hasRoom()) {
          level.cursor = index + 1 === ring.length ? 0 : index + 1;
          return consumer;
        }
        this.#leave(level, index, consumer);
      }
    }
    return undefined;
  }

  /** Whether `next` would find somebody; whoever is looked at and has no room steps out. */
  someHasRoom(): boolean {
    for (const level of this.#levels) {
      while (level.ring.length > 0) {
        const consumer = level.ring[level.cursor] as QueueConsumer;
        if (consumer.hasRoom()) return true;
        this.#leave(level, level.cursor, consumer);
      }
    }
    return false;
  }

  /** `consumer`, which stands in its ring, was found without room. */
  stepOut(consumer: QueueConsumer): void {
    const level = this.#level(consumer.priority);
    this.#leave(level, level.ring.indexOf(consumer), consumer);
  }

  #mayStand(consumer: QueueConsumer): boolean {
    if (this.#paused) return false;
    if (consumer !== this.#active) return !this.#single;
    if (!this.#givesWay) return true;
    if (consumer.unacked === 0) this.#activateNext();
    return false;
  }

  /** Of those with the highest priority, the one that subscribed first. */
  #activateNext(): void {
    this.#givesWay = false;
    const highest = this.#levels[0]?.priority;
    this.#active = [...this.all()].find(({ priority }) => priority === highest);
    if (this.#active !== undefined) this.wake(this.#active);
  }

  #giveWay(active: QueueConsumer): void {
    this.#givesWay = true;
    const level = this.#level(active.priority);
    if (active.waiting) this.#leave(level, level.ring.indexOf(active), active);
    if (active.unacked === 0) this.#activateNext();
  }

  #leave(level: Level, index: number, consumer: QueueConsumer): void {
    consumer.waiting = false;
    this.#waitingCount--;
    level.ring.splice(index, 1);
    if (index < level.cursor) level.cursor--;
    if (level.cursor >= level.ring.length) level.cursor = 0;
  }

  #level(priority: number): Level {
    let index = 0;
    for (; index < this.#levels.length; index++) {
      const level = this.#levels[index] as Level;
      if (level.priority === priority) return level;
      if (level.priority < priority) break;
    }
    const level = { priority, ring: [], cursor: 0, members: 0 };
    this.#levels.splice(index, 0, level);
    return level;
  }
}
