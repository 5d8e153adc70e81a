import { WireReader } from '../codec/wire_reader.ts';
import { contentEnd, readU16, readU32, routeEnd } from '../core/store/record.ts';
import { BATCH_HEADER_BYTES, type BatchHeader, peekBatch, readBatch } from './batch.ts';
import { SEGMENT_HEADER_BYTES } from './log.ts';
import { CHECKPOINT_BEGINS, type JournalRecord, MESSAGE, RECORD_HEADER_BYTES, readFields } from './record.ts';

/** Which batch was read last: the next one is known by it. */
export interface BatchId {
  readonly epoch: number;
  readonly number: number;
}

export interface ScannedBatch {
  /** Where it begins and ends in the segment. */
  readonly start: number;
  readonly end: number;
  readonly header: BatchHeader;
}

/** A batch follows another when it is the next of its epoch, or opens a higher one. Undefined: there was none before. */
export function follows(header: BatchId, before: BatchId | undefined): boolean {
  if (before === undefined) return true;
  if (header.epoch > before.epoch) return header.number === 1;
  return header.epoch === before.epoch && header.number === before.number + 1;
}

/** The batches from `at` on, each following the one before; ends at the first bytes that are not such a batch. */
export function* batchesFrom(
  bytes: Uint8Array,
  at: number,
  before: BatchId | undefined,
): Generator<ScannedBatch, void, undefined> {
  let last = before;
  let start = at;
  for (;;) {
    const header = readBatch(bytes, start);
    if (header === undefined || !follows(header, last)) return;
    const end = start + BATCH_HEADER_BYTES + header.length;
    yield { start, end, header };
    last = header;
    start = end;
  }
}

/**
 * The first batch of segment `number`, if it is there: it begins a checkpoint that names the segment. What an earlier segment
 * has left in the file may be a sound batch too, but names another.
 */
export function firstBatch(bytes: Uint8Array, number: number): ScannedBatch | undefined {
  const start = SEGMENT_HEADER_BYTES;
  const header = readBatch(bytes, start);
  if (header === undefined) return undefined;
  const record = start + BATCH_HEADER_BYTES;
  if (bytes[record + 4] !== CHECKPOINT_BEGINS || readU32(bytes, record + RECORD_HEADER_BYTES) !== number)
    return undefined;
  return { start, end: record + header.length, header };
}

/**
 * The first whole batch from `at` on that is later than `last`: the log does not end at `at`. Of the same epoch, unless later
 * ones are asked for too.
 */
export function laterBatch(bytes: Uint8Array, at: number, last: BatchId, anyEpoch = false): ScannedBatch | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (
    let start = buffer.indexOf('LVBT', at, 'latin1');
    start !== -1;
    start = buffer.indexOf('LVBT', start + 1, 'latin1')
  ) {
    // Stale batches are told by their header alone, before their bytes are summed.
    const claimed = peekBatch(bytes, start);
    if (claimed === undefined || !isLater(claimed, last, anyEpoch)) continue;
    const header = readBatch(bytes, start);
    if (header !== undefined) {
      return { start, end: start + BATCH_HEADER_BYTES + header.length, header };
    }
  }
  return undefined;
}

function isLater(batch: BatchId, last: BatchId, anyEpoch: boolean): boolean {
  return batch.epoch === last.epoch ? batch.number > last.number : anyEpoch && batch.epoch > last.epoch;
}

/** What a batch holds, told record by record; offsets are in `bytes`. */
export interface RecordVisitor {
  /** One call for each queue of a message; `content` is where its content begins. */
  message(content: number, bodyBytes: number, queue: number, sequence: number, receivedAtMs: number): void;
  other(record: JournalRecord): void;
}

export function visitRecords(bytes: Uint8Array, batch: ScannedBatch, visitor: RecordVisitor): void {
  for (let at = batch.start + BATCH_HEADER_BYTES; at < batch.end; ) {
    const length = readU32(bytes, at);
    const type = bytes[at + 4] as number;
    if (type === MESSAGE) visitMessage(bytes, at, at + length, visitor);
    else visitor.other(readFields(type, new WireReader(bytes, at + RECORD_HEADER_BYTES, at + length)));
    at += length;
  }
}

function visitMessage(bytes: Uint8Array, at: number, end: number, visitor: RecordVisitor): void {
  const receivedAtMs = readU48(bytes, at + 5);
  const queues = readU16(bytes, at + 11);
  const content = at + 13 + queues * 10;
  const bodyBytes = bodyBytesOf(bytes, content, end);
  for (let i = 0; i < queues; i++) {
    const place = at + 13 + i * 10;
    visitor.message(content, bodyBytes, readU32(bytes, place), readU48(bytes, place + 4), receivedAtMs);
  }
}

/** From the content header's body size; `start` is where the message's content begins. */
function bodyBytesOf(bytes: Uint8Array, start: number, end: number): number {
  const header = routeEnd(bytes, start) + 1;
  const bodyBytes = readU32(bytes, header + 15);
  return contentEnd(bytes, header - 1, bodyBytes) === end ? bodyBytes : 0;
}

function readU48(bytes: Uint8Array, at: number): number {
  return readU16(bytes, at) * 0x1_0000_0000 + readU32(bytes, at + 2);
}
