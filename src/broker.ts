import { randomBytes } from 'node:crypto';
import { administrationOf, loadDefinitions } from './admin/administration.ts';
import type { Definitions, DefinitionsTransfer } from './admin/definitions.ts';
import type { GlobalParameters } from './admin/global_parameters.ts';
import type { Metadata } from './admin/metadata.ts';
import type { PermissionInput, Permissions } from './admin/permissions.ts';
import type { Policies } from './admin/policies.ts';
import type { Scheduled, ScheduledPlace } from './admin/scheduled.ts';
import type { Users } from './admin/users.ts';
import { VhostDefaults, type VhostDefaultsInput } from './admin/vhost_defaults.ts';
import { VhostRegistry } from './admin/vhost_registry.ts';
import type { QueueType, VirtualHosts } from './admin/virtual_hosts.ts';
import type { CertificateLogin } from './auth/certificate_name.ts';
import { type CredentialValidator, type PasswordProblem, passwordProblem } from './auth/credential_validator.ts';
import { LoginThrottle } from './auth/login_throttle.ts';
import type { Mechanism } from './auth/mechanisms.ts';
import type { OAuth2Options } from './auth/oauth2/options.ts';
import type { HashingAlgorithm } from './auth/passwords.ts';
import { type ListenerOptions, Listeners } from './broker_listeners.ts';
import { BrokerManagement } from './broker_management.ts';
import { BrokerMetrics, type PrometheusOptions } from './broker_metrics.ts';
import { openStorage, type Storage, type VhostStores } from './broker_storage.ts';
import { BrokerTraces } from './broker_traces.ts';
import { RABBITMQ_VERSION, VERSION } from './config/version.ts';
import { EventExchange } from './core/event_exchange.ts';
import { NO_EVENTS } from './core/events.ts';
import { BROKER_NODE } from './core/names.ts';
import { PageTable } from './core/store/page_table.ts';
import { VirtualHost } from './core/vhost.ts';
import type { Disk } from './journal/disk.ts';
import { NodeDisk } from './journal/node_disk.ts';
import { Arena } from './lib/arena.ts';
import { type Clock, SystemClock } from './lib/clock.ts';
import { StartError } from './lib/start_error.ts';
import { TimerWheel } from './lib/timer_wheel.ts';
import type { Setting } from './management/context.ts';
import type { ManagementOptions, PrometheusPortOptions } from './management/options.ts';
import type { OpenTelemetryOptions } from './metrics/opentelemetry/options.ts';
import { defaultsOf, openMetadata } from './open_metadata.ts';
import type { LiveOptions } from './reconfigure.ts';
import { RunningBroker } from './running_broker.ts';
import { type AlarmName, Alarms } from './server/alarms.ts';
import type { Connection } from './server/connection/connection.ts';
import { Counters } from './server/counters.ts';
import { type NodeLimits, nodeLimits, Usage } from './server/limits.ts';
import { type Logger, SILENT } from './server/logger.ts';
import { memoryMeter } from './server/memory_meter.ts';
import type { AuthBackend, Server, Tokens } from './server/server.ts';
import { LoopTurn } from './server/turn.ts';

const DEFAULT_HOST = '127.0.0.1';
const MIB = 1024 * 1024;

