// A client opens with the protocol header, and a broker that is well answers with connection.start:
//
//   client   'A' 'M' 'Q' 'P' 0 0 9 1
//   broker   01 | 00 00 | size (4) | 00 0A 00 0A | ...
//            method, channel 0       connection.start

import { once } from 'node:events';
import { createConnection } from 'node:net';
import { loadSettings } from '../config/load.ts';
import type { Settings } from '../config/options.ts';
import type { Flags } from '../config/resolve.ts';
import { StartError } from '../lib/start_error.ts';
import { reachable } from './reachable.ts';

const PROTOCOL_HEADER = Buffer.from('AMQP\x00\x00\x09\x01', 'latin1');
const CONNECTION_START = '000a000a';
const METHOD_OFFSET = 7;
const METHOD_END = 11;
const ANSWER_TIMEOUT_MS = 3000;

export interface PingFlags {
  /** Whether it is enough that it answers, or it has to be ready for clients. */
  readonly ready: boolean;
}

/** Prints one line when the broker answers; throws a StartError when it does not. */
export async function ping(flags: Flags, { ready }: PingFlags): Promise<void> {
  const settings = loadSettings(flags, process.env);
  const urls = ready ? readinessUrls(settings) : [];
  // It can be ready without a port that speaks AMQP without TLS.
  if (settings.port !== false || urls.length === 0) await askInAmqp(settings);
  if (urls.length > 0) await askWhetherReady(urls, amqpPort(settings));
}

/** Who asks needs no login there. Not those where no broker answers, or on a port that only its log tells. */
function readinessUrls(settings: Settings): string[] {
  const { host, prometheusPort, prometheusHost, managementPort, managementHost, managementPathPrefix } = settings;
  const isKnown = (port: number | false): port is number => port !== false && port !== 0;
  return [
    ...(isKnown(prometheusPort) ? [urlOf(prometheusHost ?? host, prometheusPort, '')] : []),
    ...(isKnown(managementPort) ? [urlOf(managementHost ?? host, managementPort, managementPathPrefix)] : []),
  ];
}

/** By which the broker is told from others; undefined where the settings do not say. */
function amqpPort({ port, tlsPort }: Settings): number | undefined {
  const known = port === false ? tlsPort : port;
  return known === 0 ? undefined : known;
}

function urlOf(host: string, port: number, prefix: string): string {
  const address = reachable(host);
  return `http://${address.includes(':') ? `[${address}]` : address}:${port}${prefix}/health/ready`;
}

/** The first that is of the broker with that port decides: a second broker on a machine may have lost the others to the first. */
async function askWhetherReady(urls: readonly string[], port: number | undefined): Promise<void> {
  for (const url of urls) {
    const { status, ports } = await readinessAt(url);
    if (port !== undefined && ports !== undefined && !ports.includes(port)) continue;
    if (status !== 200) throw new StartError('address', `The broker is not ready: ${url} answers ${status}.`);
    process.stdout.write('The broker is ready.\n');
    return;
  }
  throw new StartError(
    'address',
    `Whether the broker on port ${port} is ready cannot be told: what answers at ${urls.join(' and at ')} is another broker.`,
  );
}

interface Readiness {
  readonly status: number;
  /** Of AMQP; undefined where what answers does not say. */
  readonly ports: readonly unknown[] | undefined;
}

async function readinessAt(url: string): Promise<Readiness> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
    return { status: answer.status, ports: portsIn(await answer.text()) };
  } catch (error) {
    const { code, message } = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
    throw new StartError('address', `The broker does not answer at ${url} (${code ?? message}).`);
  }
}

function portsIn(text: string): readonly unknown[] | undefined {
  try {
    const { ports } = JSON.parse(text) as { readonly ports?: unknown };
    return Array.isArray(ports) ? ports : undefined;
  } catch {
    return undefined;
  }
}

async function askInAmqp({ host, port }: Settings): Promise<void> {
  if (port === false) throw new StartError('address', 'The broker has no port without TLS to be asked on.');
  const answer = await firstBytes(reachable(host), port);
  if (answer.subarray(METHOD_OFFSET, METHOD_END).toString('hex') !== CONNECTION_START) {
    throw new StartError('address', `What listens on ${host}:${port} is not an AMQP 0-9-1 broker.`);
  }
  process.stdout.write(`The broker on ${host}:${port} answers.\n`);
}

async function firstBytes(host: string, port: number): Promise<Buffer> {
  const socket = createConnection({ host, port });
  const chunks: Buffer[] = [];
  let length = 0;
  socket.setTimeout(ANSWER_TIMEOUT_MS, () => socket.destroy(new Error('no answer')));
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= METHOD_END) socket.destroy();
  });
  try {
    socket.write(PROTOCOL_HEADER);
    await once(socket, 'close');
  } catch (error) {
    throw new StartError('address', `No broker answers on ${host}:${port} (${(error as Error).message}).`);
  }
  return Buffer.concat(chunks);
}
