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
  const readiness = ready ? readinessUrl(settings) : undefined;
  // It can be ready without a port that speaks AMQP without TLS.
  if (settings.port !== false || readiness === undefined) await askInAmqp(settings);
  if (readiness !== undefined) await askWhetherReady(readiness);
}

/** Who asks needs no login there. Undefined where no broker answers, or on a port that only its log tells. */
function readinessUrl(settings: Settings): string | undefined {
  const { host, prometheusPort, prometheusHost, managementPort, managementHost, managementPathPrefix } = settings;
  if (prometheusPort !== false && prometheusPort !== 0) return urlOf(prometheusHost ?? host, prometheusPort, '');
  if (managementPort === false || managementPort === 0) return undefined;
  return urlOf(managementHost ?? host, managementPort, managementPathPrefix);
}

function urlOf(host: string, port: number, prefix: string): string {
  const address = reachable(host);
  return `http://${address.includes(':') ? `[${address}]` : address}:${port}${prefix}/health/ready`;
}

async function askWhetherReady(url: string): Promise<void> {
  let status: number;
  try {
    ({ status } = await fetch(url, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) }));
  } catch (error) {
    const { code, message } = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
    throw new StartError('address', `The broker does not answer at ${url} (${code ?? message}).`);
  }
  if (status !== 200) throw new StartError('address', `The broker is not ready: ${url} answers ${status}.`);
  process.stdout.write('The broker is ready.\n');
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
