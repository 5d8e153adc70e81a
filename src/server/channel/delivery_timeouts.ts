import { AmqpError } from '../../codec/errors.ts';
import type { Queue } from '../../core/queue/queue.ts';
import { autoDeleteUnused } from '../../core/topology/queues.ts';
import type { Timer } from '../../lib/clock.ts';
import { consumerDeleted } from '../events.ts';
import type { Channel } from './channel.ts';
import type { Consumer } from './consumer.ts';
import { takeBack } from './settle.ts';

/** A channel looks at its oldest deliveries this many times within the shortest timeout: it strikes that much late at most. */
const LOOKS_PER_TIMEOUT = 16;
const LOOK_EVERY_MS_MIN = 250;
const LOOK_EVERY_MS_MAX = 60_000;
/** So many are found overdue at once; then it is looked again. */
const OVERDUE_MAX = 10_000;
/** Beyond this, every second mark is forgotten. */
const MARKS_MAX = 256;

/** At `atMs` the channel had delivered up to this tag, and nothing beyond. */
interface Mark {
  readonly tag: number;
  readonly atMs: number;
}

interface Overdue {
  readonly tag: number;
  readonly consumer: Consumer | undefined;
  readonly timeoutMs: number;
}

/**
 * Takes messages back from consumers that do not settle them in time. Only a channel with a timeout has this, and a delivery
 * costs it nothing: every now and then it notes how far the tags have come, and a delivery is at least as old as the first note
 * that is not below its tag.
 *
 *     marks     40 at 0 s      90 at 4 s      130 at 8 s       tag 57 was delivered between 0 s and 4 s: at 4 s, it is taken
 */
export class DeliveryTimeouts {
  readonly #channel: Channel;
  #marks: Mark[] = [];
  #shortestMs = Number.POSITIVE_INFINITY;
  #timer: Timer | undefined;
  /** Tags that were taken back: the client does not know yet, and may settle them, which means nothing any more. */
  readonly #takenBack: Set<number> = new Set();

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  /** From now on there are deliveries with this timeout. */
  watch(timeoutMs: number): void {
    if (timeoutMs >= this.#shortestMs) return;
    this.#shortestMs = timeoutMs;
    this.#timer?.cancel();
    this.#wait();
  }

  /** Whether the tag is one of those that were taken back. It is forgotten. */
  forgives(tag: number): boolean {
    return this.#takenBack.delete(tag);
  }

  /** The client settled everything up to the tag. */
  forgiveUpTo(last: number): void {
    for (const tag of this.#takenBack) if (tag <= last) this.#takenBack.delete(tag);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #wait(): void {
    const everyMs = Math.min(LOOK_EVERY_MS_MAX, Math.max(LOOK_EVERY_MS_MIN, this.#shortestMs / LOOKS_PER_TIMEOUT));
    this.#timer = this.#channel.connection.server.wheel.after(everyMs, this.#look);
  }

  readonly #look = (): void => {
    this.#timer?.cancel();
    this.#timer = undefined;
    const channel = this.#channel;
    const overdue = this.#overdue(channel.connection.server.clock.monotonicMs());
    if (overdue.length > 0) this.#strike(overdue);
    if (channel.phase.name === 'closing') return;
    const waits = channel.unacked.count > 0 || [...channel.consumers.values()].some(({ timeoutMs }) => timeoutMs > 0);
    if (waits) this.#wait();
    else this.#shortestMs = Number.POSITIVE_INFINITY;
  };

  #overdue(nowMs: number): readonly Overdue[] {
    const { unacked, lastDeliveryTag } = this.#channel;
    const firstTag = unacked.firstTag;
    this.#marks = firstTag === undefined ? [] : this.#marks.filter(({ tag }) => tag >= firstTag);
    const marks = this.#marks;
    if (firstTag !== undefined && marks.at(-1)?.tag !== lastDeliveryTag)
      marks.push({ tag: lastDeliveryTag, atMs: nowMs });
    if (marks.length > MARKS_MAX) this.#marks = marks.filter((_mark, i) => (marks.length - i) % 2 === 1);
    const overdue: Overdue[] = [];
    let first = 0;
    const last = marks.findLast(({ atMs }) => nowMs - atMs >= this.#shortestMs)?.tag ?? 0;
    unacked.eachUpTo(last, (tag, queue, consumer) => {
      while ((marks[first] as Mark).tag < tag) first++;
      const timeoutMs = this.#timeoutOf(queue, consumer);
      if (timeoutMs > 0 && nowMs - (marks[first] as Mark).atMs >= timeoutMs) overdue.push({ tag, consumer, timeoutMs });
      return overdue.length < OVERDUE_MAX;
    });
    return overdue;
  }

  #timeoutOf(queue: Queue, consumer: Consumer | undefined): number {
    return consumer === undefined ? timeoutOfQueue(this.#channel, queue) : consumer.timeoutMs;
  }

  /** The messages go back; their consumers are cancelled, or where the client could not be told, its channel is closed. */
  #strike(overdue: readonly Overdue[]): void {
    const channel = this.#channel;
    const fatal = overdue.find(({ consumer }) => !this.#canCancel(consumer));
    const cancelled = fatal === undefined ? this.#cancel(overdue) : [];
    const tags = overdue.map(({ tag }) => tag);
    const taken = (tag: number): unknown => this.#takenBack.add(tag);
    takeBack(channel, tags, taken, () => {
      for (const { queue } of cancelled) autoDeleteUnused(channel.vhost, queue);
      if (fatal !== undefined) this.#fail(fatal);
      else if (overdue.length === OVERDUE_MAX) channel.connection.server.turn.wait({ goOn: this.#look });
    });
  }

  #fail(fatal: Overdue): void {
    const channel = this.#channel;
    // It may be gone by now.
    if (channel.connection.channels.get(channel.number) !== channel || channel.phase.name === 'closing') return;
    const text =
      `delivery acknowledgement on channel ${channel.number} timed out. Timeout value used: ${fatal.timeoutMs} ms. ` +
      'This timeout value can be configured, see consumers doc guide to learn more';
    channel.connection.failChannel(channel, new AmqpError(406, text), 0, 0);
  }

  /** What is overdue of a consumer that timed out before is only taken back. */
  #canCancel(consumer: Consumer | undefined): boolean {
    if (consumer === undefined) return false;
    const { connection, consumers } = this.#channel;
    if (consumer.timedOut) return true;
    return connection.capabilities.consumerCancelNotify && consumers.get(consumer.tag) === consumer;
  }

  #cancel(overdue: readonly Overdue[]): readonly Consumer[] {
    const { connection, consumers, number } = this.#channel;
    const late = new Set(overdue.map(({ consumer }) => consumer as Consumer).filter(({ timedOut }) => !timedOut));
    for (const consumer of late) {
      const { tag, queue, timeoutMs } = consumer;
      consumer.timedOut = true;
      consumers.delete(tag);
      consumerDeleted(consumer);
      queue.removeConsumer(consumer);
      this.#channel.send({ name: 'basic.cancel', consumerTag: tag, noWait: true });
      const fields = { peer: connection.peer, channel: number, consumer: tag, queue: queue.name, timeoutMs };
      connection.server.logger.warn(fields, 'consumer cancelled: it did not acknowledge in time');
    }
    return [...late];
  }
}

/** How long what is delivered from the queue may be unsettled, as far as its consumer says nothing else; 0 is for ever. */
export function timeoutOfQueue(channel: Channel, queue: Queue): number {
  return queue.consumerTimeoutMs ?? channel.connection.server.consumerTimeoutMs;
}
