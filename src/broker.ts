import { randomBytes } from 'node:crypto';
import type { CertificateLogin } from './auth/certificate_name.ts';
import type { Mechanism } from './auth/mechanisms.ts';
import { Users } from './auth/users.ts';
import { type ListenerOptions, Listeners, type Ports } from './broker_listeners.ts';
import { type OpenStorage, openStorage } from './broker_storage.ts';
import { AmqpError } from './codec/errors.ts';
import { VERSION } from './config/version.ts';
import { EventExchange } from './core/event_exchange.ts';
import { NO_EVENTS } from './core/events.ts';
import { BROKER_NODE } from './core/names.ts';
import { PageTable } from './core/store/page_table.ts';
import type { VirtualHost } from './core/vhost.ts';
import type { Disk } from './journal/disk.ts';
import { NodeDisk } from './journal/node_disk.ts';
import { Arena } from './lib/arena.ts';
import { type Clock, SystemClock } from './lib/clock.ts';
import { TimerWheel } from './lib/timer_wheel.ts';
import { type Policies, VirtualHostPolicies } from './policies.ts';
import { type LiveOptions, reconfigure } from './reconfigure.ts';
import { type Scheduled, type ScheduledPlace, scheduledIn } from './scheduled.ts';
import { Alarms } from './server/alarms.ts';
import type { Connection } from './server/connection/connection.ts';
import { type Logger, SILENT } from './server/logger.ts';
import { memoryMeter } from './server/memory_meter.ts';
import type { Server } from './server/server.ts';
import { LoopTurn } from './server/turn.ts';

const DEFAULT_HOST = '127.0.0.1';
const MIB = 1024 * 1024;

/** Everything has a default, which is what a test wants. */
export interface BrokerOptions extends ListenerOptions {
  /** Address to listen on; this machine only unless told otherwise. */
  readonly host?: string;
  /** Port to listen on; 0, the default, takes any free one, and false none. */
  readonly port?: number | false;
  /** Folder for what is durable, locked for this broker. Without one, everything is in memory only. */
  readonly dataDir?: string | undefined;
  /** What to do when the journal is found damaged: serve what is sound (the default), or reject. */
  readonly onDamage?: 'serve' | 'stop';
  /** Bytes of messages kept in memory; what is beyond is read back from disk when its turn comes. */
  readonly memoryCacheBytes?: number;
  /** Free bytes on the data folder's disk below which publishers are blocked. */
  readonly diskFreeLimitBytes?: number | undefined;
  /** A pino logger, or anything of its shape. */
  readonly logger?: Logger;
  /** Where time comes from: a `ManualClock` lets a test move it. */
  readonly clock?: Clock;
  /** Bytes held beyond which publishers are blocked. */
  readonly memoryLimitBytes?: number;
  readonly maxMessageSizeBytes?: number;
  /** Largest frame, most channels, and heartbeat interval offered to clients. */
  readonly frameMax?: number;
  readonly channelMax?: number;
  readonly heartbeatSeconds?: number;
  readonly handshakeTimeoutMs?: number;
  /** How long a consumer may take to settle a delivery, where neither it nor its queue says; 0, the default, is for ever. */
  readonly consumerTimeoutMs?: number;
  /** Users who may only connect from this machine. */
  readonly loopbackUsers?: readonly string[];
  readonly allowAnonymous?: boolean;
  /** SASL mechanisms that clients may log in by: PLAIN and AMQPLAIN unless told otherwise. */
  readonly authMechanisms?: readonly Mechanism[];
  /** Where the mechanism EXTERNAL finds the user name in a client's certificate; its distinguished name, unless told otherwise. */
  readonly certificateLogin?: Partial<CertificateLogin>;
  /** Publish what happens in the broker to the exchange amq.rabbitmq.event of the virtual host `/`. */
  readonly events?: boolean;
  readonly defaultUser?: string;
  readonly defaultPassword?: string;
}

