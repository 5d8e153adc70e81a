import { constants } from 'node:os';
import { relative } from 'node:path';
import { loadSettings } from '../config/load.ts';
import { availableMemoryBytes, memoryLimitBytes } from '../config/memory.ts';
import type { Settings } from '../config/options.ts';
import type { Flags } from '../config/resolve.ts';
import { VERSION } from '../config/version.ts';
import { type Broker, createBroker } from '../index.ts';
import { listenerOptions } from './listener_options.ts';
import { type Log, openLog } from './log.ts';

const CLOSE_TIMEOUT_MS = 10_000;
/** Ctrl-C under npm arrives twice within a few milliseconds: from the terminal, and passed on by npm. */
const SAME_SIGNAL_MS = 100;

/** Starts the broker and returns; it then runs until a signal. Throws a StartError when it cannot start. */
export async function start(flags: Flags): Promise<void> {
  const settings = loadSettings(flags, process.env);
  const log = await openLog(settings.logLevel, settings.logFormat);
  endOnDefects(log);
  const starting = startBroker(settings, log);
  endOnSignals(log, starting);
  const broker = await starting;
  reloadOnHangup(log, broker);
  announce(broker, settings, log);
}

function startBroker(settings: Settings, log: Log): Promise<Broker> {
  const limitBytes = memoryLimitBytes(settings.memoryLimit, availableMemoryBytes());
  return createBroker({
    logger: log.logger,
    host: settings.host,
    port: settings.port,
    dataDir: settings.dataDir,
    memoryLimitBytes: limitBytes,
    memoryCacheBytes: memoryLimitBytes(settings.memoryCache, limitBytes),
    diskFreeLimitBytes: settings.diskFreeLimitBytes,
    onDamage: settings.onDamage,
    maxMessageSizeBytes: settings.maxMessageSizeBytes,
    frameMax: settings.frameMaxBytes,
    channelMax: settings.channelMax,
    heartbeatSeconds: settings.heartbeatSeconds,
    handshakeTimeoutMs: settings.handshakeTimeoutMs,
    consumerTimeoutMs: settings.consumerTimeoutMs,
    loopbackUsers: settings.loopbackUsers,
    allowAnonymous: settings.anonymous,
    events: settings.events,
    defaultUser: settings.defaultUser,
    defaultPassword: settings.defaultPass,
    ...listenerOptions(settings),
  });
}

function announce(broker: Broker, settings: Settings, log: Log): void {
  const { host, port, tlsPort, webSocketPort, webSocketTlsPort } = broker;
  const ports = { port, tlsPort, webSocketPort, webSocketTlsPort, unixSocket: settings.unixSocket };
  const startupMs = Math.round(performance.now());
  if (log.format === 'pretty') {
    const where = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
    const also = Object.entries({ ...ports, port: undefined }).filter(([, value]) => value !== undefined);
    const others = also.map(([name, value]) => `, ${name} ${value}`).join('');
    log.logger.info(
      `Leveret ${VERSION} is ready: amqp://${where}${others}, data in ${readable(settings.dataDir)} (${startupMs} ms)`,
    );
  } else {
    log.logger.info({ host, ...ports, dataDir: settings.dataDir, version: VERSION, startupMs }, 'Leveret is ready');
  }
}

/** As a path below the current folder where it is one. */
function readable(dataDir: string): string {
  const below = relative('', dataDir);
  return below === '' || below.startsWith('..') ? dataDir : `./${below}`;
}

/** SIGHUP has the certificates read again; those that cannot be used change nothing. */
function reloadOnHangup(log: Log, broker: Broker): void {
  process.on('SIGHUP', () => {
    broker.reloadCertificates().then(
      () => log.logger.info('certificates were read again'),
      (error: Error) => log.logger.error({ reason: error.message }, 'certificates stay as they were'),
    );
  });
}

/** The first SIGTERM or SIGINT closes the broker in good order; the next one ends the process at once. */
function endOnSignals(log: Log, starting: Promise<Broker>): void {
  let firstAtMs: number | undefined;
  const onSignal = (signal: 'SIGTERM' | 'SIGINT'): void => {
    const nowMs = performance.now();
    if (firstAtMs === undefined) {
      firstAtMs = nowMs;
      void stop(log, starting, signal);
    } else if (nowMs - firstAtMs > SAME_SIGNAL_MS) {
      process.exit(128 + constants.signals[signal]);
    }
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

async function stop(log: Log, starting: Promise<Broker>, signal: string): Promise<void> {
  log.logger.info({ signal }, 'Leveret is stopping');
  setTimeout(() => {
    log.logger.error({ afterMs: CLOSE_TIMEOUT_MS }, 'Leveret could not stop in good order');
    process.exit(1);
  }, CLOSE_TIMEOUT_MS).unref();
  const broker = await starting;
  await broker.close({ reason: 'shutdown' });
  log.logger.info('Leveret has stopped');
  process.exit(0);
}

/** A defect of ours is never survived in silence: what the broker holds in memory can no longer be trusted. */
function endOnDefects(log: Log): void {
  const onDefect = (error: unknown): void => {
    log.logger.fatal({ err: error }, 'Leveret stops because of a defect');
    process.exit(1);
  };
  process.on('uncaughtException', onDefect);
  process.on('unhandledRejection', onDefect);
}
