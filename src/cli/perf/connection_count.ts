import { setTimeout as sleep } from 'node:timers/promises';
import type { AmqpUrl } from './amqp_url.ts';
import { Client } from './client.ts';

const AT_ONCE = 64;
/** Well below the ports that a source address has. */
const PER_ADDRESS = 10_000;
const READ_BYTES = 4096;

export interface CountOptions {
  readonly url: AmqpUrl;
  readonly connections: number;
  /** On each connection. */
  readonly channels: number;
  /** How long they stay. */
  readonly seconds: number;
}

export interface CountFigures {
  readonly connections: number;
  readonly openSeconds: number;
  readonly perSecond: number;
}

/** Opens connections, holds them for a while doing nothing, and closes them. `onOpen` hears when they are all there. */
export async function runConnectionCount(
  { url, connections, channels, seconds }: CountOptions,
  onOpen: (figures: CountFigures) => void = () => {},
): Promise<CountFigures> {
  const clients: Client[] = [];
  let next = 0;
  const openSome = async (): Promise<void> => {
    while (next < connections) {
      const localAddress = sourceAddress(url.host, next++);
      const client = await Client.open(url, { readBytes: READ_BYTES, localAddress });
      clients.push(client);
      for (let channel = 1; channel <= channels; channel++) await client.openChannel(channel);
    }
  };
  try {
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, connections) }, openSome));
    const openSeconds = (performance.now() - startedAt) / 1000;
    const figures = { connections, openSeconds, perSecond: Math.round(connections / openSeconds) };
    onOpen(figures);
    await sleep(seconds * 1000);
    return figures;
  } finally {
    next = connections;
    await Promise.all(clients.map((client) => client.close()));
  }
}

/** On loopback one address after the other, since each has ports for some ten thousand only. */
function sourceAddress(host: string, index: number): string | undefined {
  const block = Math.floor(index / PER_ADDRESS);
  return /^127\./.test(host) && block > 0 ? `127.0.0.${1 + block}` : undefined;
}
