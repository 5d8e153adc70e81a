import { KEY_BYTES } from '../core/deduplication/key.ts';
import type { KeyWindow } from '../core/deduplication/key_window.ts';
import type { JournalRecord } from './record.ts';

/**
 * The keys of a record "deduplicated", oldest first:
 *
 *     ┌─────────┬───────────────┐
 *     │ key:16  │ expires-at:6  │ …   ms since 1970; 0 for never
 *     └─────────┴───────────────┘
 */
const RECORDED_BYTES: number = KEY_BYTES + 6;

/** So that a record stays far below a page. */
const KEYS_PER_RECORD = 5000;

/** Who deduplicates, as a record names it. */
export type DeduplicationOwner = Pick<JournalRecord & { type: 'deduplicated' }, 'queue' | 'exchange'>;

export function keyRecord(owner: DeduplicationOwner, key: Uint8Array, expiresAtMs: number): JournalRecord {
  const keys = Buffer.allocUnsafe(RECORDED_BYTES);
  putKey(keys, 0, key, expiresAtMs);
  return { type: 'deduplicated', ...owner, keys };
}

/** The records that say all that is known, for a checkpoint. The bytes of one are used again for the next. */
export function writeKeys(owner: DeduplicationOwner, window: KeyWindow, write: (record: JournalRecord) => void): void {
  const bytes = Buffer.allocUnsafe(RECORDED_BYTES * Math.min(window.length, KEYS_PER_RECORD));
  let used = 0;
  const flush = (): void => {
    if (used > 0) write({ type: 'deduplicated', ...owner, keys: bytes.subarray(0, used) });
    used = 0;
  };
  window.eachKept((key, expiresAtMs) => {
    putKey(bytes, used, key, expiresAtMs);
    used += RECORDED_BYTES;
    if (used === bytes.length) flush();
  });
  flush();
}

/** Fills a window with what records had, in their order. */
export function restoreKeys(window: KeyWindow | undefined, records: readonly Uint8Array[]): void {
  for (const keys of records) eachKey(keys, (key, expiresAtMs) => window?.add(key, expiresAtMs, true));
}

export function eachKey(keys: Uint8Array, visit: (key: Uint8Array, expiresAtMs: number) => void): void {
  const bytes = Buffer.from(keys.buffer, keys.byteOffset, keys.byteLength);
  for (let at = 0; at < bytes.length; at += RECORDED_BYTES) {
    const expiresAtMs = bytes.readUIntBE(at + KEY_BYTES, 6);
    visit(bytes.subarray(at, at + KEY_BYTES), expiresAtMs === 0 ? Number.POSITIVE_INFINITY : expiresAtMs);
  }
}

function putKey(bytes: Buffer, at: number, key: Uint8Array, expiresAtMs: number): void {
  bytes.set(key, at);
  bytes.writeUIntBE(expiresAtMs === Number.POSITIVE_INFINITY ? 0 : expiresAtMs, at + KEY_BYTES, 6);
}
