import { PERSISTENT } from '../../core/queue/entry.ts';
import type { Position } from '../../core/store/page_table.ts';
import { offsetOf } from '../../core/store/page_table.ts';
import type { Route } from '../../core/vhost.ts';
import type { Channel } from './channel.ts';
import { enqueue, returnUnroutable } from './publish.ts';
import { type Settlement, settleTaken } from './settle.ts';
import type { Delivery } from './unacked.ts';

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

  /** Keeps a message whose record is in the store at `position`. */
  publish(channel: Channel, held: HeldPublish): void {
    channel.vhost.store.pages.retain(held.position, 1);
    this.#publishes.push(held);
  }

  /** Keeps the settlement of a tag, or of all up to it. Settled tags count as unknown from now on. */
  settle(channel: Channel, tag: number, multiple: boolean, settlement: Settlement): void {
    const { unacked } = channel;
    const deliveries: Delivery[] = [];
    if (multiple) {
      for (let first = unacked.firstTag; first !== undefined && first <= tag; first = unacked.firstTag) {
        deliveries.push(unacked.take(first));
      }
    } else {
      deliveries.push(unacked.take(tag));
    }
    this.#settlements.push({ deliveries, settlement });
  }

  commit(channel: Channel): void {
    const { pages } = channel.vhost.store;
    const publishes = this.#publishes;
    const settlements = this.#settlements;
    this.#publishes = [];
    this.#settlements = [];
    for (const { route, position, bodyBytes, persistent, mandatory } of publishes) {
      const queues = route.queues.filter((queue) => !queue.deleted);
      if (queues.length > 0) enqueue(channel, queues, position, bodyBytes, persistent ? PERSISTENT : 0);
      else if (mandatory) {
        const page = pages.of(position);
        returnUnroutable(channel, page.bytes, page.base + offsetOf(position), undefined, bodyBytes);
      }
      pages.release(position);
    }
    for (const { deliveries, settlement } of settlements) {
      for (const delivery of deliveries) settleTaken(channel, delivery, settlement);
    }
  }

  rollback(channel: Channel): void {
    for (const { position } of this.#publishes) channel.vhost.store.pages.release(position);
    for (const { deliveries } of this.#settlements) channel.unacked.restore(deliveries);
    this.#publishes = [];
    this.#settlements = [];
  }
}
