import { constants } from 'node:os';
import { relative } from 'node:path';
import { type Configuration, loadConfiguration } from '../config/load.ts';
import type { Flags } from '../config/resolve.ts';
import { shownSettings } from '../config/show.ts';
import { VERSION } from '../config/version.ts';
import { type Broker, createBroker } from '../index.ts';
import { brokerOptions } from './broker_options.ts';
import { readDefinitions } from './definitions.ts';
import { letsGuestIn } from './exposure.ts';
import { collectWhenIdle } from './idle_collection.ts';
import { type Log, logNotes, openLog } from './log.ts';
import { reloadOnHangup } from './reload.ts';
import { serveHttp } from './serve_http.ts';
import { type Notifier, systemdNotifier } from './systemd.ts';

const CLOSE_TIMEOUT_MS = 10_000;
/** Ctrl-C under npm arrives twice within a few milliseconds: from the terminal, and passed on by npm. */
const SAME_SIGNAL_MS = 100;

/** Starts the broker and returns; it then runs until a signal. Throws a StartError when it cannot start. */
export async function start(flags: Flags): Promise<void> {
  const configuration = loadConfiguration(flags, process.env);
  const { settings } = configuration;
  const log = await openLog(settings.logLevel, settings.logFormat);
  endOnDefects(log);
  logNotes(configuration, log);
  const { loadDefinitions } = settings;
  const definitions = loadDefinitions === undefined ? undefined : readDefinitions(loadDefinitions);
  const { management, prometheus, ...options } = brokerOptions(settings);
  const starting = createBroker({
    ...options,
    definitions,
    skipUnchangedDefinitions: settings.skipUnchangedDefinitions,
    settings: shownSettings(configuration),
    logger: log.logger,
  });
  const systemd = systemdNotifier(process.env, log.logger);
  endOnSignals(log, starting, systemd);
  const broker = await starting;
  reloadOnHangup(flags, log, broker, settings);
  announce(broker, configuration, log);
  if (letsGuestIn(settings)) {
    log.logger.warn(
      'guest can log in from other machines, with the password that everybody knows, unless it was changed',
    );
  }
  // Clients need not wait for what this loads.
  await serveHttp(broker, { management, prometheus }, configuration, log);
  // What programs wait for that start RabbitMQ's image, such as Testcontainers.
  if (log.format === 'json') log.logger.info('Server startup complete');
  systemd.ready();
  collectWhenIdle();
}

function announce(broker: Broker, { settings, files }: Configuration, log: Log): void {
  const { host, port, tlsPort, webSocketPort, webSocketTlsPort } = broker;
  const plainPort = settings.port === false ? undefined : port;
  const ports = { port: plainPort, tlsPort, webSocketPort, webSocketTlsPort, unixSocket: settings.unixSocket };
  const startupMs = Math.round(performance.now());
  if (log.format === 'pretty') {
    const where = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
    const also = Object.entries({ ...ports, port: undefined }).filter(([, value]) => value !== undefined);
    const plain = plainPort === undefined ? [] : [`amqp://${where}`];
    const places = [
      ...plain,
      ...also.map(([name, value]) => `${name} ${value}`),
      `data in ${readable(settings.dataDir)}`,
    ];
    log.logger.info(`Leveret ${VERSION} is ready: ${places.join(', ')} (${startupMs} ms)`);
  } else {
    const { dataDir } = settings;
    log.logger.info({ host, ...ports, dataDir, config: files, version: VERSION, startupMs }, 'Leveret is ready');
  }
}

/** As a path below the current folder where it is one. */
function readable(dataDir: string): string {
  const below = relative('', dataDir);
  return below === '' || below.startsWith('..') ? dataDir : `./${below}`;
}

/** The first SIGTERM or SIGINT closes the broker in good order; the next one ends the process at once. */
function endOnSignals(log: Log, starting: Promise<Broker>, systemd: Notifier): void {
  let firstAtMs: number | undefined;
  const onSignal = (signal: 'SIGTERM' | 'SIGINT'): void => {
    const nowMs = performance.now();
    if (firstAtMs === undefined) {
      firstAtMs = nowMs;
      systemd.stopping();
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
