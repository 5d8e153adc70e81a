import { EMPTY_TABLE, type FieldTable, type FieldValue } from '../codec/table.ts';
import { BROKER_ITSELF, type EventFields, type EventKey, type Events, type EventValue } from './events.ts';
import { Exchange } from './exchange/exchange.ts';
import { BROKER_NODE } from './names.ts';
import { hasListeners, publishOwn } from './own_message.ts';
import type { VirtualHost } from './vhost.ts';

/** Publishes what happens to an exchange of this name, of one virtual host for all: an empty body, and headers. */
const EVENT_EXCHANGE = 'amq.rabbitmq.event';

const PERSISTENT = 2;

export class EventExchange implements Events {
  actor: string = BROKER_ITSELF;
  /** Calls back when what is under way is done: an event is put into queues only when they are as they will be. */
  readonly #later: (callback: () => void) => void;
  readonly #identities: WeakMap<object, string> = new WeakMap();
  readonly #nowMs: () => number;
  readonly #startedSeconds: number;
  #vhost: VirtualHost | undefined;
  #identitiesGiven = 0;

  constructor(later: (callback: () => void) => void, nowMs: () => number) {
    this.#later = later;
    this.#nowMs = nowMs;
    this.#startedSeconds = seconds(nowMs());
  }

  /** Declares the exchange there. Before what is durable is restored, so that its bindings are. */
  openIn(vhost: VirtualHost): void {
    const properties = { durable: true, autoDelete: false, internal: true, arguments: EMPTY_TABLE };
    vhost.exchanges.set(EVENT_EXCHANGE, new Exchange({ name: EVENT_EXCHANGE, type: 'topic', ...properties }));
    this.#vhost = vhost;
  }

  get heard(): boolean {
    return this.#vhost !== undefined && hasListeners(this.#vhost, EVENT_EXCHANGE);
  }

  happened(key: EventKey, fields: EventFields): void {
    const timestampMs = this.#nowMs();
    const headers = tableOf({ timestamp_in_ms: timestampMs, ...fields });
    this.#later(() => {
      if (this.#vhost === undefined) return;
      publishOwn(this.#vhost, {
        exchange: EVENT_EXCHANGE,
        routingKey: key,
        properties: { headers, deliveryMode: PERSISTENT, timestamp: seconds(timestampMs) },
        body: new Uint8Array(0),
      });
    });
  }

  actingFor(user: string | undefined): void {
    this.actor = user ?? BROKER_ITSELF;
  }

  /** In the shape of an Erlang process's, which is what RabbitMQ has there. */
  identityOf(thing: object): string {
    let identity = this.#identities.get(thing);
    if (identity === undefined) {
      identity = `<${BROKER_NODE}.${this.#startedSeconds}.${++this.#identitiesGiven}.0>`;
      this.#identities.set(thing, identity);
    }
    return identity;
  }

  /** The virtual host is gone, and the exchange with it. */
  closeIn(vhost: VirtualHost): void {
    if (this.#vhost === vhost) this.#vhost = undefined;
  }

  stop(): void {
    this.#vhost = undefined;
  }
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}

/** All integers are 64-bit, as RabbitMQ's are here. */
function tableOf(fields: EventFields): FieldTable {
  const table = new Map<string, FieldValue>();
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) table.set(name, fieldOf(value));
  return table;
}

function fieldOf(value: EventValue): FieldValue {
  if (typeof value === 'string') return { tag: 'S', value: Buffer.from(value) };
  if (typeof value === 'number') return { tag: Number.isSafeInteger(value) ? 'l' : 'd', value };
  if (typeof value === 'boolean') return { tag: 't', value };
  if (isArray(value)) return { tag: 'A', value: value.map(fieldOf) };
  return { tag: 'F', value: tableOf(value) };
}

/** Array.isArray does not narrow to arrays that are read-only. */
function isArray(value: readonly EventValue[] | EventFields): value is readonly EventValue[] {
  return Array.isArray(value);
}
