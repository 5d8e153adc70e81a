import { setTimeout as sleep } from 'node:timers/promises';
import { EMPTY_TABLE } from '../../codec/table.ts';
import { Client } from './client.ts';
import { Consumer } from './consumer.ts';
import { Counters } from './counters.ts';
import type { LoadOptions } from './load_options.ts';
import { Publisher, type PublishTarget } from './publisher.ts';

const CHANNEL = 1;
const POLL_MS = 10;
const REPORT_MS = 1000;

export interface LoadFigures {
  readonly seconds: number;
  readonly published: number;
  readonly confirmed: number;
  /** By basic.nack. */
  readonly refused: number;
  readonly consumed: number;
  readonly publishedPerSecond: number;
  readonly confirmedPerSecond: number;
  readonly consumedPerSecond: number;
  /** From writing a message to reading it; only of messages that were published at a rate. */
  readonly latencyMicroseconds: Latency | undefined;
}

export interface Latency {
  readonly median: number;
  readonly p75: number;
  readonly p95: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** Runs a load until it is over, and takes away what it made. `onSecond` hears of each second's rates. */
export async function runLoad(
  options: LoadOptions,
  onSecond: (publishedPerSecond: number, consumedPerSecond: number) => void = () => {},
): Promise<LoadFigures> {
  const control = await Client.open(options.url);
  const clients: Client[] = [control];
  let fail: (error: Error) => void = () => {};
  const failure = new Promise<never>((_resolve, reject) => {
    fail = reject;
  });
  // Whoever does not wait for it any more is not to be told.
  failure.catch(() => {});
  const known = <Party extends { readonly client: Client }>(party: Party): Party => {
    clients.push(party.client);
    party.client.onLost = fail;
    return party;
  };
  let made: Made | undefined;
  try {
    await control.openChannel(CHANNEL);
    made = await makeQueue(control, options);
    const counters = new Counters();
    for (let i = 0; i < options.consumers; i++) known(await Consumer.open(options, made.queue, counters));
    const publishers: Publisher[] = [];
    for (let i = 0; i < options.publishers; i++)
      publishers.push(known(await Publisher.open(options, made.target, counters)));
    return await Promise.race([measure(options, counters, publishers, onSecond), failure]);
  } finally {
    for (const client of clients.slice(1)) await client.close();
    if (made?.isOwn) await deleteQueue(control, made.queue);
    await control.close();
  }
}

interface Made {
  readonly queue: string;
  readonly isOwn: boolean;
  readonly target: PublishTarget;
}

/** A queue that was named is used as it is. */
async function makeQueue(control: Client, options: LoadOptions): Promise<Made> {
  const isOwn = options.queue === undefined;
  const queue = options.queue ?? `leveret-perf-${process.pid}-${Date.now()}`;
  const { exchange, queueArguments } = options;
  const routingKey = options.routingKey ?? queue;
  const declare = {
    name: 'queue.declare',
    queue,
    passive: !isOwn,
    durable: true,
    exclusive: false,
    autoDelete: false,
    noWait: false,
    arguments: queueArguments,
  } as const;
  await control.call(CHANNEL, declare, 'queue.declare-ok');
  if (isOwn && exchange !== '') {
    const bind = { name: 'queue.bind', queue, exchange, routingKey, noWait: false, arguments: EMPTY_TABLE } as const;
    await control.call(CHANNEL, bind, 'queue.bind-ok');
  }
  return { queue, isOwn, target: { exchange, routingKey } };
}

async function deleteQueue(control: Client, queue: string): Promise<void> {
  const remove = { name: 'queue.delete', queue, ifUnused: false, ifEmpty: false, noWait: false } as const;
  await control.call(CHANNEL, remove, 'queue.delete-ok').catch(() => {});
}

async function measure(
  options: LoadOptions,
  counters: Counters,
  publishers: readonly Publisher[],
  onSecond: (published: number, consumed: number) => void,
): Promise<LoadFigures> {
  const startedAt = performance.now();
  const endsAt = startedAt + options.seconds * 1000;
  for (const publisher of publishers) publisher.start();
  let told = { at: startedAt, published: 0, consumed: 0 };
  while (performance.now() < endsAt && !isOver(options, counters, publishers)) {
    await sleep(Math.min(POLL_MS, Math.max(1, endsAt - performance.now())));
    const at = performance.now();
    if (at - told.at < REPORT_MS) continue;
    const { published, consumed } = counters;
    const passed = (at - told.at) / 1000;
    onSecond(Math.round((published - told.published) / passed), Math.round((consumed - told.consumed) / passed));
    told = { at, published, consumed };
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const figures = figuresOf(counters, seconds);
  for (const publisher of publishers) publisher.stop();
  return figures;
}

/** All that was to be published is there and settled, and has been consumed if somebody consumes. */
function isOver(options: LoadOptions, counters: Counters, publishers: readonly Publisher[]): boolean {
  const { consumers, publishMax, consumeMax } = options;
  if (consumeMax !== undefined) return counters.consumed >= consumeMax;
  if (publishMax === undefined || counters.published < publishMax) return false;
  if (publishers.some((publisher) => publisher.isUnconfirmed)) return false;
  return consumers === 0 || counters.consumed >= publishMax - counters.refused;
}

function figuresOf(counters: Counters, seconds: number): LoadFigures {
  const { published, confirmed, refused, consumed, latency } = counters;
  const perSecond = (count: number): number => Math.round(count / seconds);
  const at = (share: number): number => latency.percentile(share) ?? 0;
  return {
    seconds,
    published,
    confirmed,
    refused,
    consumed,
    publishedPerSecond: perSecond(published),
    confirmedPerSecond: perSecond(confirmed),
    consumedPerSecond: perSecond(consumed),
    latencyMicroseconds:
      latency.total === 0
        ? undefined
        : { median: at(0.5), p75: at(0.75), p95: at(0.95), p99: at(0.99), p999: at(0.999), max: latency.max },
  };
}
