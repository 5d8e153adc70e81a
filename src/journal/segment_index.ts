import { crc32 } from 'node:zlib';

/**
 * What a sealed segment holds, as numbers (docs/journal-format.md, *Index of a sealed segment*): gathered while the
 * segment is written, kept beside it, and read at the next opening in place of the segment.
 *
 *     0 "LVINDEX1"  8 segment  12 CRC-32  16 epoch  24 batch number  32 pages p  36 entries e  40 used bytes
 *     48  p × (offset:4 length:4)
 *         e × (page:2 priority:1 zero:1 content offset:4 body length:4 queue:4 sequence low:4)
 *         e × sequence high:2
 *         e × expires at:6, if the number of pages has its highest bit set
 *         e × ready at:6, if it has its second highest bit set
 */
const MAGIC = 'LVINDEX1';
const HEADER_BYTES = 48;
const PAGE_ENTRY_BYTES = 8;
const ENTRY_BYTES = 20;
const TIME_BYTES = 6;
/** Set in the number of pages where there are times of that kind. */
const EXPIRES = 0x8000_0000;
const WAITS = 0x4000_0000;
const FIRST_ENTRIES = 1024;

/** The priority of a message that says none, until its queue says what that means. */
export const NO_PRIORITY = 256;

export interface IndexedPage {
  readonly offset: number;
  readonly length: number;
}

export interface IndexSummary {
  readonly segment: number;
  readonly epoch: number;
  /** Of the last batch. */
  readonly batchNumber: number;
  readonly usedBytes: number;
}

/** The entries of one segment. `get` answers one field of entry `i`. */
export class SegmentIndex {
  readonly pages: IndexedPage[] = [];
  length = 0;
  #pageNumbers = new Uint16Array(FIRST_ENTRIES);
  #offsets = new Uint32Array(FIRST_ENTRIES);
  #bodyBytes = new Uint32Array(FIRST_ENTRIES);
  #queues = new Uint32Array(FIRST_ENTRIES);
  #sequences = new Float64Array(FIRST_ENTRIES);
  #priorities = new Uint16Array(FIRST_ENTRIES);
  /** Only where some entry expires. */
  #expiries: Float64Array | undefined;
  /** Only where it is kept for some entry. */
  #readyAt: Float64Array | undefined;
  #receivedAt: Float64Array | undefined;

