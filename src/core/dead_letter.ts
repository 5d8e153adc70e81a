import type { BasicProperties } from '../codec/properties.ts';
import { bytesToText, EMPTY_TABLE, type FieldTable, type FieldValue, getInteger, getString } from '../codec/table.ts';
import { enqueueRecord } from './enqueue.ts';
import type { Queue } from './queue/queue.ts';
import type { DeathReason } from './queue/rules.ts';
import { waited } from './queue/schedule.ts';
import { messageAt } from './store/message.ts';
import type { Position } from './store/page_table.ts';
import { hasDied, markDied } from './store/record.ts';
import { rewriteRecord } from './store/rewrite.ts';
import type { VirtualHost } from './vhost.ts';

/** Where a message was before it died the last time. */
export interface Origin {
  readonly queue: string;
  readonly reason: string;
  /** Where it was published to, and by which keys: its own, and those that CC names. */
  readonly exchange: string;
  readonly routingKeys: readonly string[];
}

/** Of a message with these headers; undefined for one that does not say. */
export function originIn(headers: FieldTable): Origin | undefined {
  const [latest] = deathsOf(headers);
  if (latest === undefined) return undefined;
  const { queue, reason, table } = latest;
  const keys = table.get('routing-keys');
  const routingKeys =
    keys?.tag === 'A' ? keys.value.flatMap((item) => (item.tag === 'S' ? [bytesToText(item.value)] : [])) : [];
  return { queue, reason, exchange: getString(table, 'exchange') ?? '', routingKeys };
}

/** One death of a message, as its x-death header tells it. */
interface Death {
  readonly queue: string;
  readonly reason: string;
  readonly table: FieldTable;
}

const PERSISTENT = 2;

/** A message may die at once where its death has brought it, and so on: so far down the stack, and the rest in turn. */
const DEPTH_MAX = 16;

/** The dead-lettering of one virtual host. */
export class DeadLetters {
  readonly #vhost: VirtualHost;
  readonly #later: (() => void)[] = [];
  #depth = 0;

  constructor(vhost: VirtualHost) {
    this.#vhost = vhost;
  }

  /** The message at `position`, which is readable and held by the caller, died in `queue`. */
  publish(queue: Queue, position: Position, bodyBytes: number, reason: DeathReason): void {
    if (this.#depth === DEPTH_MAX) {
      const { pages } = this.#vhost.store;
      pages.retain(position, 1);
      this.#later.push(() => {
        deadLetter(this.#vhost, queue, position, bodyBytes, reason);
        pages.release(position);
      });
      return;
    }
    this.#depth++;
    deadLetter(this.#vhost, queue, position, bodyBytes, reason);
    for (
      let next = this.#depth === 1 ? this.#later.shift() : undefined;
      next !== undefined;
      next = this.#later.shift()
    ) {
      next();
    }
    this.#depth--;
  }
}

/**
 * Publishes a copy of a message to its queue's dead-letter exchange, with RabbitMQ's headers: x-death with one entry for each
 * queue and reason, the latest first, and x-first-death-… and x-last-death-…. An exchange that is not there, or
 * leads nowhere, makes the message vanish, as does a cycle of deaths in which nobody refused the message.
 */
function deadLetter(
  vhost: VirtualHost,
  queue: Queue,
  position: Position,
  bodyBytes: number,
  reason: DeathReason,
): void {
  const { deadLetterExchange, deadLetterRoutingKey, scheduled } = queue.rules?.settings ?? {};
  const exchange = deadLetterExchange === undefined ? undefined : vhost.exchanges.get(deadLetterExchange);
  if (exchange === undefined) return;
  const message = messageAt(vhost.store.pages, position);
  const { bytes, start, content, properties } = message;
  // Deaths that a client made up, or copied from a message it had got, are not this message's.
  const deaths = hasDied(bytes, content) ? deathsOf(properties.headers ?? EMPTY_TABLE) : [];
  const nowMs = vhost.host.nowMs();
  const news = newsOfDeath(message, deaths, queue, reason, nowMs);
  const before = properties.headers ?? EMPTY_TABLE;
  // As with its expiration: what it asked of this queue it does not ask of the next one.
  const headers = new Map([...(scheduled ? waited(before, nowMs) : before), ...news]);
  const keys = deadLetterRoutingKey === undefined ? originalKeys(message) : [deadLetterRoutingKey];
  const targets = vhost
    .routeKeys(exchange.name, keys, { ...properties, headers })
    .queues.filter((target) => !isCycle(headers, target.name));
  if (targets.length === 0) return;
  const record = rewriteRecord(
    { bytes, start, bodyBytes },
    {
      exchange: exchange.name,
      routingKey: keys[0] as string,
      properties: (before) => ({
        ...before,
        expiration: undefined,
        headers,
      }),
    },
  );
  markDied(record.bytes, record.content);
  enqueueRecord(vhost, targets, record, bodyBytes, properties.deliveryMode === PERSISTENT);
}

