import { crc32 } from 'node:zlib';
import type { Page, PageHome } from '../core/store/page_table.ts';
import { readU32 } from '../core/store/record.ts';
import type { Block } from '../lib/arena.ts';
import { BATCH_HEADER_BYTES, readBatch } from './batch.ts';
import { type LogReader, SEGMENT_HEADER_BYTES } from './log.ts';
import type { SegmentIndex } from './segment_index.ts';

export const SEGMENT_BYTES: number = 16 * 1024 * 1024;
export const FORMAT_VERSION = 1;

/** What is read at once: the page that is needed and those behind it. */
const READ_BYTES_MAX = 1024 * 1024;

const MAGIC = 'LEVERET1';

/** What a segment tells its journal. */
export interface SegmentOwner {
  readonly log: LogReader;
  /** The last message of the segment is gone. */
  segmentEmptied(segment: JournalSegment): void;
  /** Memory for a page of so many bytes. */
  blockFor(length: number): Block;
  /** A page was read before anybody asked for it. */
  pageReadAhead(page: Page, block: Block): void;
  /** A page that was read back is damaged. Resolves when it is known what was in it: then its messages may be dropped. */
  pageDamaged(segment: JournalSegment, slot: number): Promise<void>;
}

/** One segment of the journal: which pages it holds, and how many of their messages are still needed. */
export class JournalSegment implements PageHome {
  readonly number: number;
  readonly epoch: number;
  readonly #owner: SegmentOwner;
  /** The pages that something refers to, by slot; the others are gone, or were never needed since the opening. */
  readonly pages: Map<number, Page> = new Map();
  /** Undefined once it was written beside the segment. */
  index: SegmentIndex | undefined;
  /** Where each page lies. */
  readonly places: { readonly offset: number; length: number }[] = [];
  usedBytes: number = SEGMENT_HEADER_BYTES;
  lastBatchNumber = 0;
  /** Nothing is appended any more. */
  sealed = false;
  sealedAtMs = 0;
  /** The commit from which on the journal can do without it: that of the next segment's checkpoint. */
  supersededBy: number = Number.POSITIVE_INFINITY;
  /** Bytes in its middle are not what was written: it is set aside, not removed, when nothing in it is needed. */
  damaged = false;
  /** What its checkpoint takes, header included. */
  checkpointBytes = 0;
  /** What is live was copied forward: whatever is left could not be, and is not tried again. */
  compacted = false;
  /** References to its messages when they were all there. */
  entries = 0;

  constructor(number: number, epoch: number, owner: SegmentOwner, index: SegmentIndex | undefined) {
    this.number = number;
    this.epoch = epoch;
    this.#owner = owner;
    this.index = index;
  }

  /** Notes a new page at the end; its length grows with what is appended. */
  addPage(page: Page): void {
    page.slot = this.places.length;
    this.places.push({ offset: this.usedBytes, length: 0 });
    this.pages.set(page.slot, page);
  }

  /** Nothing more is appended to the page. */
  closePage(page: Page): void {
    const place = this.places[page.slot] as { length: number };
    place.length = page.used;
    this.usedBytes += page.used;
  }

  freed(page: Page): void {
    this.pages.delete(page.slot);
    if (this.pages.size === 0) this.#owner.segmentEmptied(this);
  }

  /** Bytes of its pages that something still refers to, messages of a page taken for equally large. */
  get liveBytes(): number {
    if (this.entries === 0) return 0;
    let references = 0;
    for (const page of this.pages.values()) references += page.references;
    return Math.min(this.usedBytes, (this.usedBytes * references) / this.entries);
  }

  /** Reads the page, and, unless it is to be alone, in the same step those behind it that will be needed next. */
  async load(page: Page, alone = false): Promise<Block> {
    const last = alone ? page.slot : this.#readAheadOf(page.slot);
    const start = this.#placeOf(page.slot).offset;
    const bytes = await this.#owner.log.read(this.number, start, this.#endOf(last) - start);
    for (let slot = page.slot + 1; slot <= last; slot++) {
      const ahead = this.pages.get(slot);
      if (ahead === undefined || !isWanted(ahead)) continue;
      const block = this.#blockOf(slot, bytes, start);
      if (block !== undefined) this.#owner.pageReadAhead(ahead, block);
    }
    const block = this.#blockOf(page.slot, bytes, start);
    if (block === undefined) {
      if (!alone) await this.#owner.pageDamaged(this, page.slot);
      throw new Error(`damaged page ${page.slot} of segment ${this.number}`);
    }
    return block;
  }

  /** The last of the pages behind `slot` that are wanted, one behind the other, within one read. */
  #readAheadOf(slot: number): number {
    const start = this.#placeOf(slot).offset;
    let last = slot;
    for (let next = slot + 1; next < this.places.length; next++) {
      const page = this.pages.get(next);
      if (page === undefined || !isWanted(page) || this.#endOf(next) - start > READ_BYTES_MAX) break;
      last = next;
    }
    return last;
  }

  /** The page's bytes in memory of its own, if they are what was written. */
  #blockOf(slot: number, bytes: Uint8Array, start: number): Block | undefined {
    const { offset, length } = this.#placeOf(slot);
    const from = offset - start;
    const own = bytes.subarray(from, from + length);
    if (!isSound(own, length)) return undefined;
    const block = this.#owner.blockFor(length);
    block.bytes.set(own, block.base);
    return block;
  }

  #placeOf(slot: number): { readonly offset: number; readonly length: number } {
    return this.places[slot] as { offset: number; length: number };
  }

  #endOf(slot: number): number {
    const { offset, length } = this.#placeOf(slot);
    return offset + length;
  }

  header(): Uint8Array {
    return encodeHeader(this.number, this.epoch);
  }
}

/** Whether a page is only on disk, needed, and not being read already. */
function isWanted(page: Page): boolean {
  return page.block === undefined && !page.lost && page.waiters === undefined && page.references > 0;
}

/** Whether the bytes are whole batches with the right CRCs, one behind the other, to the end. */
function isSound(bytes: Uint8Array, length: number): boolean {
  if (bytes.length < length) return false;
  for (let at = 0; at < length; ) {
    const batch = readBatch(bytes, at);
    if (batch === undefined) return false;
    at += BATCH_HEADER_BYTES + batch.length;
  }
  return true;
}

function encodeHeader(number: number, epoch: number): Uint8Array {
  const bytes = Buffer.alloc(SEGMENT_HEADER_BYTES);
  bytes.write(MAGIC, 0, 'latin1');
  bytes.writeUInt32BE(FORMAT_VERSION, 8);
  bytes.writeUInt32BE(number, 12);
  bytes.writeBigUInt64BE(BigInt(epoch), 16);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 24)), 24);
  return bytes;
}

export interface SegmentHeader {
  readonly version: number;
  readonly number: number;
  readonly epoch: number;
}

/** Undefined when the bytes do not begin with a segment's header. */
export function decodeHeader(raw: Uint8Array): SegmentHeader | undefined {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  if (bytes.length < SEGMENT_HEADER_BYTES || bytes.toString('latin1', 0, 8) !== MAGIC) return undefined;
  if (readU32(bytes, 24) !== crc32(bytes.subarray(0, 24))) return undefined;
  return { version: readU32(bytes, 8), number: readU32(bytes, 12), epoch: Number(bytes.readBigUInt64BE(16)) };
}
