import { assert } from '../../../lib/assert.ts';
import type { QueueConsumer } from '../../ports.ts';
import { offsetOf, type PageTable, type Position } from '../../store/page_table.ts';
import type { Entry } from '../entry.ts';
import type { Queue } from '../queue.ts';
import type { ReadyList } from '../ready_list.ts';
import type { GroupKeyOf } from './group_by.ts';
import { type Group, GroupTable, type Lane } from './group_table.ts';
import { GroupedMessages } from './grouped_messages.ts';

/** What the groups need of their queue. */
export interface GroupsHost {
  readonly queue: Queue;
  readonly pages: PageTable;
  /** Whether the list's first message had expired, and is gone; one whose sequence is `spared` or higher stays. */
  expired(list: ReadyList, spared: number): boolean;
  /** The message was taken out of the ready ones, and cannot be read. */
  lost(entry: Entry): void;
  /** Something can be delivered that could not before: calls `deliver` soon, if a consumer may have room. */
  again(): void;
}

/** Messages looked at before other queues and connections get their turn. */
const LOOKS_MAX = 4096;
/** A group that nobody has goes to whoever has the fewest, of so many consumers with room. */
const CHOICES_MAX = 8;

/**
 * Delivery by groups: messages of one group go to one consumer at a time, in order. A message whose group's consumer has
 * no room is put aside in that consumer's lane, and the next one is looked at, as long as somebody has room.
 */
export class QueueGroups {
  readonly ready: GroupedMessages;
  readonly #table: GroupTable = new GroupTable();
  readonly #keyOf: GroupKeyOf;
  readonly #host: GroupsHost;
  /** Lists whose first message is being read from disk. */
  readonly #reading = new Set<ReadyList>();

  constructor(keyOf: GroupKeyOf, host: GroupsHost) {
    this.#keyOf = keyOf;
    this.#host = host;
    this.ready = new GroupedMessages(this.#table);
  }

  /** Messages with a sequence of `spared` or more are delivered even if their time is up. */
  deliver(spared: number): void {
    let left = LOOKS_MAX;
    for (const lane of this.ready.lanes) left = this.#serve(lane, left, spared);
    for (; left > 0; left--) {
      const list = this.ready.next();
      if (list === undefined || !this.#host.queue.consumers.someHasRoom()) return;
      if (this.#host.expired(list, spared)) continue;
      if (!this.#isReadable(list)) return;
      const entry = this.ready.pull(list);
      if (this.#host.pages.isLost(entry.position)) this.#lose(entry);
      else this.#place(entry);
    }
    this.#host.again();
  }

  /** A message is settled; if it was out with a consumer, others may go out that had to wait for it. */
  settled(sequence: number): void {
    if (this.ready.settled(sequence)) this.#host.again();
  }

  /** A consumer was removed from the queue. */
  left(consumer: QueueConsumer): void {
    const lane = this.#table.left(consumer);
    if (lane !== undefined) this.ready.release(lane);
  }

  /** Delivers what waits for a consumer that has room now. Returns how many more messages may be looked at. */
  #serve(lane: Lane, looks: number, spared: number): number {
    const { consumer, list } = lane;
    if (consumer === undefined) return looks;
    for (let left = looks; left > 0; left--) {
      if (list.length === 0) {
        this.ready.lanes.delete(lane);
        return left;
      }
      if (!this.#hasRoom(consumer)) return left;
      if (this.#host.expired(list, spared)) continue;
      if (!this.#isReadable(list)) return left;
      const entry = list.take() as Entry;
      if (this.#host.pages.isLost(entry.position)) {
        this.#lose(entry);
        continue;
      }
      const group = this.#groupOf(entry.position);
      assert(group?.lane === lane, 'what waits for a consumer is of one of its groups');
      this.#deliver(entry, group, consumer);
    }
    return 0;
  }

  /** Delivers a message that nobody has looked at before, or puts it aside. Some consumer has room. */
  #place(entry: Entry): void {
    const key = this.#keyAt(entry.position);
    if (key === undefined) {
      this.#handOut(entry, this.#host.queue.consumers.next() as QueueConsumer);
      return;
    }
    const group = this.#table.find(key) ?? this.#table.assign(key, this.#choose());
    const { consumer, list } = group.lane;
    if (consumer !== undefined && list.length === 0 && this.#hasRoom(consumer)) this.#deliver(entry, group, consumer);
    else this.ready.park(entry, group);
  }

  /** Whose a new group is. Some consumer has room. */
  #choose(): QueueConsumer {
    const { consumers } = this.#host.queue;
    const first = consumers.next() as QueueConsumer;
    let best = first;
    for (let choices = 1; choices < CHOICES_MAX; choices++) {
      const other = consumers.next() as QueueConsumer;
      if (other === first) break;
      if (this.#table.groupCount(other) < this.#table.groupCount(best)) best = other;
    }
    return best;
  }

  #deliver(entry: Entry, group: Group, consumer: QueueConsumer): void {
    // Ahead of handing it out: a consumer that acknowledges nothing settles it at once.
    this.#table.delivered(entry.sequence, group);
    this.#handOut(entry, consumer);
  }

  #handOut(entry: Entry, consumer: QueueConsumer): void {
    const { position, sequence, bodyBytes, flags } = entry;
    const { queue } = this.#host;
    this.ready.taken(bodyBytes);
    queue.rules?.remember(entry);
    consumer.deliver(queue, position, sequence, bodyBytes, flags);
  }

  #lose(entry: Entry): void {
    this.ready.taken(entry.bodyBytes);
    this.#host.lost(entry);
  }

  /** One without room leaves the ring, and is looked at again when it says that it has some. */
  #hasRoom(consumer: QueueConsumer): boolean {
    if (!consumer.waiting) return false;
    const room = consumer.hasRoom();
    if (!room) this.#host.queue.consumers.stepOut(consumer);
    return room;
  }

  /** Whether the first message of the list can be looked at. If not, it is read, and delivery tried again. */
  #isReadable(list: ReadyList): boolean {
    const position = list.headPosition() as Position;
    if (this.#host.pages.isReadable(position)) return true;
    if (this.#reading.has(list)) return false;
    this.#reading.add(list);
    this.#host.pages.whenReadable(position, () => {
      this.#reading.delete(list);
      this.#host.again();
    });
    return false;
  }

  #groupOf(position: Position): Group | undefined {
    const key = this.#keyAt(position);
    return key === undefined ? undefined : this.#table.find(key);
  }

  #keyAt(position: Position): string | undefined {
    const { bytes, base } = this.#host.pages.of(position);
    return this.#keyOf(bytes, base + offsetOf(position));
  }
}
