import { assert } from '../../../lib/assert.ts';
import type { QueueConsumer } from '../../ports.ts';
import { SortedList } from './sorted_list.ts';

/** Groups that a consumer has had, and has nothing of now, that are kept for it. */
const IDLE_GROUPS_MAX = 1024;

/** Messages that belong together, from the first that is delivered until the group is forgotten. */
export interface Group {
  readonly key: string;
  lane: Lane;
  /** Its messages that are out with a consumer. */
  unacked: number;
}

/** A consumer with its groups; or a group whose consumer has left, until what it took with it is settled. */
export interface Lane {
  readonly consumer: QueueConsumer | undefined;
  /** Messages of its groups that nobody else may have. */
  readonly list: SortedList;
  readonly groups: Set<Group>;
  /** Of these, those of which nothing is out: the one that was used last is last. They may have messages in the list. */
  readonly idle: Set<Group>;
}

/**
 * Which group is whose. A group is its consumer's as long as the consumer is there, but groups without any message are
 * remembered only up to a number, so that a queue with a new group for each message does not grow. Whoever is forgotten is
 * like new.
 */
export class GroupTable {
  readonly #groups = new Map<string, Group>();
  readonly #lanes = new Map<QueueConsumer, Lane>();
  /** The groups of messages that are out, by sequence. */
  readonly #out = new Map<number, Group>();
  /** The lane of all groups whose consumer has left and of which nothing waits: there may be very many. */
  readonly #abandoned = newLane(undefined);

  find(key: string): Group | undefined {
    return this.#groups.get(key);
  }

  groupCount(consumer: QueueConsumer): number {
    return this.#lanes.get(consumer)?.groups.size ?? 0;
  }

  /** A group that nobody has is this consumer's. */
  assign(key: string, consumer: QueueConsumer): Group {
    const lane = this.#laneOf(consumer);
    this.#forgetIdle(lane);
    const group = { key, lane, unacked: 0 };
    this.#groups.set(key, group);
    lane.groups.add(group);
    return group;
  }

  /** The lane in which messages of the group wait. */
  laneFor(group: Group): Lane {
    if (group.lane === this.#abandoned) group.lane = newLane(undefined);
    return group.lane;
  }

  /** One of the group's messages goes out to its consumer. */
  delivered(sequence: number, group: Group): void {
    group.unacked++;
    group.lane.idle.delete(group);
    this.#out.set(sequence, group);
  }

  /** The group of a message that is out; undefined for a message without a group. */
  groupOfOut(sequence: number): Group | undefined {
    return this.#out.get(sequence);
  }

  /** A message is no longer out. Returns the lane that is nobody's any more, if this was the last that kept it. */
  settled(sequence: number): Lane | undefined {
    const group = this.#out.get(sequence);
    if (group === undefined) return undefined;
    this.#out.delete(sequence);
    assert(group.unacked > 0, 'a group has as many messages out as were delivered of it');
    group.unacked--;
    if (group.unacked > 0) return undefined;
    const { lane } = group;
    if (lane.consumer === undefined) {
      this.#groups.delete(group.key);
      return lane;
    }
    lane.idle.add(group);
    this.#forgetIdle(lane);
    return undefined;
  }

  /**
   * A consumer is gone, and its groups are anybody's; those with messages out wait for these. Returns its lane, if it had one.
   */
  left(consumer: QueueConsumer): Lane | undefined {
    const lane = this.#lanes.get(consumer);
    if (lane === undefined) return undefined;
    this.#lanes.delete(consumer);
    for (const group of lane.groups) {
      if (group.unacked === 0) this.#groups.delete(group.key);
      else group.lane = this.#abandoned;
    }
    return lane;
  }

  #laneOf(consumer: QueueConsumer): Lane {
    let lane = this.#lanes.get(consumer);
    if (lane === undefined) {
      lane = newLane(consumer);
      this.#lanes.set(consumer, lane);
    }
    return lane;
  }

  /** While messages wait for the consumer, they may be of any of its groups: none is forgotten then. */
  #forgetIdle(lane: Lane): void {
    if (lane.idle.size <= IDLE_GROUPS_MAX || lane.list.length > 0) return;
    for (const group of lane.idle) {
      lane.idle.delete(group);
      lane.groups.delete(group);
      this.#groups.delete(group.key);
      if (lane.idle.size === IDLE_GROUPS_MAX) return;
    }
  }
}

function newLane(consumer: QueueConsumer | undefined): Lane {
  return { consumer, list: new SortedList(), groups: new Set(), idle: new Set() };
}