/** A running broker. */
export interface Broker {
  /** As clients take it: `amqp://user:password@host:port`, of the default user and virtual host. */
  readonly url: string;
  readonly host: string;
  /** 0 where the broker listens for TLS only, or in other ways. */
  readonly port: number;
  /** Undefined where the broker does not listen for that. */
  readonly tlsPort: number | undefined;
  readonly webSocketPort: number | undefined;
  readonly webSocketTlsPort: number | undefined;
  /**
   * Reads certificates and keys again, for connections from now on. Rejects with a StartError when they cannot be used, and
   * goes on with those that it has.
   */
  reloadCertificates(): Promise<void>;
  /** The policies of a virtual host, `/` unless another is named. */
  policies(vhost?: string): Policies;
  /** Its operator policies: limits that users' own policies and arguments can only make narrower. */
  operatorPolicies(vhost?: string): Policies;
  /** What waits for its time in a queue, or in an exchange of type x-delayed-message. Throws AmqpError 404 if there is none. */
  scheduled(place: ScheduledPlace, vhost?: string): Scheduled;
  /**
   * Switches the firehose of a virtual host: while it is on, a copy of every message that is published or delivered there
   * goes to its exchange amq.rabbitmq.trace. Off at the start.
   */
  tracing(vhost: string, on: boolean): void;
  /** Changes what can change while the broker runs; resolves when it counts. */
  reconfigure(options: LiveOptions): Promise<void>;
  /** Closes every connection with 320 and the reason, and lets go of everything. Safe to call again. */
  close(options?: { readonly reason?: string }): Promise<void>;
}

const CLOSE_GRACE_MS = 2_000;
const WHEEL_TICK_MS = 250;

/** Starts a broker and resolves when it takes connections. Rejects with a StartError that says why it cannot. */
export function createBroker(options: BrokerOptions = {}): Promise<Broker> {
  return createBrokerOn(new NodeDisk(), options);
}

/** As createBroker, with its data folder on a disk of the caller's: one that fails, for a test. */
export async function createBrokerOn(disk: Disk, options: BrokerOptions = {}): Promise<Broker> {
  const host = options.host ?? DEFAULT_HOST;
  const logger = options.logger ?? SILENT;
  const clock = options.clock ?? new SystemClock();
  const frameMax = options.frameMax ?? 128 * 1024;
  const turn = new LoopTurn();
  const arena = new Arena({ readBytes: 2 * frameMax + 256 * 1024, slots: 256, pages: 192 });
  const connections = new Set<Connection>();
  const pages = new PageTable(arena);
  const events =
    options.events === true
      ? new EventExchange(
          (callback) => turn.later(callback),
          () => clock.nowMs(),
        )
      : undefined;
  const context = { disk, logger, clock, turn, pages, connections, uniqueName, events };
  const storage = await openStorage(options, context);
  const wheel = new TimerWheel(clock, WHEEL_TICK_MS);
  const alarms = new Alarms({
    clock,
    logger,
    memoryLimitBytes: options.memoryLimitBytes ?? Number.POSITIVE_INFINITY,
    memory: memoryMeter(pages),
    disk: storage.disk,
    onCleared: () => {
      for (const connection of connections) connection.releasePublisher();
    },
    onChange: (source, on) => {
      if (events?.heard) events.happened(on ? 'alarm.set' : 'alarm.cleared', { source, node: BROKER_NODE });
    },
  });
  storage.onFailure(() => alarms.journalFailed());
  const server: Server = {
    arena,
    turn,
    wheel,
    clock,
    alarms,
    logger,
    events: events ?? NO_EVENTS,
    connections,
    vhosts: new Map([[storage.vhost.name, storage.vhost]]),
    users: new Users({
      defaultUser: options.defaultUser ?? 'guest',
      defaultPassword: options.defaultPassword ?? 'guest',
      loopbackUsers: options.loopbackUsers ?? ['guest'],
    }),
    counters: { connectionsOpened: 0, published: 0 },
    version: VERSION,
    mechanisms: mechanismsOf(options),
    certificateLogin: { from: 'distinguished_name', sanType: 'dns', sanIndex: 0, ...options.certificateLogin },
    maxMessageSizeBytes: options.maxMessageSizeBytes ?? 128 * MIB,
    frameMax,
    channelMax: options.channelMax ?? 2047,
    heartbeatSeconds: options.heartbeatSeconds ?? 60,
    handshakeTimeoutMs: options.handshakeTimeoutMs ?? 10_000,
    consumerTimeoutMs: options.consumerTimeoutMs ?? 0,
  };
  try {
    await alarms.checkDisk();
    const { listeners, ports } = await Listeners.open(server, host, options.port ?? 0, options);
    return new RunningBroker(server, listeners, ports, storage, options);
  } catch (error) {
    alarms.stop();
    wheel.stop();
    storage.vhost.stop();
    await storage.close();
    arena.dispose();
    throw error;
  }
}

