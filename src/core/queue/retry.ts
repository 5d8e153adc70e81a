import { EXPIRY_MS_MAX } from '../argument_problems.ts';
import type { ReturnCause } from './rules.ts';

/** Which returns wait: those of consumers that failed (reject, or lost), those that were given back (nack), or both. */
export type RetryType = 'all' | 'failed' | 'returned';

/** How a message that comes back to its queue waits before it is delivered again. Times are in milliseconds. */
export interface RetrySettings {
  readonly type: RetryType;
  /** The wait after the first return, the second and so on; the last stands for all that follow. */
  readonly delaysMs: readonly number[] | undefined;
  readonly minMs: number;
  readonly maxMs: number;
  /** 0 where waits grow by `minMs` each time; otherwise what each is multiplied by for the next. */
  readonly factor: number;
  /** The share of a wait, from 0 to 1, that may be taken off at random. */
  readonly jitter: number;
}

/** What somebody asked for, by the names of the policy keys; values of any kind, as RabbitMQ takes them. */
export interface RetryRequest {
  readonly type: unknown;
  readonly min: unknown;
  readonly max: unknown;
  readonly backoff: unknown;
  readonly factor: unknown;
  readonly jitter: unknown;
  readonly delays: unknown;
}

const WAITING_TYPES = ['all', 'failed', 'returned'];
/** What may be asked for. */
export const RETRY_TYPES: readonly string[] = [...WAITING_TYPES, 'disabled'];
const FACTOR_DEFAULT = 2;

const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const DELAYS_MAX = 1000;

/** Undefined where nothing waits: as in RabbitMQ, also where what is asked for makes no sense. */
export function retrySettings(request: RetryRequest): RetrySettings | undefined {
  const { type } = request;
  if (!WAITING_TYPES.includes(type as RetryType)) return undefined;
  const jitter = typeof request.jitter === 'number' ? request.jitter : 0;
  const known = { type: type as RetryType, jitter };
  const delaysMs = typeof request.delays === 'string' ? parseDelays(request.delays) : undefined;
  if (delaysMs !== undefined) return { ...known, delaysMs, minMs: 0, maxMs: 0, factor: 0 };
  if (!isPositive(request.min)) return undefined;
  const exponential = request.backoff === 'exponential';
  const factor = exponential ? (typeof request.factor === 'number' ? request.factor : FACTOR_DEFAULT) : 0;
  // Without a maximum RabbitMQ's linear waits do not grow.
  const maxMs = isPositive(request.max) ? request.max : exponential ? EXPIRY_MS_MAX : request.min;
  return { ...known, delaysMs: undefined, minMs: request.min, maxMs, factor };
}

/** Whether a message that comes back for this reason waits. A nack gives back; everything else is a failure. */
export function waitsAfter({ type }: RetrySettings, cause: ReturnCause): boolean {
  return type === 'all' || (type === 'returned') === (cause === 'nack');
}

/** Whether these are waits that RabbitMQ knows. */
export function isLinear({ delaysMs, factor }: RetrySettings): boolean {
  return delaysMs === undefined && factor === 0;
}

/** How long a message waits that came back `returns` times; `random` is from 0 to 1. */
export function retryDelayMs(settings: RetrySettings, returns: number, random: number): number {
  const { delaysMs, minMs, maxMs, factor, jitter } = settings;
  const nth = Math.max(1, returns);
  const delayMs =
    delaysMs !== undefined
      ? (delaysMs[Math.min(nth, delaysMs.length) - 1] as number)
      : Math.min(factor === 0 ? minMs * nth : minMs * factor ** (nth - 1), maxMs);
  return Math.round(delayMs * (1 - jitter * random));
}

/** Of a text like "10s, 1m, 15m": each a whole number of ms, s, m, h or d. Undefined for any other text. */
export function parseDelays(text: string): readonly number[] | undefined {
  const delaysMs: number[] = [];
  for (const part of text.split(',')) {
    const match = /^(\d{1,12})(ms|s|m|h|d)$/.exec(part.trim());
    const delayMs = match === null ? Number.NaN : Number(match[1]) * (UNITS_MS[match[2] as string] as number);
    if (!(delayMs <= EXPIRY_MS_MAX) || delaysMs.length === DELAYS_MAX) return undefined;
    delaysMs.push(delayMs);
  }
  return delaysMs;
}

function isPositive(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0;
}
