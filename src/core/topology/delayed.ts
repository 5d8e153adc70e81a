import { EMPTY_TABLE } from '../../codec/table.ts';
import { originalKeys } from '../dead_letter.ts';
import { enqueueRecord } from '../enqueue.ts';
import type { Exchange } from '../exchange/exchange.ts';
import type { QueueConsumer } from '../ports.ts';
import { Queue } from '../queue/queue.ts';
import { waited } from '../queue/schedule.ts';
import { messageAt } from '../store/message.ts';
import type { Position } from '../store/page_table.ts';
import { hasDied, markDied } from '../store/record.ts';
import { rewriteRecord } from '../store/rewrite.ts';
import type { VirtualHost } from '../vhost.ts';
import { dropLeaving } from './leaving.ts';

/**
 * Exchanges of type x-delayed-message. What has to wait waits in a queue of the exchange's own, which nobody sees, and which
 * keeps it as queues keep messages that are to be delivered later; what comes out of it is routed.
 */

const PERSISTENT = 2;

/** Makes the queue of an exchange that has not had anything to wait yet. It outlives the process if the exchange does. */
export function createDelayQueue(vhost: VirtualHost, exchange: Exchange): Queue {
  const { name, properties } = exchange;
  const queue = openDelayQueue(vhost, exchange, properties.durable);
  if (properties.durable) queue.log = vhost.durable?.queueDeclared(queue);
  vhost.delayQueues.set(name, queue);
  return queue;
}

/** As createDelayQueue, of one that the journal knows. */
export function openDelayQueue(vhost: VirtualHost, exchange: Exchange, durable: boolean): Queue {
  const kind = { durable, autoDelete: false, exclusiveOwner: undefined, arguments: EMPTY_TABLE, forwards: true };
  const queue = new Queue({ name: exchange.name, ...kind }, vhost.store.pages, vhost.turn, vhost.host);
  queue.addConsumer(new Forwarder(vhost, exchange));
  return queue;
}

/** The exchange is gone, and what waited there with it. */
export function deleteDelayQueue(vhost: VirtualHost, exchange: Exchange): void {
  const queue = vhost.delayQueues.get(exchange.name);
  if (queue === undefined) return;
  vhost.delayQueues.delete(exchange.name);
  vhost.durable?.queueDeleted(queue);
  dropLeaving(vhost, queue.delete());
}

/** Routes what has waited. */
class Forwarder implements QueueConsumer {
  readonly priority = 0;
  readonly exclusive = true;
  readonly unacked = 0;
  waiting = false;
  readonly #vhost: VirtualHost;
  readonly #exchange: Exchange;

  constructor(vhost: VirtualHost, exchange: Exchange) {
    this.#vhost = vhost;
    this.#exchange = exchange;
  }

  hasRoom(): boolean {
    return true;
  }

  /** The copies and the end of the original are in the journal together or not at all. */
  deliver(queue: Queue, position: Position, sequence: number, bodyBytes: number, flags: number): void {
    const forward = (): void => {
      route(this.#vhost, this.#exchange, position, bodyBytes);
      queue.drop(position, sequence, bodyBytes, flags);
    };
    const { durable } = this.#vhost;
    if (durable === undefined || durable.failure !== undefined) forward();
    else durable.atomically(forward);
  }

  cancelledByQueue(): void {}
}

/** What has no queue to go to, or only such as are full and refuse it, is lost, as RabbitMQ's plugin loses it. */
function route(vhost: VirtualHost, exchange: Exchange, position: Position, bodyBytes: number): void {
  const message = messageAt(vhost.store.pages, position);
  const { bytes, start, content, properties } = message;
  const headers = waited(properties.headers ?? EMPTY_TABLE, vhost.host.nowMs());
  const keys = originalKeys(message);
  const { queues } = vhost.routeKeys(exchange.name, keys, { ...properties, headers });
  if (queues.length === 0) return;
  if (properties.expiration !== undefined) for (const queue of queues) queue.expectExpirations();
  const record = rewriteRecord({ bytes, start, bodyBytes }, { properties: (before) => ({ ...before, headers }) });
  if (hasDied(bytes, content)) markDied(record.bytes, record.content);
  enqueueRecord(vhost, queues, record, bodyBytes, properties.deliveryMode === PERSISTENT);
}
