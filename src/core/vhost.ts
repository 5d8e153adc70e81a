import { AmqpError } from '../codec/errors.ts';
import { assert } from '../lib/assert.ts';
import type { Clock } from '../lib/clock.ts';
import { Deadlines } from '../lib/deadlines.ts';
import { VirtualHostCounts } from './counts.ts';
import { DeadLetters } from './dead_letter.ts';
import { type Events, NO_EVENTS } from './events.ts';
import { BindingTable } from './exchange/binding_table.ts';
import { PREDECLARED_EXCHANGES } from './exchange/declare.ts';
import { DelayedMessageMatcher } from './exchange/delayed_message.ts';
import { Exchange } from './exchange/exchange.ts';
import { HistoryQueue } from './exchange/history_queue.ts';
import { RecentHistoryMatcher } from './exchange/recent_history.ts';
import { NO_PROPERTIES, type RoutedProperties } from './exchange/routed_properties.ts';
import { Router } from './exchange/router.ts';
import { PolicyTable } from './policy/table.ts';
import type { DurableStore, MessageStore, Turn } from './ports.ts';
import { keepsTransient, type QueueType } from './queue/arguments.ts';
import type { Queue } from './queue/queue.ts';
import type { QueueHost } from './queue/rules.ts';
import { readyAtIn } from './queue/schedule.ts';
import type { Position } from './store/page_table.ts';
import { createDelayQueue } from './topology/delayed.ts';
import type { TopologyLimits } from './topology/limits.ts';
import { removeQueue } from './topology/queues.ts';

export interface VirtualHostOptions {
  readonly name: string;
  readonly store: MessageStore;
  /** Keeps the messages of transactions that are not committed, in memory whatever happens. */
  readonly uncommitted: MessageStore;
  /** Where what is durable is kept; undefined for a virtual host that lives in memory only. */
  readonly durable: DurableStore | undefined;
  readonly turn: Turn;
  readonly clock: Clock;
  /** The opaque end of a generated queue name, new at every call. */
  readonly uniqueName: () => string;
  /** From 0 to 1, without 1: Math.random, unless a test has its own. */
  readonly random?: () => number;
  /** Told of what changes; left out where nobody wants to know. */
  readonly events?: Events | undefined;
}

/** Where a message with one exchange and routing key goes, as long as the topology stays as it is. */
export interface Route {
  readonly exchange: Exchange;
  readonly queues: readonly Queue[];
  /** The vhost's `topologyVersion` for which this holds. */
  readonly version: number;
  /** Whether one of the queues keeps persistent messages. */
  readonly durable: boolean;
  /** Whether one of the queues keeps what is transient too: then those that keep persistent messages all do. */
  readonly keepsAll: boolean;
  /** Whether one of the queues may be full and refuse messages. */
  readonly mayRefuse: boolean;
  /** Whether the exchange or one of the queues drops what it has had before. */
  readonly deduplicates: boolean;
  /** Whether one of the queues lets messages ask to be delivered later. */
  readonly schedules: boolean;
  /** Whether the routing key alone decides; if not, the route is for one message only. */
  readonly keyDecides: boolean;
  /** Whether a message may take much longer than its bytes: to route, to put into its queues, or since others die of it. */
  readonly costly: boolean;
  /** How many of the queues a client could consume from, and whether there are none. */
  readonly copies: number;
  readonly unroutable: boolean;
}

/** Cached routes of one exchange; more distinct routing keys than this start the cache over. */
const CACHED_ROUTES_MAX = 4096;

/** A message for more queues than this takes longer than its bytes. */
const MANY_QUEUES = 50;

/** What `empty` does in a step. */
const EMPTIED_AT_ONCE = 10_000;
const QUEUES_EMPTIED_AT_ONCE = 100;

/** Who refers to messages, and has to be told when they are moved (ReadyRing.relocate). */
export interface Holder {
  relocate(moved: (position: Position) => Position | undefined): void;
}

