import { hash } from 'node:crypto';
import { type FieldTable, getInteger } from '../../codec/table.ts';
import { headerValueKey } from '../exchange/field_key.ts';

/** The header by which a message overrides how long its key is known, in milliseconds. */
const CACHE_TTL = 'x-cache-ttl';

/** Beyond this a time is as good as never, and the journal has no room for it. */
const EXPIRES_AT_MS_MAX = 2 ** 48 - 1;

/**
 * What makes a message the same as another: the first 16 bytes of the SHA-256 of its header's value. However long the value,
 * this is all that is kept of it; that two different ones share it does not happen, by chance or on purpose.
 */
export const KEY_BYTES = 16;

/** Undefined for a message without the header, which is nobody's duplicate. A string is not the number it spells. */
export function keyOf(headers: FieldTable, header: string): Uint8Array | undefined {
  const field = headers.get(header);
  if (field === undefined || field.tag === 'V') return undefined;
  return hash('sha256', headerValueKey(field), 'buffer').subarray(0, KEY_BYTES);
}

/** Until when the key of a message taken in now is known; infinity for as long as there is room. */
export function keyExpiresAtMs(headers: FieldTable, ttlMs: number | undefined, nowMs: number): number {
  const own = getInteger(headers, CACHE_TTL);
  const livesMs = own !== undefined && own >= 0 ? own : ttlMs;
  if (livesMs === undefined || nowMs + livesMs > EXPIRES_AT_MS_MAX) return Number.POSITIVE_INFINITY;
  return nowMs + livesMs;
}
