import type { Entry } from '../entry.ts';
import { type ReadyList, ReadyMessages } from '../ready_list.ts';
import type { Group, GroupTable, Lane } from './group_table.ts';
import { firstSequence, type SortedList } from './sorted_list.ts';

/** A list of so many messages stays a list when it is free; of shorter ones, each message goes back to where it came from. */
const FREE_LIST_MIN = 64;

/**
 * The ready messages of a queue with groups:
 *
 *     free    top, as in any queue ─┐                             what nobody has looked at, and what has no group
 *             list ─────────────────┼─▶ oldest first ─▶ its lane  what waited for a consumer that has left
 *             list ─────────────────┘       or a consumer
 *     lanes   lane ─▶ its consumer                                what was looked at, and waits for the one that has its group
 *             lane ─▶ its consumer
 *
 * All of a group's messages in its lane are older than those that are free, as they leave the free lists in order: so they go
 * out in order. A message moves to a lane once at most, until the consumer leaves.
 */
export class GroupedMessages extends ReadyMessages {
  /** Consumers' lanes with messages; and some that have lost theirs. */
  readonly lanes: Set<Lane> = new Set();
  /** As `lanes`, of groups whose consumer has left. */
  readonly #held = new Set<Lane>();
  /** Those with messages. */
  #free: SortedList[] = [];
  readonly #table: GroupTable;

  constructor(table: GroupTable) {
    super(0);
    this.#table = table;
  }

  /** Of the lists that are free, the one with the oldest message. */
  next(): ReadyList | undefined {
    let oldest = this.top.length > 0 ? this.top : undefined;
    for (const list of this.#free) {
      if (oldest === undefined || firstSequence(list) < firstSequence(oldest)) oldest = list;
    }
    return oldest;
  }

  /** Takes out the first message of a list that is free. It stays counted until it is delivered. */
  pull(list: ReadyList): Entry {
    const entry = list.take() as Entry;
    this.#shrunk(list);
    return entry;
  }

  /** Keeps a message that was pulled for the consumer that has its group, or until that can go to another one. */
  park(entry: Entry, group: Group): void {
    const lane = this.#table.laneFor(group);
    lane.list.put(entry);
    if (lane.consumer === undefined) this.#held.add(lane);
    else this.lanes.add(lane);
  }

  /** A message is no longer out with a consumer. Answers whether others may go out that had to wait for it. */
  settled(sequence: number): boolean {
    const lane = this.#table.settled(sequence);
    if (lane !== undefined) this.release(lane);
    return lane !== undefined;
  }

  /** What waits in a lane may go to anybody. */
  release(lane: Lane): void {
    this.lanes.delete(lane);
    this.#held.delete(lane);
    if (lane.list.length >= FREE_LIST_MIN) {
      this.#free.push(lane.list);
      return;
    }
    // All of them are older than those of their groups that nobody has looked at, and so they will be served first.
    for (let entry = lane.list.take(); entry !== undefined; entry = lane.list.take()) this.top.returned.push(entry);
  }

  override giveBack(entry: Entry): void {
    const group = this.#table.groupOfOut(entry.sequence);
    // That of a group whose consumer has left is looked at again: by then, all of the group may have come back.
    if (group?.lane.consumer === undefined) {
      super.giveBack(entry);
    } else {
      this.length++;
      this.bytes += entry.bodyBytes;
      this.park(entry, group);
    }
    this.settled(entry.sequence);
  }

  override oldest(): ReadyList {
    return this.lists().reduce(
      (oldest, list) => (firstSequence(list) < firstSequence(oldest) ? list : oldest),
      this.top,
    );
  }

  override take(): Entry | undefined {
    return this.takenFrom(this.oldest());
  }

  override takenFrom(list: ReadyList): Entry | undefined {
    const entry = super.takenFrom(list);
    this.#shrunk(list);
    return entry;
  }

  override lists(): ReadyList[] {
    const lists = [...super.lists(), ...this.#free];
    for (const lanes of [this.lanes, this.#held]) {
      for (const { list } of lanes) if (list.length > 0) lists.push(list);
    }
    return lists;
  }

  override remove(sequences: ReadonlySet<number>): Entry[] {
    const removed = super.remove(sequences);
    this.#free = this.#free.filter(({ length }) => length > 0);
    return removed;
  }

  protected override emptied(): void {
    super.emptied();
    this.lanes.clear();
    this.#held.clear();
    this.#free = [];
  }

  #shrunk(list: ReadyList): void {
    if (list.length === 0 && list !== this.top) this.#free = this.#free.filter((free) => free !== list);
  }
}