/** One virtual host: its exchanges, queues and bindings, and where messages go. */
export class VirtualHost {
  readonly name: string;
  readonly store: MessageStore;
  readonly uncommitted: MessageStore;
  readonly durable: DurableStore | undefined;
  readonly turn: Turn;
  readonly uniqueName: () => string;
  readonly events: Events;
  /** Of queues whose declaration does not say. */
  defaultQueueType: QueueType = 'classic';
  /** How many queues and exchanges there may be; undefined for as many as there is room for. */
  limits: TopologyLimits | undefined;
  readonly counts: VirtualHostCounts = new VirtualHostCounts();
  /** Whether the firehose is on: see core/trace.ts. */
  tracing = false;
  /** What its queues ask of it. */
  readonly host: QueueHost;
  #stopped = false;
  readonly exchanges: Map<string, Exchange> = new Map();
  readonly queues: Map<string, Queue> = new Map();
  /** Those that replies go through, by address (topology/reply_queues.ts): nobody sees them as queues. */
  readonly replyQueues: Map<string, Queue> = new Map();
  readonly bindings: BindingTable;
  readonly policies: PolicyTable = new PolicyTable();
  /** The queues that are one connection's alone, by connection. */
  readonly exclusiveQueues: Map<object, Set<Queue>> = new Map();
  /** Channels that are gone, while what they have not settled still goes back to its queues. */
  readonly departing: Set<Holder> = new Set();
  /** What exchanges remember, of those that do and have seen a message. */
  readonly histories: Map<Exchange, HistoryQueue> = new Map();
  /** Where exchanges keep what they will route later (topology/delayed.ts), of those that do and have had any; by name. */
  readonly delayQueues: Map<string, Queue> = new Map();
  /** Raised by every change that may change a route. */
  topologyVersion = 1;
  readonly #router: Router<Queue>;
  readonly #routes = new WeakMap<Exchange, Map<string, Route>>();