/** Everything has a default, which is what a test wants. */
export interface BrokerOptions extends ListenerOptions, Readonly<Partial<NodeLimits>> {
  /** Address to listen on; this machine only unless told otherwise. */
  readonly host?: string;
  /** Port to listen on; 0, the default, takes any free one, and false none. */
  readonly port?: number | false;
  /** Folder for what is durable, locked for this broker. Without one, everything is in memory only. */
  readonly dataDir?: string | undefined;
  /** Folder for what the management API's traces write: `traces` in the data folder unless given, or one that goes with the broker. */
  readonly tracingDir?: string | undefined;
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
  /** Largest frame taken from clients that have not opened their virtual host. */
  readonly initialFrameMax?: number;
  readonly heartbeatSeconds?: number;
  readonly handshakeTimeoutMs?: number;
  /** How long a consumer may take to settle a delivery, where neither it nor its queue says; 0, the default, is for ever. */
  readonly consumerTimeoutMs?: number;
  /** Users who may only connect from this machine. */
  readonly loopbackUsers?: readonly string[];
  readonly allowAnonymous?: boolean;
  /** Whom anonymous logins are taken for: the default user, unless told otherwise. False refuses them all. */
  readonly anonymousUser?: string | false | undefined;
  /** If given, it must be his password, or they are refused. */
  readonly anonymousPassword?: string | undefined;
  /** SASL mechanisms that clients may log in by: PLAIN and AMQPLAIN unless told otherwise. */
  readonly authMechanisms?: readonly Mechanism[];
  /** Where the mechanism EXTERNAL finds the user name in a client's certificate; its distinguished name, unless told otherwise. */
  readonly certificateLogin?: Partial<CertificateLogin>;
  /** Login by OAuth 2 token. */
  readonly oauth2?: OAuth2Options | undefined;
  /** Who is asked about a login, in this order; with `oauth2`, tokens and then the broker's own users, unless told otherwise. */
  readonly authBackends?: readonly AuthBackend[];
  /** Where metrics are sent to; nowhere unless told otherwise. Needs the optional packages of OpenTelemetry. */
  readonly openTelemetry?: OpenTelemetryOptions | undefined;
  /** Serve the management API over HTTP; not unless given. */
  readonly management?: ManagementOptions | undefined;
  /** Let Prometheus read the broker's metrics, over HTTP; not unless given. */
  readonly prometheus?: PrometheusPortOptions | undefined;
  /** The settings that all of this was made of, which the management API shows. */
  readonly settings?: readonly Setting[];
  /** Publish what happens in the broker to the exchange amq.rabbitmq.event. */
  readonly events?: boolean;
  /** The virtual host that has this exchange; the default one unless told otherwise. */
  readonly eventsVhost?: string | undefined;
  /** What clients are told that the broker is, by which some decide how to use it; unless given, RabbitMQ. */
  readonly productName?: string | undefined;
  /** And its version; unless given, that of the RabbitMQ that Leveret is like. */
  readonly productVersion?: string | undefined;
  /**
   * Imported at every start, before clients are let in. Then the first start makes no user and no virtual host of its own, as in
   * RabbitMQ.
   */
  readonly definitions?: Definitions | undefined;
  /** Imported only if they are others than those that were last imported so. */
  readonly skipUnchangedDefinitions?: boolean;
  /** The user, and the virtual host that he may use, that a broker has at its first start, and each time without a data folder. */
  readonly defaultUser?: string;
  readonly defaultPassword?: string;
  readonly defaultVhost?: string;
  /** `administrator` unless told otherwise. */
  readonly defaultUserTags?: readonly string[];
  /** How passwords of new users are hashed; `rabbit_password_hashing_sha256` unless told otherwise. */
  readonly passwordHashing?: HashingAlgorithm | undefined;
  /** Everything unless told otherwise. */
  readonly defaultPermissions?: Partial<PermissionInput>;
  /** What passwords have to be like, where users are made or their passwords change; anything unless told otherwise. */
  readonly credentialValidator?: CredentialValidator | undefined;
  /** The type of durable queues in virtual hosts that are made without one of their own; `classic` unless told otherwise. */
  readonly defaultQueueType?: QueueType;
  /** What virtual hosts have from when they are made, that of the first start too. */
  readonly vhostDefaults?: VhostDefaultsInput;
}

