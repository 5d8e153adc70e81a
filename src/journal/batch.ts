import { crc32 } from 'node:zlib';
import { readU32 } from '../core/store/record.ts';

/**
 * A batch (docs/journal-format.md, *Batch*): the unit that is there whole or not at all.
 *
 *     0   "LVBT"   4  length of records   8  CRC-32   12  lag, bits     16  epoch   24  number   32  records
 *                                            └──────── covers everything from 12 to the end ────────┘
 */
export const BATCH_HEADER_BYTES = 32;

const MAGIC = 0x4c564254;
const JOINED = 1;
const CONTINUED = 2;
const LAG_MAX = 0x3fff_ffff;

export interface BatchHeader {
  /** Of the records. */
  readonly length: number;
  /** The next batch belongs to this one: neither counts without it. */
  readonly joined: boolean;
  /** The batch before belongs to this one, likewise. */
  readonly continued: boolean;
  /** How many of the batches before it were not known to be on disk. */
  readonly lag: number;
  readonly epoch: number;
  readonly number: number;
}

/** Completes the batch whose records are `bytes[start + 32, end)`. */
export function sealBatch(
  bytes: Uint8Array,
  start: number,
  end: number,
  { joined, continued, lag, epoch, number }: Omit<BatchHeader, 'length'>,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, BATCH_HEADER_BYTES);
  view.setUint32(0, MAGIC);
  view.setUint32(4, end - start - BATCH_HEADER_BYTES);
  view.setUint32(12, Math.min(lag, LAG_MAX) * 4 + (continued ? CONTINUED : 0) + (joined ? JOINED : 0));
  setU64(view, 16, epoch);
  setU64(view, 24, number);
  view.setUint32(8, crc32(bytes.subarray(start + 12, end)));
}

/** The batch at `at`, if it lies whole in `bytes` and its CRC is right. Which batch it is, is for the caller to judge. */
export function readBatch(bytes: Uint8Array, at: number): BatchHeader | undefined {
  const header = peekBatch(bytes, at);
  if (header === undefined) return undefined;
  const end = at + BATCH_HEADER_BYTES + header.length;
  if (end > bytes.length || readU32(bytes, at + 8) !== crc32(bytes.subarray(at + 12, end))) return undefined;
  return header;
}

/** The header of what looks like a batch at `at`, which may be longer than `bytes` and is not checked. */
export function peekBatch(bytes: Uint8Array, at: number): BatchHeader | undefined {
  if (at + BATCH_HEADER_BYTES > bytes.length || readU32(bytes, at) !== MAGIC) return undefined;
  return {
    length: readU32(bytes, at + 4),
    joined: (readU32(bytes, at + 12) & JOINED) !== 0,
    continued: (readU32(bytes, at + 12) & CONTINUED) !== 0,
    lag: readU32(bytes, at + 12) >>> 2,
    epoch: getU64(bytes, at + 16),
    number: getU64(bytes, at + 24),
  };
}

function setU64(view: DataView, at: number, value: number): void {
  view.setUint32(at, Math.floor(value / 0x1_0000_0000));
  view.setUint32(at + 4, value % 0x1_0000_0000);
}

function getU64(bytes: Uint8Array, at: number): number {
  return readU32(bytes, at) * 0x1_0000_0000 + readU32(bytes, at + 4);
}
