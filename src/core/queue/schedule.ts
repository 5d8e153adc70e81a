import { peekHeader } from '../../codec/property_peek.ts';
import { bytesToText, type FieldTable, type FieldValue, fieldTypeName, isInteger } from '../../codec/table.ts';

/**
 * The headers by which a message asks to be delivered later. `x-delay` is that of RabbitMQ's delayed message exchange, in
 * milliseconds from when the message is taken in; `x-deliver-at` is a time, in milliseconds since 1970 or as an AMQP timestamp.
 * Where both are given, the time counts.
 */
/** The argument of queues in which messages may ask for that. */
export const SCHEDULED_DELIVERY = 'x-scheduled-delivery';

export const DELAY_HEADER = 'x-delay';
export const DELIVER_AT_HEADER = 'x-deliver-at';

/** The last time that there is a date for. */
const TIME_MS_MAX = 8_640_000_000_000_000;

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

/** The delay that a message asks for, in milliseconds. */
export function delayOf(headers: FieldTable): number | undefined {
  const delay = headers.get(DELAY_HEADER);
  return delay === undefined ? undefined : millisecondsOf(delay);
}

function readyAt(at: FieldValue | undefined, delay: FieldValue | undefined, sinceMs: number): number | undefined {
  if (at !== undefined) return timeOf(at);
  const delayMs = delay === undefined ? undefined : millisecondsOf(delay);
  return delayMs === undefined ? undefined : Math.min(sinceMs + delayMs, TIME_MS_MAX);
}

/** What is wrong with such a header, as an Erlang term like those that RabbitMQ shows; undefined if nothing is. */
export function scheduleProblem(
  header: typeof DELAY_HEADER | typeof DELIVER_AT_HEADER,
  field: FieldValue,
): string | undefined {
  const value = header === DELAY_HEADER ? millisecondsOf(field) : timeOf(field);
  if (value === undefined) return field.tag === 'S' ? 'no_integer' : `{unacceptable_type,${fieldTypeName(field)}}`;
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