export interface Health {
  /** While there are any, those that publish are held: too little memory or disk, or a journal that failed. */
  readonly alarms: readonly AlarmName[];
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
  /** Undefined where there is no management API. */
  readonly managementPort: number | undefined;
  readonly managementTlsPort: number | undefined;
  /** `http://host:port`, without credentials. */
  readonly managementUrl: string | undefined;
  /** Serves the management API from now on, once. Rejects with a StartError. */
  openManagement(options: ManagementOptions): Promise<void>;
  /** Undefined where Prometheus cannot read. */
  readonly prometheusPort: number | undefined;
  readonly prometheusTlsPort: number | undefined;
  /** Lets Prometheus read from now on, once. Rejects with a StartError. */
  openPrometheus(options: PrometheusPortOptions): Promise<void>;
  /**
   * Reads certificates and keys again, for connections from now on. Rejects with a StartError when they cannot be used, and
   * goes on with those that it has.
   */
  reloadCertificates(): Promise<void>;
  /** How it is at present. */
  health(): Health;
  readonly users: Users;
  readonly permissions: Permissions;
  readonly vhosts: VirtualHosts;
  readonly globalParameters: GlobalParameters;
  readonly definitions: DefinitionsTransfer;
  /** The policies of a virtual host, `/` unless another is named. */
  policies(vhost?: string): Policies;
  /** Its operator policies: limits that users' own policies and arguments can only make narrower. */
  operatorPolicies(vhost?: string): Policies;
  /** What waits for its time in a queue, or in an exchange of type x-delayed-message. Throws AmqpError 404 if there is none. */
  scheduled(place: ScheduledPlace, vhost?: string): Scheduled;
  /** What goes on in the broker, as Prometheus reads it: pieces of a text, as they are made. */
  prometheus(options?: PrometheusOptions): AsyncIterable<string>;
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

const WHEEL_TICK_MS = 250;

/** Starts a broker and resolves when it takes connections. Rejects with a StartError that says why it cannot. */
export function createBroker(options: BrokerOptions = {}): Promise<Broker> {
  return createBrokerOn(new NodeDisk(), options);
}

/** As createBroker, with its data folder on a disk of the caller's: one that fails, for a test. */
export async function createBrokerOn(disk: Disk, options: BrokerOptions = {}): Promise<Broker> {
  const logger = options.logger ?? SILENT;
  const clock = options.clock ?? new SystemClock();
  const startedAtMs = clock.monotonicMs();
  const frameMax = options.frameMax ?? 128 * 1024;
  const turn = new LoopTurn(clock);
  const arena = new Arena({ readBytes: 2 * frameMax + 256 * 1024, slots: 256, pages: 192 });
  const connections = new Set<Connection>();
  const limits = nodeLimits(options);
  const counters = new Counters();
  const pages = new PageTable(arena);
  const events = options.events === true ? eventExchange(turn, clock) : undefined;
  const eventVhost = options.eventsVhost ?? defaultsOf(options).vhost;
  const createVhost = (name: string, stores: VhostStores): VirtualHost => {
    const vhost = new VirtualHost({ name, ...stores, turn, clock, uniqueName, events });
    if (name === eventVhost) events?.openIn(vhost);
    if (stores.durable !== undefined)
      stores.durable.writer.syncs.onSync = (seconds) => counters.onSync?.(name, seconds);
    return vhost;
  };
  const storage = await openStorage(options, { disk, logger, clock, turn, pages, connections, createVhost });
  const undo: (() => void | Promise<void>)[] = [() => storage.close(), () => arena.dispose()];
  try {
    const passwordProblem = await openCredentialValidator(options);
    const { metadata, registry } = await openVhosts(options, storage, {
      connections,
      logger,
      events,
      limits,
      counters,
      passwordProblem,
    });
    undo.unshift(() => registry.close());
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
    undo.unshift(
      () => alarms.stop(),
      () => wheel.stop(),
      () => events?.stop(),
    );
    storage.onFailure(() => alarms.journalFailed());
    const server: Server = {
      arena,
      turn,
      wheel,
      clock,
      alarms,
      logger,
      events: events ?? NO_EVENTS,
      keepsIntroductions: events !== undefined,
      connections,
      vhosts: registry.open,
      users: metadata.users,
      permissions: metadata.permissions,
      throttle: new LoginThrottle(clock),
      authBackends: options.authBackends ?? (options.oauth2 === undefined ? ['internal'] : ['oauth2', 'internal']),
      tokens: await openTokens(options, clock),
      counters,
      version: VERSION,
      product: { name: options.productName ?? 'RabbitMQ', version: options.productVersion ?? RABBITMQ_VERSION },
      globalParameters: metadata.globalParameters,
      mechanisms: mechanismsOf(options),
      certificateLogin: { from: 'distinguished_name', sanType: 'dns', sanIndex: 0, ...options.certificateLogin },
      limits,
      limitsOf: { vhosts: metadata.vhostLimits, users: metadata.userLimits },
      usage: new Usage(),
      initialFrameMax: options.initialFrameMax ?? 8192,
      maxMessageSizeBytes: options.maxMessageSizeBytes ?? 128 * MIB,
      frameMax,
      channelMax: options.channelMax ?? 2047,
      heartbeatSeconds: options.heartbeatSeconds ?? 60,
      handshakeTimeoutMs: options.handshakeTimeoutMs ?? 10_000,
      consumerTimeoutMs: options.consumerTimeoutMs ?? 0,
    };
    const metrics = new BrokerMetrics(server);
    const traces = new BrokerTraces(server, options);
    undo.unshift(
      () => metrics.stop(),
      () => traces.close(),
    );
    if (options.openTelemetry !== undefined) await metrics.send(options.openTelemetry);
    const administration = administrationOf({
      metadata,
      registry,
      connections,
      events: events ?? NO_EVENTS,
      passwordProblem,
    });
    const { definitions, skipUnchangedDefinitions = false } = options;
    if (definitions !== undefined) await loadDefinitions(administration, definitions, skipUnchangedDefinitions);
    await alarms.checkDisk();
    const { listeners, ports } = await Listeners.open(server, options.host ?? DEFAULT_HOST, options.port ?? 0, options);
    const management = new BrokerManagement(options.host ?? DEFAULT_HOST, {
      server,
      administration,
      metadata,
      listeners: listeners.facts,
      certificates: () => listeners.certificates(),
      startedAtMs,
      settings: options.settings,
      dataDir: options.dataDir,
      loadMetrics: () => metrics.load(),
      loadTraces: () => traces.load(),
    });
    const broker = new RunningBroker({
      options,
      server,
      listeners,
      ports,
      management,
      administration,
      registry,
      metrics,
      undo,
    });
    await openHttp(broker, options);
    return broker;
  } catch (error) {
    for (const step of undo) await step();
    throw error;
  }
}

/** A broker that cannot serve what it is asked to is closed. */
async function openHttp(broker: Broker, { management, prometheus }: BrokerOptions): Promise<void> {
  try {
    if (management !== undefined) await broker.openManagement(management);
    if (prometheus !== undefined) await broker.openPrometheus(prometheus);
  } catch (error) {
    await broker.close();
    throw error;
  }
}

/** What belongs to the node, and then the virtual hosts that it names. Lets go of them again where one cannot be opened. */
async function openVhosts(
  options: BrokerOptions,
  storage: Storage,
  context: {
    readonly connections: ReadonlySet<Connection>;
    readonly logger: Logger;
    readonly limits: NodeLimits;
    readonly counters: Counters;
    readonly events: EventExchange | undefined;
    readonly passwordProblem: PasswordProblem;
  },
): Promise<{ readonly metadata: Metadata; readonly registry: VhostRegistry }> {
  let registry: VhostRegistry | undefined;
  // What a channel remembers of routes is what it was permitted; a raised version has it asked again.
  const { metadata, made, save } = await openMetadata(options, storage, context.passwordProblem, (name) => {
    const vhost = registry?.open.get(name);
    if (vhost !== undefined) vhost.topologyVersion++;
  });
  const { connections, logger, events, limits, counters, passwordProblem } = context;
  const defaults = await VhostDefaults.of(options.vhostDefaults ?? {}, {
    queueType: defaultsOf(options).queueType,
    passwordProblem,
    hashing: metadata.users.hashing,
    logger,
  });
  registry = new VhostRegistry({
    storage,
    metadata,
    connections,
    logger,
    limits,
    defaults,
    removed: (vhost) => {
      counters.vhostRemoved(vhost.counts);
      events?.closeIn(vhost);
    },
  });
  try {
    await registry.openAll(made);
    await save();
  } catch (error) {
    await registry.close();
    throw error;
  }
  return { metadata, registry };
}

function eventExchange(turn: LoopTurn, clock: Clock): EventExchange {
  return new EventExchange(
    (callback) => turn.later(callback),
    () => clock.nowMs(),
  );
}

async function openCredentialValidator({ credentialValidator }: BrokerOptions): Promise<PasswordProblem> {
  return passwordProblem(credentialValidator).catch((error: Error) => {
    throw new StartError('option', `The regular expression for passwords ${error.message}.`);
  });
}

/** Only who takes tokens waits for their library to load. */
async function openTokens({ oauth2 }: BrokerOptions, clock: Clock): Promise<Tokens | undefined> {
  if (oauth2 === undefined) return undefined;
  const { TokenLogin } = await import('./auth/oauth2/token_login.ts');
  return new TokenLogin(oauth2, () => clock.nowMs());
}

function mechanismsOf(options: BrokerOptions): Mechanism[] {
  const { authMechanisms = ['PLAIN', 'AMQPLAIN'], allowAnonymous = false, anonymousUser } = options;
  const offered = new Set<Mechanism>([...(allowAnonymous ? (['ANONYMOUS'] as const) : []), ...authMechanisms]);
  if (anonymousUser === false) offered.delete('ANONYMOUS');
  return [...offered];
}

/** 22 characters of base64url: 128 random bits, as RabbitMQ's generated names have. */
function uniqueName(): string {
  return randomBytes(16).toString('base64url');
}
