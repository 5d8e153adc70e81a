import { AmqpError } from '../../codec/errors.ts';
import type { BasicProperties } from '../../codec/properties.ts';
import { EMPTY_TABLE } from '../../codec/table.ts';
import type { Access } from '../../core/access.ts';
import { ChannelPublishes } from '../../core/counts.ts';
import { sight } from '../../core/deduplication/sighting.ts';
import { enqueueRecord, type WholeRecord } from '../../core/enqueue.ts';
import { type OwnMessage, publishOwn, recordOf } from '../../core/own_message.ts';
import type { Queue } from '../../core/queue/queue.ts';
import { DELAY_HEADER, DELIVER_AT_HEADER, scheduleProblem } from '../../core/queue/schedule.ts';
import { publishTrace, withoutConnection } from '../../core/trace.ts';
import type { Route, VirtualHost } from '../../core/vhost.ts';
import { readCopies } from '../../server/channel/carbon_copy.ts';
import { countMessage } from '../../server/channel/counts.ts';
import { checkExpiration } from '../../server/channel/publish_checks.ts';
import type { MessageSizes } from '../../server/counters.ts';
import { committed } from './move.ts';

/** Who publishes without being connected. */
export interface Publisher {
  readonly name: string;
  /** Whether user_id may be another's name. */
  readonly impersonates: boolean;
  readonly access: Access;
  /** Of messages, by the size of their bodies. */
  readonly sizes: MessageSizes;
}

/** What became of it: in its queues, in none since there are none, or refused by one that is full. */
export type Published = 'routed' | 'unroutable' | 'refused';

const PERSISTENT = 2;

/**
 * Publishes one message as a channel with confirms does, with the same checks in the same order. Resolves when it is safe. Throws
 * AmqpError.
 */
export async function publishMessage(
  vhost: VirtualHost,
  publisher: Publisher,
  message: OwnMessage,
): Promise<Published> {
  const { access } = publisher;
  const exchange = vhost.exchange(message.exchange);
  access.check('write', 'exchange', exchange.name);
  if (exchange.properties.internal) {
    throw new AmqpError(403, `cannot publish to internal exchange '${exchange.name}' in vhost '${vhost.name}'`);
  }
  const { properties, routingKeys } = checked(publisher, message);
  for (const routingKey of routingKeys) access.checkTopic('write', exchange, routingKey);
  const route = vhost.routeKeys(exchange.name, routingKeys, properties);
  if (route.schedules) checkSchedule(properties);
  if (properties.expiration !== undefined) for (const queue of route.queues) queue.expectExpirations();
  const counts = new ChannelPublishes(exchange);
  exchange.publishes.open(counts);
  counts.begin(route);
  countMessage(counts, publisher.sizes, message.body.length);
  const record = recordOf({ ...message, properties });
  if (vhost.tracing) trace(vhost, publisher, route, record, message.body.length);
  const outcome = put(vhost, route, properties, record, message.body.length);
  if (outcome === 'unroutable') counts.returnUnroutable++;
  await committed(vhost);
  if (outcome !== 'refused') counts.confirm++;
  exchange.publishes.close(counts);
  vhost.counts.publishes.add(counts);
  return outcome;
}

/** What is delivered, and the keys to route by. */
function checked(
  { name, impersonates }: Publisher,
  { routingKey, properties }: OwnMessage,
): { readonly properties: BasicProperties; readonly routingKeys: readonly string[] } {
  const { expiration, headers = EMPTY_TABLE, userId } = properties;
  if (expiration !== undefined) checkExpiration(expiration);
  const copies = readCopies(headers);
  if (userId !== undefined && userId !== name && !impersonates) {
    throw new AmqpError(406, `user_id property set to '${userId}' but authenticated user was '${name}'`);
  }
  const shown = copies.blind ? { ...properties, headers: copies.headers } : properties;
  return { properties: shown, routingKeys: [routingKey, ...copies.routingKeys] };
}

function checkSchedule({ headers = EMPTY_TABLE }: BasicProperties): void {
  for (const header of [DELAY_HEADER, DELIVER_AT_HEADER] as const) {
    const field = headers.get(header);
    const problem = field === undefined ? undefined : scheduleProblem(header, field);
    if (problem !== undefined) throw new AmqpError(406, `invalid header '${header}': ${problem}`);
  }
}

function trace(
  vhost: VirtualHost,
  { name }: Publisher,
  { queues }: Route,
  record: WholeRecord,
  bodyBytes: number,
): void {
  const copy = publishTrace(vhost, { ...record, bodyBytes }, withoutConnection(name), queues);
  if (copy !== undefined) publishOwn(vhost, copy);
}

function put(
  vhost: VirtualHost,
  route: Route,
  properties: BasicProperties,
  record: WholeRecord,
  bodyBytes: number,
): Published {
  const { durable, host } = vhost;
  const sighting = route.deduplicates ? sight(route, properties.headers ?? EMPTY_TABLE, host.nowMs()) : undefined;
  const queues = sighting?.queues ?? route.queues;
  const taking = queues.filter((queue) => !queue.refuses(bodyBytes));
  const persistent = properties.deliveryMode === PERSISTENT;
  const journal = persistent && taking.some(({ log }: Queue) => log !== undefined) ? durable : undefined;
  if (journal?.failure !== undefined) return 'refused';
  const enqueue = (): void => {
    if (queues.length > 0) enqueueRecord(vhost, queues, record, bodyBytes, persistent);
    sighting?.remember(taking, journal);
  };
  if (journal === undefined) enqueue();
  else journal.atomically(enqueue);
  if (taking.length < queues.length) return 'refused';
  return route.unroutable ? 'unroutable' : 'routed';
}
