import { DEFAULT_OPTIONS, type DefaultSettings } from './default_options.ts';
import { type FileKey, key, keys } from './file_key.ts';
import { LIMIT_OPTIONS, type LimitSettings } from './limit_options.ts';
import { LISTENER_OPTIONS, type ListenerSettings } from './listener_options.ts';
import { MANAGEMENT_OPTIONS, type ManagementSettings } from './management_options.ts';
import { OAUTH2_OPTIONS, type OAuth2Settings } from './oauth2_options.ts';
import { OTEL_OPTIONS, type OtelSettings } from './otel_options.ts';
import { PROMETHEUS_OPTIONS, type PrometheusSettings } from './prometheus_options.ts';
import { choice, informationUnit, listenAddress, rabbitLogLevel, share } from './rabbitmq_types.ts';
import {
  bytes,
  duration,
  durationOrNone,
  integer,
  type MemoryLimit,
  memory,
  names,
  oneOf,
  onOff,
  portOrNone,
  text,
  type ValueType,
} from './value_types.ts';

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
export type LogFormat = 'auto' | 'pretty' | 'json';

/** Every setting with its value. The order here is the order in --help and in the documentation. */
export interface Settings
  extends DefaultSettings,
    LimitSettings,
    ListenerSettings,
    ManagementSettings,
    OAuth2Settings,
    OtelSettings,
    PrometheusSettings {
  readonly config: string | undefined;
  readonly host: string;
  /** False is none. */
  readonly port: number | false;
  readonly dataDir: string;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  readonly memoryLimit: MemoryLimit;
  readonly memoryCache: MemoryLimit;
  /** A share is of the memory there is. */
  readonly diskFreeLimit: MemoryLimit | undefined;
  readonly onDamage: 'serve' | 'stop';
  readonly heartbeatSeconds: number;
  readonly handshakeTimeoutMs: number;
  readonly consumerTimeoutMs: number;
  readonly loopbackUsers: readonly string[];
  readonly anonymous: boolean;
  readonly events: boolean;
  readonly eventsVhost: string | undefined;
  readonly productName: string | undefined;
  readonly productVersion: string | undefined;
  readonly loadDefinitions: string | undefined;
  readonly skipUnchangedDefinitions: boolean;
}

export type SettingName = keyof Settings;

export interface Option<Value> {
  /** The key in the configuration file; undefined for what a file cannot say. */
  readonly key: string | undefined;
  readonly environment: string;
  readonly flag: string;
  readonly type: ValueType<Value>;
  /** As an operator would write it; undefined when there is none. */
  readonly default: string | undefined;
  readonly sentence: string;
  /** The value is never repeated in a message. */
  readonly secret?: true;
  /** RabbitMQ's keys for it, where they differ; what stands first counts, and `key` before all of them. */
  readonly rabbitmq?: readonly FileKey<Value>[];
  /** Environment variables that others take for it, RabbitMQ's container image or OpenTelemetry; they count less than its own. */
  readonly aliases?: readonly string[];
  /** A running broker takes a new value at SIGHUP. */
  readonly reload?: true;
}

const MAX_UINT16 = 0xffff;
const MEMORY_LIMIT_BYTES_MIN = 32 * 2 ** 20;

/** The one table of options: parsing, error messages, --help and docs/configuration.md all derive from it. */
const DEFINITIONS = text('file', 'the path of a JSON file, or of a folder of them');

