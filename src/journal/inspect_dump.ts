import { readProperties } from '../codec/properties.ts';
import { bytesToText, type PlainTable, type PlainValue, toPlain } from '../codec/table.ts';
import { propertiesEnd, propertiesStart, routeEnd } from '../core/store/record.ts';
import { eachKey } from './deduplication.ts';
import type { InspectedJournal } from './inspect.ts';
import { shownName } from './inspect_name.ts';
import { scanSegment } from './inspect_segment.ts';
import { readSegment } from './read_segment.ts';
import type { JournalRecord } from './record.ts';
import type { Rescheduled } from './reschedules.ts';
import { acquiredOf, countedOf, type Returns } from './returns.ts';
import { type BatchId, type ScannedBatch, visitRecords } from './scan.ts';
import { decodeHeader } from './segment.ts';

/** One thing in a journal, in the order in which they lie there. */
export type DumpedItem =
  | { readonly type: 'segment'; readonly segment: number; readonly epoch: number | undefined; readonly bytes: number }
  | {
      readonly type: 'batch';
      readonly number: number;
      readonly at: number;
      readonly joined: boolean;
      readonly lag: number;
    }
  | { readonly type: 'gap'; readonly at: number; readonly until: number | undefined; readonly damage: boolean }
  | DumpedMessage
  | { readonly type: 'record'; readonly record: PlainTable };

export interface DumpedMessage {
  readonly type: 'message';
  readonly places: readonly { readonly queue: string; readonly sequence: number }[];
  readonly exchange: string;
  readonly routingKey: string;
  readonly bodyBytes: number;
  readonly properties: PlainTable;
  readonly receivedAt: string;
}

/** Everything in the journal, as far as it is sound. A queue is named once its declaration was read, by its id before. */
export async function* dumpJournal({ files }: InspectedJournal): AsyncGenerator<DumpedItem> {
  const names = new Map<number, string>();
  let before: BatchId | undefined;
  for (const segment of files.segments) {
    const bytes = await readSegment(files, segment);
    const header = decodeHeader(bytes);
    yield { type: 'segment', segment, epoch: header?.epoch, bytes: bytes.length };
    if (header === undefined) continue;
    const scan = scanSegment(bytes, header, before);
    const gaps = [...scan.gaps];
    for (const batch of scan.batches) {
      for (let gap = gaps[0]; gap !== undefined && gap.at <= batch.start; gap = gaps[0]) {
        gaps.shift();
        yield { type: 'gap', at: gap.at, until: gap.until, damage: gap.synced };
      }
      const { number, joined, lag } = batch.header;
      yield { type: 'batch', number, at: batch.start, joined, lag };
      yield* batchItems(bytes, batch, names);
    }
    before = scan.batches.at(-1)?.header ?? before;
  }
}

function batchItems(bytes: Uint8Array, batch: ScannedBatch, names: Map<number, string>): DumpedItem[] {
  const items: DumpedItem[] = [];
  /** Of the message that was visited last: one is visited once for each of its queues. */
  let last = -1;
  let places: { queue: string; sequence: number }[] = [];
  visitRecords(bytes, batch, {
    message: (content, bodyBytes, queue, sequence, receivedAtMs) => {
      if (content !== last) {
        places = [];
        items.push(dumpMessage(bytes, content, bodyBytes, places, receivedAtMs));
      }
      last = content;
      places.push({ queue: nameOf(queue, names), sequence });
    },
    other: (record) => {
      if (record.type === 'queue declared') {
        names.set(record.queue, shownName(record));
      }
      items.push({ type: 'record', record: plainRecord(record, names) });
    },
  });
  return items;
}

function dumpMessage(
  bytes: Uint8Array,
  content: number,
  bodyBytes: number,
  places: DumpedMessage['places'],
  receivedAtMs: number,
): DumpedMessage {
  const routingKey = content + 1 + (bytes[content] as number);
  const frame = routeEnd(bytes, content);
  return {
    type: 'message',
    places,
    exchange: bytesToText(bytes.subarray(content + 1, routingKey)),
    routingKey: bytesToText(bytes.subarray(routingKey + 1, frame)),
    bodyBytes,
    properties: plainProperties(bytes, propertiesStart(frame), propertiesEnd(bytes, frame)),
    receivedAt: new Date(receivedAtMs).toISOString(),
  };
}

function plainProperties(bytes: Uint8Array, start: number, end: number): PlainTable {
  const { headers, ...rest } = readProperties(bytes, start, end);
  const properties: Record<string, PlainValue> = {};
  for (const [name, value] of Object.entries(rest)) if (value !== undefined) properties[name] = value;
  if (headers !== undefined) properties['headers'] = toPlain(headers);
  return properties;
}

function plainRecord(record: JournalRecord, names: ReadonlyMap<number, string>): PlainTable {
  const plain: Record<string, PlainValue> = {};
  for (const [name, value] of Object.entries(record)) {
    if (name === 'queue') plain[name] = value === 0 ? '' : nameOf(value, names);
    else if (name === 'arguments') plain[name] = toPlain(value);
    else if (name === 'returns') plain[name] = plainReturns(value);
    else if (name === 'messages') plain[name] = (value as readonly Rescheduled[]).map(plainReschedule);
    else if (name === 'keys') plain[name] = plainKeys(value);
    else plain[name] = value;
  }
  return plain;
}

/** Of each message its sequence, how often it came back as far as that counts, and how often at all. */
function plainReturns(returns: ReadonlyMap<number, Returns>): PlainValue {
  return Array.from(returns, ([sequence, each]) => [sequence, countedOf(each), acquiredOf(each)]);
}

function plainReschedule({ sequence, readyAtMs, expiresAtMs }: Rescheduled): PlainTable {
  const expires = expiresAtMs === 0 ? {} : { expiresAt: new Date(expiresAtMs).toISOString() };
  return { sequence, readyAt: new Date(readyAtMs).toISOString(), ...expires };
}

/** Of each key its bytes in hexadecimal and, if there is one, the time at which it is forgotten. */
function plainKeys(keys: Uint8Array): PlainValue {
  const plain: PlainValue[] = [];
  eachKey(keys, (key, expiresAtMs) => {
    const text = Buffer.from(key).toString('hex');
    plain.push(Number.isFinite(expiresAtMs) ? [text, new Date(expiresAtMs).toISOString()] : [text]);
  });
  return plain;
}

function nameOf(queue: number, names: ReadonlyMap<number, string>): string {
  return names.get(queue) ?? `#${queue}`;
}
