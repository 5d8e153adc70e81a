import { readBatch } from './batch.ts';
import type { FolderReader, InspectedJournal } from './inspect.ts';
import { type Gap, type SegmentScan, scanSegment } from './inspect_segment.ts';
import { SEGMENT_HEADER_BYTES } from './log.ts';
import { readSegment } from './read_segment.ts';
import { type BatchId, visitRecords } from './scan.ts';
import { decodeHeader, FORMAT_VERSION } from './segment.ts';
import { SegmentIndex } from './segment_index.ts';

/** What was found in one segment. A fault is what should not be there; a note is what a crash leaves behind. */
export interface VerifiedSegment {
  readonly segment: number;
  readonly fileBytes: number;
  readonly usedBytes: number;
  readonly batches: number;
  readonly messages: number;
  readonly index: 'sound' | 'missing' | 'wrong';
  readonly faults: readonly string[];
  readonly notes: readonly string[];
}

export interface VerifiedJournal {
  readonly vhost: string;
  readonly sound: boolean;
  readonly segments: readonly VerifiedSegment[];
  readonly notes: readonly string[];
}

/** Reads every byte of a journal: headers, batches with their checksums and order, records, and indexes. */
export async function verifyJournal({ vhost, files }: InspectedJournal): Promise<VerifiedJournal> {
  const segments: VerifiedSegment[] = [];
  const numbers = files.segments;
  let before: BatchId | undefined;
  for (const number of numbers) {
    const { verified, last } = await verifySegment(files, number, before, number === numbers.at(-1));
    segments.push(verified);
    before = last ?? before;
  }
  const notes = files.damaged.map((name) => `${name} was set aside: the broker does not read it.`);
  const orphans = files.indexes.filter((number) => !numbers.includes(number));
  notes.push(...orphans.map((number) => `There is an index of segment ${number}, and no segment.`));
  const sound = segments.every(({ faults }) => faults.length === 0);
  return { vhost, sound, segments, notes };
}

interface Verdict {
  readonly verified: VerifiedSegment;
  /** The last batch. */
  readonly last: BatchId | undefined;
}

async function verifySegment(
  files: FolderReader,
  segment: number,
  before: BatchId | undefined,
  newest: boolean,
): Promise<Verdict> {
  const bytes = await readSegment(files, segment);
  const faults: string[] = [];
  const notes: string[] = [];
  const verified = { segment, fileBytes: bytes.length, usedBytes: 0, batches: 0, messages: 0, faults, notes };
  const header = decodeHeader(bytes);
  if (header === undefined || header.version > FORMAT_VERSION || header.number !== segment) {
    if (header !== undefined && header.version > FORMAT_VERSION) {
      faults.push(`Its format is ${header.version}, and this Leveret knows formats up to ${FORMAT_VERSION}.`);
    } else if (newest && !continues(bytes, before)) {
      notes.push('It has no header of its own: it was being begun when the broker ended.');
    } else {
      faults.push('Its header is damaged.');
    }
    return { verified: { ...verified, index: 'missing' }, last: undefined };
  }
  const scan = scanSegment(bytes, header, before);
  for (const gap of scan.gaps) (gap.synced ? faults : notes).push(tellGap(gap));
  if (scan.torn) notes.push(`The last write, at byte ${scan.end}, was cut short.`);
  if (scan.batches.length === 0) notes.push('Nothing is written in it yet.');
  const { entries, messages } = readRecords(bytes, scan, faults);
  const index = await verifyIndex(files, segment, scan, entries, faults);
  const { end: usedBytes, batches } = scan;
  return {
    verified: { ...verified, usedBytes, batches: batches.length, messages, index },
    last: batches.at(-1)?.header,
  };
}

/** Whether the bytes begin, behind the header, with a batch that is later than `before`, and so not another segment's. */
function continues(bytes: Uint8Array, before: BatchId | undefined): boolean {
  const batch = readBatch(bytes, SEGMENT_HEADER_BYTES);
  if (batch === undefined || before === undefined) return batch !== undefined;
  return batch.epoch > before.epoch || (batch.epoch === before.epoch && batch.number > before.number);
}

function tellGap({ at, until, synced }: Gap): string {
  const where = until === undefined || until === at ? `at byte ${at}` : `from byte ${at} to ${until}`;
  return synced
    ? `It is damaged ${where}: what was synced there is not what was written.`
    : `Writes that were not synced are missing ${where}: nothing confirmed was among them.`;
}

/** A message's place in a queue: offset of its content, body length, queue, sequence. */
type Entry = readonly [number, number, number, number];

function readRecords(
  bytes: Uint8Array,
  { batches }: SegmentScan,
  faults: string[],
): { entries: Entry[]; messages: number } {
  const entries: Entry[] = [];
  const contents = new Set<number>();
  for (const batch of batches) {
    try {
      visitRecords(bytes, batch, {
        message: (content, bodyBytes, queue, sequence) => {
          entries.push([content, bodyBytes, queue, sequence]);
          contents.add(content);
        },
        other: () => {},
      });
    } catch (error) {
      faults.push(
        `Batch ${batch.header.number} at byte ${batch.start} is whole, and cannot be read: ${(error as Error).message}.`,
      );
    }
  }
  return { entries, messages: contents.size };
}

async function verifyIndex(
  files: FolderReader,
  segment: number,
  { batches, end, gaps }: SegmentScan,
  entries: readonly Entry[],
  faults: string[],
): Promise<VerifiedSegment['index']> {
  const raw = await files.readIndex(segment);
  if (raw === undefined) return 'missing';
  const decoded = SegmentIndex.decode(raw, segment);
  // The broker makes such an index again: a crash may leave a part of one.
  if (decoded === undefined) return 'wrong';
  // What is damaged in the segment cannot be compared.
  if (gaps.length > 0) return 'sound';
  const { index, summary } = decoded;
  const last = batches.at(-1)?.header;
  const summed = summary.usedBytes === end && summary.epoch === last?.epoch && summary.batchNumber === last?.number;
  if (summed && index.length === entries.length && entries.every((entry, i) => agrees(index, i, entry))) return 'sound';
  faults.push('Its index is whole, and says something else than the segment does.');
  return 'wrong';
}

function agrees(index: SegmentIndex, i: number, [content, bodyBytes, queue, sequence]: Entry): boolean {
  const page = index.pages[index.pageOf(i)];
  return (
    page !== undefined &&
    page.offset + index.offsetOf(i) === content &&
    index.bodyBytesOf(i) === bodyBytes &&
    index.queueOf(i) === queue &&
    index.sequenceOf(i) === sequence
  );
}
