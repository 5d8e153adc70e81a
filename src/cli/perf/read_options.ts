import { fromPlain, type PlainTableInput } from '../../codec/table.ts';
import { StartError } from '../../lib/start_error.ts';
import { readAmqpUrl } from './amqp_url.ts';
import type { ChurnOptions } from './churn.ts';
import type { CountOptions } from './connection_count.ts';
import type { LoadOptions } from './load_options.ts';

/** As commander gives them, by the name in camel case; undefined or false is not given. */
export type PerfFlags = Readonly<Record<string, string | boolean | undefined>>;

const STAMP_BYTES = 8;
const LATENCY_RATE = 1000;

export function loadOptions(flags: PerfFlags): LoadOptions {
  const ackEvery = whole(flags, 'ack', 0);
  const confirm = whole(flags, 'confirm', 0);
  const prefetch = whole(flags, 'prefetch', 0);
  const rate = whole(flags, 'rate', 0);
  return {
    url: readAmqpUrl(text(flags, 'uri') ?? ''),
    publishers: whole(flags, 'publishers', 0),
    consumers: whole(flags, 'consumers', 0),
    bodyBytes: whole(flags, 'size', 0),
    ackEvery: ackEvery || undefined,
    unconfirmedMax: confirm || undefined,
    prefetch: prefetch || undefined,
    persistent: flags['persistent'] === true,
    queue: text(flags, 'queue'),
    exchange: text(flags, 'exchange') ?? '',
    routingKey: text(flags, 'routingKey'),
    queueArguments: fromPlain(tableOf(text(flags, 'queueArgs') ?? '{}')),
    publishRate: rate || undefined,
    seconds: seconds(flags),
    publishMax: maximum(flags, 'pmessages'),
    consumeMax: maximum(flags, 'cmessages'),
  };
}

/** At a rate, since what is measured as fast as it goes is how long queues are, and with a body that holds the time. */
export function latencyOptions(flags: PerfFlags): LoadOptions {
  const options = loadOptions(flags);
  if (options.bodyBytes < STAMP_BYTES) throw mistake('--size', `takes at least ${STAMP_BYTES}, for the time in it`);
  return { ...options, publishRate: options.publishRate ?? LATENCY_RATE };
}

export function churnOptions(flags: PerfFlags): ChurnOptions {
  return {
    url: readAmqpUrl(text(flags, 'uri') ?? ''),
    seconds: seconds(flags),
    concurrency: whole(flags, 'concurrency', 1),
    max: maximum(flags, 'count'),
  };
}

export function countOptions(flags: PerfFlags): CountOptions {
  return {
    url: readAmqpUrl(text(flags, 'uri') ?? ''),
    seconds: seconds(flags),
    connections: whole(flags, 'connections', 1),
    channels: whole(flags, 'channels', 0),
  };
}

function text(flags: PerfFlags, name: string): string | undefined {
  const value = flags[name];
  return typeof value === 'string' ? value : undefined;
}

function maximum(flags: PerfFlags, name: string): number | undefined {
  return flags[name] === undefined ? undefined : whole(flags, name, 1);
}

function whole(flags: PerfFlags, name: string, least: number): number {
  const given = text(flags, name) ?? '';
  const value = Number(given);
  if (/^\d+$/.test(given) && value >= least && Number.isSafeInteger(value)) return value;
  throw mistake(flagOf(name), `takes a whole number from ${least} on, not "${given}"`);
}

function seconds(flags: PerfFlags): number {
  const given = text(flags, 'time') ?? '';
  const value = Number(given);
  if (given !== '' && value > 0 && Number.isFinite(value)) return value;
  throw mistake('--time', `takes a number of seconds, not "${given}"`);
}

function tableOf(given: string): PlainTableInput {
  try {
    const value: unknown = JSON.parse(given);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as PlainTableInput;
  } catch {
    // It is told below, as is JSON of another kind.
  }
  throw mistake('--queue-args', `takes a JSON object, not "${given}"`);
}

function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function mistake(flag: string, what: string): StartError {
  return new StartError('option', `${flag} ${what}.`);
}