export const OPTIONS: { readonly [Name in SettingName]: Option<Settings[Name]> } = {
  config: {
    key: undefined,
    environment: 'LEVERET_CONFIG',
    flag: '--config',
    type: text('file', 'the path of a configuration file or a folder'),
    default: undefined,
    sentence: 'Configuration file of `key = value` lines, or a folder of `*.conf` files.',
  },
  host: {
    key: 'host',
    environment: 'LEVERET_HOST',
    flag: '--host',
    type: text('address', 'an IP address or a host name of this machine'),
    default: '0.0.0.0',
    sentence: 'Address to listen on.',
    rabbitmq: [keys('listeners.tcp.$name', listenAddress(), ([first]) => first?.value.host)],
    aliases: ['RABBITMQ_NODE_IP_ADDRESS'],
  },
  port: {
    key: 'port',
    environment: 'LEVERET_PORT',
    flag: '--port',
    type: portOrNone(),
    default: '5672',
    sentence: 'Port to listen on; 0 takes any free one and logs which, none leaves it to TLS and the other ways in.',
    rabbitmq: [
      key('listeners.tcp', choice<number | false>({ none: false })),
      keys('listeners.tcp.$name', listenAddress(), ([first]) => first?.value.port),
    ],
    aliases: ['RABBITMQ_NODE_PORT'],
  },
  dataDir: {
    key: 'data_dir',
    environment: 'LEVERET_DATA_DIR',
    flag: '--data-dir',
    type: text('folder', 'the path of a folder'),
    default: './data',
    sentence: 'Data folder; made if missing, and used by one Leveret at a time.',
  },
  logLevel: {
    key: 'log.level',
    environment: 'LEVERET_LOG_LEVEL',
    flag: '--log-level',
    type: oneOf('level', 'fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    default: 'info',
    sentence: 'Least severe level that is logged: fatal, error, warn, info, debug, trace or silent.',
    rabbitmq: ['log.console.level', 'log.default.level', 'log.file.level'].map((name) => key(name, rabbitLogLevel())),
    reload: true,
  },
  logFormat: {
    key: 'log.format',
    environment: 'LEVERET_LOG_FORMAT',
    flag: '--log-format',
    type: oneOf('format', 'auto', 'pretty', 'json'),
    default: 'auto',
    sentence: 'Log lines for people (pretty) or for programs (json); auto is pretty on a terminal and JSON elsewhere.',
    rabbitmq: [key('log.console.formatter', choice({ plaintext: 'pretty', json: 'json' }))],
  },
  memoryLimit: {
    key: 'memory_limit',
    environment: 'LEVERET_MEMORY_LIMIT',
    flag: '--memory-limit',
    type: memory(MEMORY_LIMIT_BYTES_MIN),
    default: '60%',
    sentence:
      "Memory above which publishers are held back; a share is of the container's limit, or of the machine's RAM.",
    rabbitmq: [
      key('vm_memory_high_watermark.absolute', informationUnit(MEMORY_LIMIT_BYTES_MIN)),
      key('vm_memory_high_watermark.relative', share(1)),
    ],
    reload: true,
  },
  memoryCache: {
    key: 'memory_cache',
    environment: 'LEVERET_MEMORY_CACHE',
    flag: '--memory-cache',
    type: memory(8 * 2 ** 20),
    default: '25%',
    sentence: 'Memory for message bodies; what is beyond waits on disk. A share is of the memory limit.',
  },
  diskFreeLimit: {
    key: 'disk_free_limit',
    environment: 'LEVERET_DISK_FREE_LIMIT',
    flag: '--disk-free-limit',
    type: bytes(),
    default: undefined,
    sentence:
      'Free disk below which publishers are held back; unless given, twice the memory cache and 50MiB at least.',
    rabbitmq: [key('disk_free_limit.absolute', informationUnit(0)), key('disk_free_limit.relative', share(1000))],
    reload: true,
  },
  onDamage: {
    key: 'journal.on_damage',
    environment: 'LEVERET_JOURNAL_ON_DAMAGE',
    flag: '--journal-on-damage',
    type: oneOf('action', 'serve', 'stop'),
    default: 'serve',
    sentence: 'What to do when the journal is found damaged at the start: serve what is sound, or stop.',
  },
  ...LIMIT_OPTIONS,
  heartbeatSeconds: {
    key: 'heartbeat',
    environment: 'LEVERET_HEARTBEAT',
    flag: '--heartbeat',
    type: integer(0, MAX_UINT16, ', in seconds'),
    default: '60',
    sentence: 'Heartbeat interval offered to clients, in seconds; 0 turns heartbeats off.',
    reload: true,
  },
  handshakeTimeoutMs: {
    key: 'handshake_timeout',
    environment: 'LEVERET_HANDSHAKE_TIMEOUT',
    flag: '--handshake-timeout',
    type: duration(100, 3_600_000, 'from 100ms to 60m'),
    default: '10s',
    sentence: 'Time a client has from connecting to having opened its virtual host.',
    reload: true,
  },
  consumerTimeoutMs: {
    key: 'consumer_timeout',
    environment: 'LEVERET_CONSUMER_TIMEOUT',
    flag: '--consumer-timeout',
    type: durationOrNone(365 * 86_400_000, 'from 0 to a year'),
    default: '0',
    sentence: 'Time a consumer has to settle a delivery, where neither it nor its queue says; 0 is for ever.',
    reload: true,
  },
  loopbackUsers: {
    key: 'loopback_users',
    environment: 'LEVERET_LOOPBACK_USERS',
    flag: '--loopback-users',
    type: names(),
    default: 'guest',
    sentence: 'Users who may connect from this machine only; none lets everyone connect from anywhere.',
    rabbitmq: [
      keys('loopback_users.$user', onOff(), (users) => users.filter(({ value }) => value).map(({ word }) => word)),
    ],
    reload: true,
  },
  anonymous: {
    key: 'anonymous',
    environment: 'LEVERET_ANONYMOUS',
    flag: '--anonymous',
    type: onOff(),
    default: 'off',
    sentence: 'Let clients in without a password (SASL mechanism ANONYMOUS).',
  },
  events: {
    key: 'events',
    environment: 'LEVERET_EVENTS',
    flag: '--events',
    type: onOff(),
    default: 'off',
    sentence: 'Publish what happens in the broker to the exchange amq.rabbitmq.event.',
  },
  eventsVhost: {
    key: 'events.vhost',
    environment: 'LEVERET_EVENTS_VHOST',
    flag: '--events-vhost',
    type: text('name', 'the name of a virtual host'),
    default: undefined,
    sentence: 'Virtual host that has this exchange; unless given, the default one.',
    rabbitmq: [key('event_exchange.vhost', text('name', 'the name of a virtual host'))],
  },
  productName: {
    key: 'product.name',
    environment: 'LEVERET_PRODUCT_NAME',
    flag: '--product-name',
    type: text('name', 'a name'),
    default: undefined,
    sentence: 'What clients are told that this is, by which some decide how to use it; unless given, RabbitMQ.',
  },
  productVersion: {
    key: 'product.version',
    environment: 'LEVERET_PRODUCT_VERSION',
    flag: '--product-version',
    type: text('version', 'a version'),
    default: undefined,
    sentence: 'Version that goes with it; unless given, that of the RabbitMQ that Leveret is like.',
  },
  ...DEFAULT_OPTIONS,
  loadDefinitions: {
    key: 'load_definitions',
    environment: 'LEVERET_LOAD_DEFINITIONS',
    flag: '--load-definitions',
    type: DEFINITIONS,
    default: undefined,
    sentence:
      "RabbitMQ's definitions, imported at every start; they take the place of the default user and virtual host.",
    rabbitmq: [key('definitions.local.path', DEFINITIONS), key('management.load_definitions', DEFINITIONS)],
  },
  skipUnchangedDefinitions: {
    key: 'definitions.skip_if_unchanged',
    environment: 'LEVERET_DEFINITIONS_SKIP_IF_UNCHANGED',
    flag: '--definitions-skip-if-unchanged',
    type: onOff(),
    default: 'off',
    sentence: 'Import them only if they are others than at the last start, so that what was changed since stays.',
  },
  ...LISTENER_OPTIONS,
  ...MANAGEMENT_OPTIONS,
  ...PROMETHEUS_OPTIONS,
  ...OAUTH2_OPTIONS,
  ...OTEL_OPTIONS,
};

export const SETTING_NAMES: readonly SettingName[] = Object.keys(OPTIONS) as SettingName[];