  constructor(options: VirtualHostOptions) {
    this.name = options.name;
    this.store = options.store;
    this.uncommitted = options.uncommitted;
    this.durable = options.durable;
    this.turn = options.turn;
    this.uniqueName = options.uniqueName;
    this.events = options.events ?? NO_EVENTS;
    const { clock } = options;
    const deadLetters = new DeadLetters(this);
    const stopped = (): boolean => this.#stopped;
    this.host = {
      get stopped() {
        return stopped();
      },
      nowMs: () => clock.nowMs(),
      random: options.random ?? Math.random,
      deadlines: new Deadlines(clock),
      deaths: this.counts.deaths,
      deadLetter: (...death) => deadLetters.publish(...death),
      expire: (queue) => removeQueue(this, queue),
    };
    this.bindings = new BindingTable((name) => this.exchanges.get(name));
    this.#router = new Router<Queue>({
      exchange: (name) => this.exchanges.get(name),
      queue: (name) => this.queues.get(name) ?? this.replyQueues.get(name),
      history: (exchange) => this.#historyOf(exchange),
      delayed: (exchange, properties) => this.#delayedAt(exchange, properties),
    });
    for (const properties of PREDECLARED_EXCHANGES) this.exchanges.set(properties.name, new Exchange(properties));
  }

  /** Throws 404 as RabbitMQ words it. */
  exchange(name: string): Exchange {
    const exchange = this.exchanges.get(name);
    if (exchange === undefined) throw new AmqpError(404, `no exchange '${name}' in vhost '${this.name}'`);
    return exchange;
  }

  /** Throws 404 as RabbitMQ words it. */
  queue(name: string): Queue {
    const queue = this.queues.get(name);
    if (queue === undefined) throw new AmqpError(404, `no queue '${name}' in vhost '${this.name}'`);
    return queue;
  }

  /**
   * Where a message published to `exchangeName` goes. Its properties are read only if they matter.
   * Throws 404 when the exchange does not exist.
   */
  route(exchangeName: string, routingKey: string, properties: RoutedProperties = NO_PROPERTIES): Route {
    const exchange = this.exchange(exchangeName);
    const cache = this.#cacheOf(exchange);
    const cached = cache.get(routingKey);
    if (cached !== undefined && cached.version === this.topologyVersion) return cached;
    const keyDecides = this.#router.keyDecides(exchange);
    const queues = this.#router.route(exchange, routingKey, properties);
    const route = this.#routeTo(exchange, queues, keyDecides);
    if (!keyDecides) return route;
    if (cache.size >= CACHED_ROUTES_MAX) cache.clear();
    cache.set(routingKey, route);
    return route;
  }

  /** As `route`, for one message that has several routing keys. */
  routeKeys(exchangeName: string, routingKeys: readonly string[], properties: RoutedProperties): Route {
    const exchange = this.exchange(exchangeName);
    return this.#routeTo(exchange, this.#router.routeKeys(exchange, routingKeys, properties), false);
  }

  #routeTo(exchange: Exchange, queues: readonly Queue[], keyDecides: boolean): Route {
    const durable = queues.some((queue) => queue.log !== undefined);
    const keepsAll = queues.some(({ type }) => keepsTransient(type));
    const mayRefuse = queues.some((queue) => queue.mayRefuse);
    const deduplicates = [exchange, ...queues].some(({ deduplication }) => deduplication !== undefined);
    const schedules = queues.some(({ rules }) => rules?.settings.scheduled === true);
    let copies = 0;
    for (const queue of queues) if (!(queue instanceof HistoryQueue)) copies++;
    const unroutable = copies === 0;
    const costly =
      !keyDecides || queues.length > MANY_QUEUES || queues.some(({ rules }) => rules?.deadLetters === true);
    const version = this.topologyVersion;
    return {
      exchange,
      queues,
      durable,
      keepsAll,
      mayRefuse,
      deduplicates,
      schedules,
      copies,
      unroutable,
      version,
      keyDecides,
      costly,
    };
  }

  #historyOf(exchange: Exchange): HistoryQueue {
    const known = this.histories.get(exchange);
    if (known !== undefined) return known;
    const history = this.beginHistory(exchange);
    assert(history !== undefined, 'an exchange that remembers has a history');
    const { durable } = this;
    if (exchange.properties.durable && durable?.failure === undefined) history.log = durable?.queueDeclared(history);
    return history;
  }

  /** Undefined for an exchange whose type remembers nothing. The journal is not told. */
  beginHistory(exchange: Exchange): HistoryQueue | undefined {
    const { matcher, properties } = exchange;
    const type = matcher instanceof DelayedMessageMatcher ? matcher.inner : matcher;
    if (!(type instanceof RecentHistoryMatcher)) return undefined;
    const history = new HistoryQueue(properties, type.historyLength, this.store.pages, this.turn);
    this.histories.set(exchange, history);
    return history;
  }

  #delayedAt(exchange: Exchange, { headers }: RoutedProperties): Queue | undefined {
    if (headers === undefined) return undefined;
    const nowMs = this.host.nowMs();
    const readyAtMs = readyAtIn(headers, nowMs);
    if (readyAtMs === undefined || readyAtMs <= nowMs) return undefined;
    return this.delayQueues.get(exchange.name) ?? createDelayQueue(this, exchange);
  }

  /** Everything that keeps messages: queues, and what nobody sees as queues. */
  *allQueues(): Generator<Queue, void, undefined> {
    yield* this.queues.values();
    yield* this.replyQueues.values();
    yield* this.histories.values();
    yield* this.delayQueues.values();
  }

  /** No timer is left behind, and no copies are made any more. */
  stop(): void {
    this.tracing = false;
    this.#stopped = true;
    this.host.deadlines.stop();
  }

  /**
   * Lets go of all messages, a part at each step, so that others are not held up. Nobody uses the virtual host any more, and
   * what is durable of it is for the caller to remove.
   */
  *empty(): Generator<void> {
    this.stop();
    let queues = 0;
    for (const queue of [...this.allQueues()]) {
      const leaving = queue.delete();
      while (leaving.drop(EMPTIED_AT_ONCE)) yield;
      if (++queues % QUEUES_EMPTIED_AT_ONCE === 0) yield;
    }
    this.queues.clear();
    this.replyQueues.clear();
    this.histories.clear();
    this.delayQueues.clear();
    this.store.close();
    this.uncommitted.close();
    // Queues may have set deadlines on the way.
    this.stop();
  }

  #cacheOf(exchange: Exchange): Map<string, Route> {
    let cache = this.#routes.get(exchange);
    if (cache === undefined) {
      cache = new Map();
      this.#routes.set(exchange, cache);
    }
    return cache;
  }
}