export interface DyingMessage {
  readonly exchange: string;
  readonly routingKey: string;
  readonly properties: BasicProperties;
}

/** Its own key, and those that CC names; BCC's are in no message. */
export function originalKeys({ routingKey, properties }: DyingMessage): string[] {
  const copies = properties.headers?.get('CC');
  if (copies?.tag !== 'A') return [routingKey];
  const names = copies.value.flatMap((item) => (item.tag === 'S' ? [bytesToText(item.value)] : []));
  return [routingKey, ...names];
}

/** The headers that tell of this death and of those before it. */
function newsOfDeath(
  message: DyingMessage,
  deaths: readonly Death[],
  queue: Queue,
  reason: DeathReason,
  nowMs: number,
): FieldTable {
  const same = deaths.find((death) => death.queue === queue.name && death.reason === reason);
  const latest = same === undefined ? firstDeath(message, queue, reason, nowMs) : counted(same.table);
  const others = deaths.filter((death) => death !== same).map(({ table }) => tableField(table));
  const headers = new Map<string, FieldValue>([['x-death', { tag: 'A', value: [tableField(latest), ...others] }]]);
  // Of one that died before, the first death is told already.
  if (deaths.length === 0) setDeath(headers, 'x-first-death', reason, queue.name, message.exchange);
  setDeath(headers, 'x-last-death', reason, queue.name, message.exchange);
  return headers;
}

function setDeath(
  headers: Map<string, FieldValue>,
  prefix: string,
  reason: string,
  queue: string,
  exchange: string,
): void {
  headers.set(`${prefix}-exchange`, text(exchange));
  headers.set(`${prefix}-queue`, text(queue));
  headers.set(`${prefix}-reason`, text(reason));
}

function firstDeath(message: DyingMessage, queue: Queue, reason: DeathReason, nowMs: number): FieldTable {
  const { expiration } = message.properties;
  const original: [string, FieldValue][] = expiration === undefined ? [] : [['original-expiration', text(expiration)]];
  return new Map<string, FieldValue>([
    ...original,
    ['count', { tag: 'l', value: 1 }],
    ['reason', text(reason)],
    ['queue', text(queue.name)],
    ['time', { tag: 'T', value: Math.floor(nowMs / 1000) }],
    ['exchange', text(message.exchange)],
    ['routing-keys', { tag: 'A', value: originalKeys(message).map(text) }],
  ]);
}

function counted(table: FieldTable): FieldTable {
  return new Map(table).set('count', { tag: 'l', value: (getInteger(table, 'count') ?? 0) + 1 });
}

function deathsOf(headers: FieldTable): Death[] {
  const field = headers.get('x-death');
  if (field?.tag !== 'A') return [];
  return field.value.flatMap((item) => {
    if (item.tag !== 'F') return [];
    const queue = getString(item.value, 'queue') ?? '';
    return [{ queue, reason: getString(item.value, 'reason') ?? '', table: item.value }];
  });
}

/**
 * Whether a message that goes to `queueName` has died there before, and since then has only ever expired or been dropped: then
 * nobody will end its round, and it is dropped. A consumer who refuses it takes part in it, and may go on for ever.
 */
function isCycle(headers: FieldTable, queueName: string): boolean {
  const deaths = deathsOf(headers);
  const index = deaths.findIndex(({ queue }) => queue === queueName);
  return index !== -1 && deaths.slice(0, index + 1).every(({ reason }) => reason !== 'rejected');
}

function text(value: string): FieldValue {
  return { tag: 'S', value: Buffer.from(value) };
}

function tableField(value: FieldTable): FieldValue {
  return { tag: 'F', value };
}