class RunningBroker implements Broker {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly tlsPort: number | undefined;
  readonly webSocketPort: number | undefined;
  readonly webSocketTlsPort: number | undefined;
  readonly #server: Server;
  readonly #listeners: Listeners;
  readonly #storage: OpenStorage;
  #closing: Promise<void> | undefined;

  constructor(server: Server, listeners: Listeners, ports: Ports, storage: OpenStorage, options: BrokerOptions) {
    this.#server = server;
    this.#listeners = listeners;
    this.#storage = storage;
    const host = options.host ?? DEFAULT_HOST;
    this.host = host;
    this.port = ports.port ?? 0;
    this.tlsPort = ports.tlsPort;
    this.webSocketPort = ports.webSocketPort;
    this.webSocketTlsPort = ports.webSocketTlsPort;
    const user = encodeURIComponent(options.defaultUser ?? 'guest');
    const password = encodeURIComponent(options.defaultPassword ?? 'guest');
    const shownHost = host.includes(':') ? `[${host}]` : host;
    this.url = `amqp://${user}:${password}@${shownHost}:${this.port}`;
  }

  reloadCertificates(): Promise<void> {
    return this.#listeners.reloadCertificates();
  }

  policies(vhost = '/'): Policies {
    return new VirtualHostPolicies(this.#vhost(vhost), 'policy');
  }

  operatorPolicies(vhost = '/'): Policies {
    return new VirtualHostPolicies(this.#vhost(vhost), 'operator policy');
  }

  scheduled(place: ScheduledPlace, vhost = '/'): Scheduled {
    return scheduledIn(this.#vhost(vhost), place);
  }

  tracing(vhost: string, on: boolean): void {
    this.#vhost(vhost).tracing = on;
  }

  reconfigure(options: LiveOptions): Promise<void> {
    return reconfigure(this.#server, options);
  }

  close(options: { readonly reason?: string } = {}): Promise<void> {
    this.#closing ??= this.#close(options.reason ?? 'shutdown');
    return this.#closing;
  }

  #vhost(name: string): VirtualHost {
    const vhost = this.#server.vhosts.get(name);
    if (vhost === undefined) throw new AmqpError(404, `no virtual host '${name}'`);
    return vhost;
  }

  async #close(reason: string): Promise<void> {
    const { connections, alarms, wheel } = this.#server;
    const closed = this.#listeners.close();
    for (const connection of connections) connection.forceClose(reason);
    // Real time, not the clock's: a test that holds time still must still be able to close its broker.
    const grace = setTimeout(() => {
      for (const connection of connections) connection.socket.destroy();
    }, CLOSE_GRACE_MS);
    await closed;
    clearTimeout(grace);
    alarms.stop();
    wheel.stop();
    this.#storage.vhost.stop();
    await this.#storage.close();
    this.#server.arena.dispose();
  }
}

function mechanismsOf({ authMechanisms = ['PLAIN', 'AMQPLAIN'], allowAnonymous = false }: BrokerOptions): Mechanism[] {
  return [...new Set([...(allowAnonymous ? (['ANONYMOUS'] as const) : []), ...authMechanisms])];
}

/** 22 characters of base64url: 128 random bits, as RabbitMQ's generated names have. */
function uniqueName(): string {
  return randomBytes(16).toString('base64url');
}
