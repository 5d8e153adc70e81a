// A client opens with the protocol header, and a broker that is well answers with connection.start:
//
//   client   'A' 'M' 'Q' 'P' 0 0 9 1
//   broker   01 | 00 00 | size (4) | 00 0A 00 0A | ...
//            method, channel 0       connection.start

import { once } from 'node:events';
import { createConnection } from 'node:net';
import { loadSettings } from '../config/load.ts';
import type { Flags } from '../config/resolve.ts';
import { StartError } from '../lib/start_error.ts';

const PROTOCOL_HEADER = Buffer.from('AMQP\x00\x00\x09\x01', 'latin1');
const CONNECTION_START = '000a000a';
const METHOD_OFFSET = 7;
const METHOD_END = 11;
const ANSWER_TIMEOUT_MS = 3000;
const WILDCARDS: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** Prints one line when the broker answers; throws a StartError when it does not. */
export async function ping(flags: Flags): Promise<void> {
  const { host, port } = loadSettings(flags, process.env);
  if (port === false) throw new StartError('address', 'The broker has no port without TLS to be asked on.');
  const answer = await firstBytes(WILDCARDS[host] ?? host, port);
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
