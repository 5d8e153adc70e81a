import { AmqpError } from '../../codec/errors.ts';
import { EMPTY_TABLE } from '../../codec/table.ts';
import type { Access } from '../../core/access.ts';
import { type Origin, originIn } from '../../core/dead_letter.ts';
import type { Queue } from '../../core/queue/queue.ts';
import { hasDied } from '../../core/store/record.ts';
import type { VirtualHost } from '../../core/vhost.ts';
import { EXAMINED_MAX } from './browse.ts';
import { compileFilter, type MessageFilter } from './filter.ts';
import { type Located, type Looked, lookAtMessages } from './look.ts';
import { committed, type Goal, moveAll, refuses } from './move.ts';

export interface ReplayRequest {
  /** Back into the queue where each died, or to the exchange that it was published to, which routes it again. */
  readonly to: 'queue' | 'exchange';
  /** The first ready message to look at. */
  readonly from: number;
  /** Messages to replay at most. */
  readonly count: number;
  readonly filter?: MessageFilter | undefined;
  /** Only tells what would be done. */
  readonly dryRun: boolean;
}

/** Messages that go the same way. */
export interface ReplayedTo {
  readonly queue: string;
  readonly exchange: string;
  readonly routingKeys: readonly string[];
  readonly queues: readonly string[];
  messages: number;
}

/** Why messages stay where they are. */
export type SkipReason =
  | 'has not died'
  | 'its queue is gone'
  | 'its exchange is gone'
  | 'leads nowhere'
  | 'leads back here'
  | 'a queue is full'
  | 'access refused';

export interface Replayed {
  readonly examined: number;
  readonly replayed: number;
  readonly destinations: readonly ReplayedTo[];
  readonly skipped: ReadonlyMap<SkipReason, number>;
  /** Where to go on; undefined when nothing is behind. */
  readonly next: number | undefined;
}

interface OriginalGoal extends Goal {
  readonly origin: Origin;
}

/** Different destinations that are told apart in one answer. */
const DESTINATIONS_MAX = 1000;

/**
 * Brings the messages of a dead-letter queue back to where they came from, as the x-death header says that the broker itself wrote.
 * Each is put there and taken out here in one step, in the journal too: a crash loses none and doubles none.
 */
export async function replay(
  vhost: VirtualHost,
  queue: Queue,
  access: Access,
  request: ReplayRequest,
): Promise<Replayed> {
  const places = queue.contents.ready(request.from, EXAMINED_MAX + 1);
  const replaying = new Replaying(vhost, queue, access, request);
  await lookAtMessages(vhost.store.pages, places.slice(0, EXAMINED_MAX), (run) => replaying.look(run));
  await committed(vhost);
  const { examined, replayed, destinations, skipped } = replaying;
  // Those that went have left their places to those behind.
  const next = request.from + examined - (request.dryRun ? 0 : replayed);
  return {
    examined,
    replayed,
    destinations: [...destinations.values()],
    skipped,
    next: examined < places.length ? next : undefined,
  };
}

class Replaying {
  examined = 0;
  replayed = 0;
  readonly destinations: Map<string, ReplayedTo> = new Map();
  readonly skipped: Map<SkipReason, number> = new Map();
  readonly #vhost: VirtualHost;
  readonly #queue: Queue;
  readonly #access: Access;
  readonly #request: ReplayRequest;
  readonly #matches: (looked: Looked<Located>) => boolean;

  constructor(vhost: VirtualHost, queue: Queue, access: Access, request: ReplayRequest) {
    this.#vhost = vhost;
    this.#queue = queue;
    this.#access = access;
    this.#request = request;
    const matches = request.filter === undefined ? undefined : compileFilter(request.filter);
    this.#matches = ({ message, body }) => matches?.(message, body) ?? true;
  }

  /** Whether there may be more. */
  look(run: readonly Looked<Located>[]): boolean {
    const { count, dryRun } = this.#request;
    const goals = new Map<Looked<Located>, OriginalGoal>();
    for (const looked of run) {
      if (this.replayed + goals.size === count) break;
      this.examined++;
      if (!this.#matches(looked)) continue;
      const goal = this.#goalOf(looked);
      if (typeof goal === 'string') this.skipped.set(goal, (this.skipped.get(goal) ?? 0) + 1);
      else goals.set(looked, goal);
    }
    const reached = dryRun ? [...goals.values()] : moveAll(this.#vhost, this.#queue, goals);
    this.replayed += reached.length;
    for (const { origin, queues } of reached) this.#note(origin, queues);
    return this.replayed < count;
  }

  #goalOf({ message, place }: Looked<Located>): OriginalGoal | SkipReason {
    const { bytes, content, properties } = message;
    // A client can write such a header too, and is not to choose where its messages go with an operator's help.
    const origin = hasDied(bytes, content) ? originIn(properties.headers ?? EMPTY_TABLE) : undefined;
    if (origin === undefined) return 'has not died';
    const queues = this.#request.to === 'queue' ? this.#queueOf(origin) : this.#routed(origin, properties);
    if (typeof queues === 'string') return queues;
    if (queues.length === 0) return 'leads nowhere';
    if (queues.includes(this.#queue)) return 'leads back here';
    if (queues.some((queue) => refuses(queue, place))) return 'a queue is full';
    return { queues, exchange: origin.exchange, routingKey: origin.routingKeys[0], origin };
  }

  #queueOf({ queue: name }: Origin): readonly Queue[] | SkipReason {
    const queue = this.#vhost.queues.get(name);
    if (queue === undefined) return 'its queue is gone';
    return this.#mayWrite(() => this.#access.check('write', 'queue', name)) ? [queue] : 'access refused';
  }

  #routed(
    { exchange: name, routingKeys }: Origin,
    properties: Looked<Located>['message']['properties'],
  ): readonly Queue[] | SkipReason {
    const exchange = this.#vhost.exchanges.get(name);
    if (exchange === undefined) return 'its exchange is gone';
    const isAllowed = this.#mayWrite(() => {
      this.#access.check('write', 'exchange', name);
      for (const key of routingKeys) this.#access.checkTopic('write', exchange, key);
    });
    return isAllowed ? this.#vhost.routeKeys(name, routingKeys, properties).queues : 'access refused';
  }

  #mayWrite(check: () => void): boolean {
    try {
      check();
      return true;
    } catch (error) {
      if (error instanceof AmqpError) return false;
      throw error;
    }
  }

  #note({ queue, exchange, routingKeys }: Origin, queues: readonly Queue[]): void {
    const names = queues.map(({ name }) => name);
    const key = JSON.stringify([queue, exchange, routingKeys, names]);
    const known = this.destinations.get(key);
    if (known !== undefined) known.messages++;
    else if (this.destinations.size < DESTINATIONS_MAX) {
      this.destinations.set(key, { queue, exchange, routingKeys, queues: names, messages: 1 });
    }
  }
}
