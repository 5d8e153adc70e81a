import { EMPTY_TABLE } from '../../src/codec/table.ts';
import { WireWriter } from '../../src/codec/wire_writer.ts';
import { BATCH_HEADER_BYTES, type BatchHeader, sealBatch } from '../../src/journal/batch.ts';
import type { Place } from '../../src/journal/journal.ts';
import { type JournalRecord, MESSAGE, writeRecord } from '../../src/journal/record.ts';
import { JournalSegment, type SegmentOwner } from '../../src/journal/segment.ts';
import { messageBytes } from './message_bytes.ts';

/** Segments put together by hand, as no sane broker would have written them. */
export interface BatchParts extends Partial<Omit<BatchHeader, 'length'>> {
  readonly number: number;
  readonly records: readonly (JournalRecord | MessageRecord)[];
  /** Zeros stand in the place of the batch. */
  readonly lost?: boolean;
}

export interface MessageRecord {
  readonly type: 'message';
  readonly body: string;
  readonly places: readonly Pick<Place, 'queue' | 'sequence'>[];
}

export const EPOCH = 5;

export function segmentBytes(number: number, batches: readonly BatchParts[], epoch: number = EPOCH): Uint8Array {
  return Buffer.concat([headerBytes(number, epoch), ...batches.map((batch) => batchBytes({ epoch, ...batch }))]);
}

export function headerBytes(number: number, epoch: number = EPOCH): Uint8Array {
  return new JournalSegment(number, epoch, {} as SegmentOwner, undefined).header();
}

export function batchBytes({ records, lost, ...header }: BatchParts): Uint8Array {
  const writer = new WireWriter(256);
  for (let i = 0; i < BATCH_HEADER_BYTES; i++) writer.u8(0);
  for (const record of records) {
    if (record.type === 'message') writeMessage(writer, record);
    else writeRecord(writer, record);
  }
  const bytes = Uint8Array.from(writer.bytes.subarray(0, writer.offset));
  sealBatch(bytes, 0, bytes.length, { joined: false, continued: false, lag: 0, epoch: EPOCH, ...header });
  return lost === true ? bytes.fill(0) : bytes;
}

function writeMessage(writer: WireWriter, { body, places }: MessageRecord): void {
  const { bytes } = messageBytes({ exchange: '', routingKey: 'q', persistent: true, body: Buffer.from(body) });
  writer.u32(13 + 10 * places.length + bytes.length);
  writer.u8(MESSAGE);
  writer.u16(0);
  writer.u32(0);
  writer.u16(places.length);
  for (const { queue, sequence } of places) {
    writer.u32(queue);
    writer.u16(Math.floor(sequence / 2 ** 32));
    writer.u32(sequence % 2 ** 32);
  }
  writer.bytesRaw(bytes);
}

/** A message for one queue; its body says where it is. */
export function message(queue: number, sequence: number, body = `${queue}:${sequence}`): MessageRecord {
  return { type: 'message', body, places: [{ queue, sequence }] };
}

/** A whole checkpoint with these queues, by id; nothing is in them. */
export function checkpoint(segment: number, queues: Readonly<Record<number, string>> = {}): JournalRecord[] {
  const ids = Object.keys(queues).map(Number);
  return [
    { type: 'checkpoint begins', segment, nextQueueId: Math.max(0, ...ids) + 1 },
    ...ids.map((id) => queueDeclared(id, queues[id] as string)),
    { type: 'checkpoint ends' },
  ];
}

export function queueDeclared(queue: number, name: string): JournalRecord {
  return { type: 'queue declared', queue, name, autoDelete: false, forwards: false, arguments: EMPTY_TABLE };
}

export function settled(queue: number, first: number, count = 1): JournalRecord {
  return { type: 'settled', queue, ranges: [{ first, count }] };
}
