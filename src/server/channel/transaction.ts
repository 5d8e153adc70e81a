import { AmqpError } from '../../codec/errors.ts';
import { peekHeaders } from '../../codec/property_peek.ts';
import { type Sighting, sight } from '../../core/deduplication/sighting.ts';
import { enqueue } from '../../core/enqueue.ts';
import type { DurableStore } from '../../core/ports.ts';
import type { Queue } from '../../core/queue/queue.ts';
import type { Position } from '../../core/store/page_table.ts';
import { offsetOf } from '../../core/store/page_table.ts';
import { contentEnd, propertiesEnd, propertiesStart, routeEnd } from '../../core/store/record.ts';
import type { Route } from '../../core/vhost.ts';
import type { Channel } from './channel.ts';
import { countPublish, countUnroutable } from './counts.ts';
import { SETTLED_AT_ONCE, type Settlement, settleTaken } from './settle.ts';
import { returnUnroutable } from './take.ts';
import type { Delivery } from './unacked_block.ts';

interface HeldPublish {
  /** Routed when it was published, as in RabbitMQ, not when the transaction commits. */
  readonly route: Route;
  readonly position: Position;
  readonly bodyBytes: number;
  readonly persistent: boolean;
  readonly mandatory: boolean;
}

interface HeldSettlement {
  readonly deliveries: readonly Delivery[];
  readonly settlement: Settlement;
}

/** What a channel in tx mode has published and settled since the last commit or rollback. */
export class Transaction {
  #publishes: HeldPublish[] = [];
  #settlements: HeldSettlement[] = [];
  #uncommittedAcks = 0;

  /** Settled deliveries that wait for the commit. */
  get uncommittedAcks(): number {
    return this.#uncommittedAcks;
  }

  /** Messages, and settled deliveries, that wait for the commit. */
  get uncommitted(): { readonly messages: number; readonly acks: number } {
    return { messages: this.#publishes.length, acks: this.#uncommittedAcks };
  }

  /** Throws 406 where one more message is too many. */
  checkRoom({ connection }: Channel): void {
    const { channelTxMessageMax } = connection.server.limits;
    if (this.#publishes.length < channelTxMessageMax) return;
    throw new AmqpError(406, `transaction has reached the maximum of ${channelTxMessageMax} uncommitted publishes`);
  }

  /** Keeps a message whose record is in the store at `position`. */
  publish(channel: Channel, held: HeldPublish): void {
    channel.vhost.store.pages.retain(held.position, 1);
    this.#publishes.push(held);
  }

  /** Keeps the settlement of a tag, or of all up to it. Settled tags count as unknown from now on. */
  settle(channel: Channel, tag: number, multiple: boolean, settlement: Settlement): void {
    const { unacked, connection } = channel;
    const deliveries: Delivery[] = [];
    this.#settlements.push({ deliveries, settlement });
    if (!multiple) {
      deliveries.push(unacked.take(tag));
      this.#uncommittedAcks++;
      return;
    }
    connection.holdWhile((resume) => {
      connection.server.turn.inParts(() => {
        for (let count = 0; count < SETTLED_AT_ONCE; count++) {
          const first = unacked.firstTag;
          const isOver = channel.mode.name !== 'transaction';
          if (isOver || first === undefined || first > tag) {
            resume();
            return false;
          }
          deliveries.push(unacked.take(first));
          this.#uncommittedAcks++;
        }
        return true;
      });
    });
  }

  /**
   * Does it all. What of it is durable is recovered whole or not at all, and on disk when the commit is that this returns. Throws
   * 406, when all is done, where a queue that is full refused a message.
   */
  commit(channel: Channel): number {
    const publishes = this.#publishes;
    const settlements = this.#settlements;
    this.#publishes = [];
    this.#settlements = [];
    this.#uncommittedAcks = 0;
    let complete = true;
    const perform = (): void => {
      for (const held of publishes) complete = release(channel, held) && complete;
      for (const { deliveries, settlement } of settlements) {
        for (const delivery of deliveries) settleTaken(channel, delivery, settlement);
      }
    };
    const { durable } = channel.vhost;
    let commit = 0;
    if (durable === undefined) perform();
    else commit = durable.atomically(perform);
    // A duplicate is as good as its original, which may be on its way to the disk.
    if (durable !== undefined && publishes.some(({ route }) => route.deduplicates)) commit = durable.gathering;
    if (!complete) throw new AmqpError(406, 'partial tx completion');
    return commit;
  }

  /** As ReadyRing.relocate. */
  relocate(moved: (position: Position) => Position | undefined): void {
    const move = <Held extends { readonly position: Position }>(held: Held): Held => {
      const position = moved(held.position);
      return position === undefined ? held : { ...held, position };
    };
    this.#publishes = this.#publishes.map(move);
    this.#settlements = this.#settlements.map((held) => ({ ...held, deliveries: held.deliveries.map(move) }));
  }

  rollback(channel: Channel): void {
    for (const { position } of this.#publishes) channel.vhost.store.pages.release(position);
    for (const { deliveries } of this.#settlements) channel.unacked.restore(deliveries);
    this.#publishes = [];
    this.#settlements = [];
    this.#uncommittedAcks = 0;
  }
}

/**
 * Publishes a held message: it was kept in memory, and goes to the journal only now, if it goes there. False when a queue refused
 * it.
 */
function release(channel: Channel, { route, position, bodyBytes, persistent, mandatory }: HeldPublish): boolean {
  const { durable, store } = channel.vhost;
  const { pages } = store;
  const counts = countPublish(channel, route, bodyBytes);
  const reached = route.queues.filter((queue) => !queue.deleted);
  const sighting = route.deduplicates ? sightHeld(channel, { ...route, queues: reached }, position) : undefined;
  const goal = sighting?.queues ?? reached;
  const queues = goal.filter((queue) => !queue.refuses(bodyBytes));
  for (const queue of goal) if (!queues.includes(queue)) queue.refused(position, bodyBytes);
  if (queues.length > 0) {
    const journalled = persistent && durable !== undefined && queues.some((queue) => queue.log !== undefined);
    const kept = journalled ? journal(channel, durable, queues, position, bodyBytes) : position;
    enqueue(channel.vhost, queues, kept, bodyBytes, journalled);
    sighting?.remember(queues, journalled ? durable : undefined);
  }
  const unroutable = route.unroutable || reached.length === 0;
  if (unroutable) countUnroutable(counts, mandatory);
  if (unroutable && mandatory) {
    const page = pages.of(position);
    returnUnroutable(channel, page.bytes, page.base + offsetOf(position), undefined, bodyBytes);
  }
  pages.release(position);
  return queues.length === goal.length;
}

/** Duplicates are told when the transaction commits: before that, nothing in it has happened. */
function sightHeld(channel: Channel, route: Route, position: Position): Sighting | undefined {
  const { host, store } = channel.vhost;
  const page = store.pages.of(position);
  const content = routeEnd(page.bytes, page.base + offsetOf(position));
  const headers = peekHeaders(page.bytes, propertiesStart(content), propertiesEnd(page.bytes, content));
  return headers === undefined ? undefined : sight(route, headers, host.nowMs());
}

function journal(
  channel: Channel,
  durable: DurableStore,
  queues: readonly Queue[],
  position: Position,
  bodyBytes: number,
): Position {
  const page = channel.vhost.store.pages.of(position);
  const start = page.base + offsetOf(position);
  const content = routeEnd(page.bytes, start);
  const end = contentEnd(page.bytes, content, bodyBytes);
  return durable.append(queues, page.bytes, start, content, content, end, bodyBytes);
}