  /**
   * A message's place in one queue: `offset` is that of its content in page `page` of the segment, `expiresAtMs` 0 where it
   * does not expire, `readyAtMs` 0 where that is not kept.
   */
  add(
    page: number,
    offset: number,
    bodyBytes: number,
    queue: number,
    sequence: number,
    priority = 0,
    expiresAtMs = 0,
    readyAtMs = 0,
    receivedAtMs = 0,
  ): void {
    const index = this.length++;
    if (index === this.#offsets.length) this.#grow();
    this.#pageNumbers[index] = page;
    this.#offsets[index] = offset;
    this.#bodyBytes[index] = bodyBytes;
    this.#queues[index] = queue;
    this.#sequences[index] = sequence;
    this.#priorities[index] = priority;
    if (expiresAtMs !== 0) this.#expiries ??= new Float64Array(this.#offsets.length);
    if (this.#expiries !== undefined) this.#expiries[index] = expiresAtMs;
    if (readyAtMs !== 0) this.#readyAt ??= new Float64Array(this.#offsets.length);
    if (this.#readyAt !== undefined) this.#readyAt[index] = readyAtMs;
    if (receivedAtMs !== 0) this.#receivedAt ??= new Float64Array(this.#offsets.length);
    if (this.#receivedAt !== undefined) this.#receivedAt[index] = receivedAtMs;
  }

  pageOf(index: number): number {
    return this.#pageNumbers[index] as number;
  }

  offsetOf(index: number): number {
    return this.#offsets[index] as number;
  }

  bodyBytesOf(index: number): number {
    return this.#bodyBytes[index] as number;
  }

  queueOf(index: number): number {
    return this.#queues[index] as number;
  }

  sequenceOf(index: number): number {
    return this.#sequences[index] as number;
  }

  priorityOf(index: number): number {
    return this.#priorities[index] as number;
  }

  /** 0 for never. */
  expiresAtMsOf(index: number): number {
    return this.#expiries?.[index] ?? 0;
  }

  /** 0 where it is not kept. Where the segment was read, what the message asks for. */
  readyAtMsOf(index: number): number {
    return this.#readyAt?.[index] ?? 0;
  }

  /** When the message was taken in, where the segment was read for it; 0 in an index read back, which has the expiry. */
  receivedAtMsOf(index: number): number {
    return this.#receivedAt?.[index] ?? 0;
  }

  setPriority(index: number, priority: number): void {
    this.#priorities[index] = priority;
  }

  setExpiresAtMs(index: number, expiresAtMs: number): void {
    if (expiresAtMs === 0 && this.#expiries === undefined) return;
    this.#expiries ??= new Float64Array(this.#offsets.length);
    this.#expiries[index] = expiresAtMs;
  }

  setReadyAtMs(index: number, readyAtMs: number): void {
    if (readyAtMs === 0 && this.#readyAt === undefined) return;
    this.#readyAt ??= new Float64Array(this.#offsets.length);
    this.#readyAt[index] = readyAtMs;
  }

  encode(summary: IndexSummary): Buffer {
    const entriesAt = HEADER_BYTES + this.pages.length * PAGE_ENTRY_BYTES;
    const highAt = entriesAt + this.length * ENTRY_BYTES;
    const expiresAt = highAt + this.length * 2;
    const expires = this.#expiries !== undefined;
    const waits = this.#readyAt !== undefined;
    const readyAt = expiresAt + (expires ? this.length * TIME_BYTES : 0);
    const bytes = Buffer.alloc(readyAt + (waits ? this.length * TIME_BYTES : 0));
    bytes.write(MAGIC, 0, 'latin1');
    bytes.writeUInt32BE(summary.segment, 8);
    bytes.writeBigUInt64BE(BigInt(summary.epoch), 16);
    bytes.writeBigUInt64BE(BigInt(summary.batchNumber), 24);
    bytes.writeUInt32BE(this.pages.length + (expires ? EXPIRES : 0) + (waits ? WAITS : 0), 32);
    bytes.writeUInt32BE(this.length, 36);
    bytes.writeBigUInt64BE(BigInt(summary.usedBytes), 40);
    for (const [i, { offset, length }] of this.pages.entries()) {
      bytes.writeUInt32BE(offset, HEADER_BYTES + i * PAGE_ENTRY_BYTES);
      bytes.writeUInt32BE(length, HEADER_BYTES + i * PAGE_ENTRY_BYTES + 4);
    }
    for (let i = 0; i < this.length; i++) {
      const at = entriesAt + i * ENTRY_BYTES;
      bytes.writeUInt16BE(this.pageOf(i), at);
      bytes[at + 2] = this.priorityOf(i);
      bytes.writeUInt32BE(this.offsetOf(i), at + 4);
      bytes.writeUInt32BE(this.bodyBytesOf(i), at + 8);
      bytes.writeUInt32BE(this.queueOf(i), at + 12);
      bytes.writeUInt32BE(this.sequenceOf(i) % 0x1_0000_0000, at + 16);
      bytes.writeUInt16BE(Math.floor(this.sequenceOf(i) / 0x1_0000_0000), highAt + i * 2);
      if (expires) bytes.writeUIntBE(this.expiresAtMsOf(i), expiresAt + i * TIME_BYTES, TIME_BYTES);
      if (waits) bytes.writeUIntBE(this.readyAtMsOf(i), readyAt + i * TIME_BYTES, TIME_BYTES);
    }
    bytes.writeUInt32BE(crc32(bytes.subarray(16)), 12);
    return bytes;
  }

  /** Undefined when the bytes are not the whole index of `segment`. */
  static decode(raw: Uint8Array, segment: number): { index: SegmentIndex; summary: IndexSummary } | undefined {
    const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
    if (bytes.length < HEADER_BYTES || bytes.toString('latin1', 0, 8) !== MAGIC) return undefined;
    if (bytes.readUInt32BE(8) !== segment || bytes.readUInt32BE(12) !== crc32(bytes.subarray(16))) return undefined;
    const pages = bytes.readUInt32BE(32) % WAITS;
    const expires = (bytes.readUInt32BE(32) & EXPIRES) !== 0;
    const waits = (bytes.readUInt32BE(32) & WAITS) !== 0;
    const entries = bytes.readUInt32BE(36);
    const entriesAt = HEADER_BYTES + pages * PAGE_ENTRY_BYTES;
    const highAt = entriesAt + entries * ENTRY_BYTES;
    const expiresAt = highAt + entries * 2;
    const readyAt = expiresAt + (expires ? entries * TIME_BYTES : 0);
    if (bytes.length !== readyAt + (waits ? entries * TIME_BYTES : 0)) return undefined;
    const index = new SegmentIndex();
    for (let i = 0; i < pages; i++) {
      const at = HEADER_BYTES + i * PAGE_ENTRY_BYTES;
      index.pages.push({ offset: bytes.readUInt32BE(at), length: bytes.readUInt32BE(at + 4) });
    }
    index.#reserve(entries);
    if (expires) index.#expiries = new Float64Array(index.#offsets.length);
    if (waits) index.#readyAt = new Float64Array(index.#offsets.length);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let i = 0; i < entries; i++) {
      const at = entriesAt + i * ENTRY_BYTES;
      index.#pageNumbers[i] = view.getUint16(at);
      index.#offsets[i] = view.getUint32(at + 4);
      index.#bodyBytes[i] = view.getUint32(at + 8);
      index.#queues[i] = view.getUint32(at + 12);
      index.#sequences[i] = view.getUint16(highAt + i * 2) * 0x1_0000_0000 + view.getUint32(at + 16);
      index.#priorities[i] = view.getUint8(at + 2);
      if (index.#expiries !== undefined) {
        index.#expiries[i] = bytes.readUIntBE(expiresAt + i * TIME_BYTES, TIME_BYTES);
      }
      if (index.#readyAt !== undefined) index.#readyAt[i] = bytes.readUIntBE(readyAt + i * TIME_BYTES, TIME_BYTES);
    }
    index.length = entries;
    const summary = {
      segment,
      epoch: Number(bytes.readBigUInt64BE(16)),
      batchNumber: Number(bytes.readBigUInt64BE(24)),
      usedBytes: Number(bytes.readBigUInt64BE(40)),
    };
    return { index, summary };
  }

  #grow(): void {
    this.#reserve(this.#offsets.length * 2);
  }

  #reserve(entries: number): void {
    if (entries <= this.#offsets.length) return;
    this.#pageNumbers = copied(new Uint16Array(entries), this.#pageNumbers);
    this.#offsets = copied(new Uint32Array(entries), this.#offsets);
    this.#bodyBytes = copied(new Uint32Array(entries), this.#bodyBytes);
    this.#queues = copied(new Uint32Array(entries), this.#queues);
    this.#sequences = copied(new Float64Array(entries), this.#sequences);
    this.#priorities = copied(new Uint16Array(entries), this.#priorities);
    if (this.#expiries !== undefined) this.#expiries = copied(new Float64Array(entries), this.#expiries);
    if (this.#readyAt !== undefined) this.#readyAt = copied(new Float64Array(entries), this.#readyAt);
    if (this.#receivedAt !== undefined) this.#receivedAt = copied(new Float64Array(entries), this.#receivedAt);
  }
}

function copied<Numbers extends Uint16Array | Uint32Array | Float64Array>(target: Numbers, source: Numbers): Numbers {
  target.set(source);
  return target;
}
