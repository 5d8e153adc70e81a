import type { Configuration } from '../config/load.ts';
import { OPTIONS } from '../config/options.ts';
import type { Broker, BrokerOptions } from '../index.ts';
import { StartError } from '../lib/start_error.ts';
import type { Log } from './log.ts';

type Wanted = Pick<BrokerOptions, 'management' | 'prometheus'>;

/**
 * A broker that cannot serve what it is asked to over HTTP ends as one that cannot start. Nobody has asked for a port that is
 * only the default: where another program has it, as the first of two brokers on a machine does, the log says so.
 */
export async function serveHttp(broker: Broker, wanted: Wanted, configuration: Configuration, log: Log): Promise<void> {
  try {
    await openManagement(broker, wanted, configuration, log);
    await openPrometheus(broker, wanted, configuration, log);
  } catch (error) {
    await broker.close();
    throw error;
  }
  const { managementUrl, managementPort, managementTlsPort, prometheusPort, prometheusTlsPort } = broker;
  const ports = [prometheusPort, prometheusTlsPort].filter((port) => port !== undefined);
  if (managementUrl === undefined && ports.length === 0) return;
  if (log.format === 'pretty') {
    const places = [managementUrl, ports.length === 0 ? undefined : `Prometheus on port ${ports.join(' and ')}`];
    log.logger.info(`HTTP is ready: ${places.filter((place) => place !== undefined).join(', ')}`);
  } else {
    log.logger.info({ managementPort, managementTlsPort, prometheusPort, prometheusTlsPort }, 'HTTP is ready');
  }
}

async function openManagement(
  broker: Broker,
  { management }: Wanted,
  configuration: Configuration,
  log: Log,
): Promise<void> {
  if (management === undefined) return;
  try {
    await broker.openManagement(management);
  } catch (error) {
    if (!isTaken(error) || !isDefault('managementPort', configuration)) throw error;
    const { tls } = management;
    // Its port was asked for: if that is the one that is in use, this fails again.
    if (tls !== undefined) await broker.openManagement({ ...management, port: false });
    notServed(log, configuration, 'managementPort', tls === undefined ? 'the management API' : 'its plain HTTP');
  }
}

async function openPrometheus(
  broker: Broker,
  { prometheus }: Wanted,
  configuration: Configuration,
  log: Log,
): Promise<void> {
  if (prometheus === undefined) return;
  try {
    await broker.openPrometheus(prometheus);
  } catch (error) {
    if (!isTaken(error) || !isDefault('prometheusPort', configuration)) throw error;
    const { tls } = prometheus;
    if (tls !== undefined) await broker.openPrometheus({ ...prometheus, port: false });
    notServed(log, configuration, 'prometheusPort', tls === undefined ? 'Prometheus' : 'plain HTTP for Prometheus');
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof StartError && error.code === 'port-in-use';
}

type DefaultPort = 'managementPort' | 'prometheusPort';

function isDefault(name: DefaultPort, { origins }: Configuration): boolean {
  return origins[name] === 'default';
}

function notServed(log: Log, { settings }: Configuration, name: DefaultPort, what: string): void {
  log.logger.warn(
    `Another program uses port ${settings[name]}, so ${what} is not served. Choose another with ${OPTIONS[name].flag}, or none with off.`,
  );
}
