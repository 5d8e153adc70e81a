import { peekHeader } from '../../codec/property_peek.ts';
import { bytesToText, type FieldTable, type FieldValue, isInteger } from '../../codec/table.ts';
import { unacceptableType } from '../argument_problems.ts';

/** The argument of queues in which messages may ask to be delivered later. */
export const SCHEDULED_DELIVERY = 'x-scheduled-delivery';

/**
 * The headers by which they do. `x-delay` is that of RabbitMQ's delayed message exchange, in milliseconds from when the message
 * is taken in; `x-deliver-at` is a time, in milliseconds since 1970 or as an AMQP timestamp. Where both are given, the time
 * counts.
 */
export const DELAY_HEADER = 'x-delay';
export const DELIVER_AT_HEADER = 'x-deliver-at';

const INT32_MAX = 0x7fff_ffff;

/** The end of the year 9999. What ages for ten years from then still fits the 48 bits that the journal has for a time. */
export const TIME_MS_MAX = 253_402_300_799_999;

/**
 * When the message whose properties are `bytes[from, to)` asks to become ready, taken in at `sinceMs`; undefined where it does
 * not, or not in a way that can be understood. A time that has passed is a time too.
 */
export function readyAtOf(bytes: Uint8Array, from: number, to: number, sinceMs: number): number | undefined {
  const at = peekHeader(bytes, from, to, DELIVER_AT_HEADER);
  return readyAt(at, at === undefined ? peekHeader(bytes, from, to, DELAY_HEADER) : undefined, sinceMs);
}

/** As readyAtOf, of a message with these headers. */
export function readyAtIn(headers: FieldTable, sinceMs: number): number | undefined {
  return readyAt(headers.get(DELIVER_AT_HEADER), headers.get(DELAY_HEADER), sinceMs);
}

/**
 * The headers of a message whose wait is over, so that nobody lets it wait again. The delay is turned into its negative:
 * whoever gets the message can read how long it was. A time that has not come, as the message was let go before it, is now.
 */
export function waited(headers: FieldTable, nowMs: number): FieldTable {
  const after = new Map(headers);
  const delay = headers.get(DELAY_HEADER);
  const delayMs = delay === undefined ? undefined : millisecondsOf(delay);
  if (delayMs !== undefined && delayMs > 0) after.set(DELAY_HEADER, wholeNumber(-delayMs));
  const at = headers.get(DELIVER_AT_HEADER);
  const atMs = at === undefined ? undefined : timeOf(at);
  if (atMs !== undefined && atMs > nowMs) after.set(DELIVER_AT_HEADER, wholeNumber(nowMs));
  return after;
}

function wholeNumber(value: number): FieldValue {
  return { tag: Math.abs(value) <= INT32_MAX ? 'I' : 'l', value };
}

function readyAt(at: FieldValue | undefined, delay: FieldValue | undefined, sinceMs: number): number | undefined {
  const atMs = at === undefined ? undefined : timeOf(at);
  if (at !== undefined) return atMs === undefined ? undefined : Math.min(atMs, TIME_MS_MAX);
  const delayMs = delay === undefined ? undefined : millisecondsOf(delay);
  return delayMs === undefined ? undefined : Math.min(sinceMs + delayMs, TIME_MS_MAX);
}

/** What is wrong with such a header, as an Erlang term like those that RabbitMQ shows; undefined if nothing is. */
export function scheduleProblem(
  header: typeof DELAY_HEADER | typeof DELIVER_AT_HEADER,
  field: FieldValue,
): string | undefined {
  const value = header === DELAY_HEADER ? millisecondsOf(field) : timeOf(field);
  if (value === undefined) return field.tag === 'S' ? 'no_integer' : unacceptableType(field);
  return value > TIME_MS_MAX ? `{value_too_large,${value}}` : undefined;
}

function timeOf(field: FieldValue): number | undefined {
  return field.tag === 'T' ? Number(field.value) * 1000 : millisecondsOf(field);
}

/** As the delayed message exchange reads it: numbers of all types, without their fractions, and texts of digits. */
function millisecondsOf(field: FieldValue): number | undefined {
  if (isInteger(field)) return Number(field.value);
  switch (field.tag) {
    case 'f':
    case 'd':
      return Number.isFinite(field.value) ? Math.trunc(field.value) : undefined;
    case 'S': {
      const text = bytesToText(field.value);
      return /^[+-]?\d{1,15}$/.test(text) ? Number(text) : undefined;
    }
    default:
      return undefined;
  }
}
