import { readArguments } from '../codec/encoded_table.ts';
import { bytesToText, type FieldTable } from '../codec/table.ts';
import type { WireReader } from '../codec/wire_reader.ts';
import type { WireWriter } from '../codec/wire_writer.ts';
import type { Policy, PolicyKind } from '../core/policy/policy.ts';
import { AssertionError } from '../lib/assert.ts';
import { readPolicy, readPolicyKind, writePolicy, writePolicyKind } from './record_policy.ts';
import type { Rescheduled } from './reschedules.ts';
import type { Returns } from './returns.ts';

/**
 * The journal's records other than messages (docs/journal-format.md, *Records*): how they are written, and read back.
 *
 *     ┌────────────┬────────┬──────────────────┐
 *     │ length:4   │ type:1 │ fields, by type  │   length counts itself
 *     └────────────┴────────┴──────────────────┘
 */
export const MESSAGE = 1;
const SETTLED = 2;
const DELIVERED = 3;
const RETURNED = 4;
const QUEUE_DECLARED = 5;
const QUEUE_DELETED = 6;
const EXCHANGE_DECLARED = 7;
const EXCHANGE_DELETED = 8;
const BOUND = 9;
const UNBOUND = 10;
export const CHECKPOINT_BEGINS = 11;
const QUEUE_STATE = 12;
const CHECKPOINT_ENDS = 13;
const POLICY_SET = 14;
const POLICY_DELETED = 15;
const DEDUPLICATED = 16;
const RESCHEDULED = 17;
const QUEUE_PAUSED = 18;

/** Flags of a declared queue. */
const AUTO_DELETE = 1;
const FORWARDS = 2;

export const RECORD_HEADER_BYTES = 5;

/** Sequences `first` to `first + count - 1`. */
export interface Range {
  readonly first: number;
  readonly count: number;
}

export interface BindingFields {
  readonly source: string;
  readonly destinationKind: 'queue' | 'exchange';
  readonly destination: string;
  readonly routingKey: string;
  readonly arguments: FieldTable;
}

export type JournalRecord =
  | { readonly type: 'settled' | 'delivered'; readonly queue: number; readonly ranges: readonly Range[] }
  | { readonly type: 'returned'; readonly queue: number; readonly returns: ReadonlyMap<number, Returns> }
  | { readonly type: 'rescheduled'; readonly queue: number; readonly messages: readonly Rescheduled[] }
  | {
      readonly type: 'queue declared';
      readonly queue: number;
      readonly autoDelete: boolean;
      /** What the exchange of this name routes later is kept here: nobody sees it as a queue. */
      readonly forwards: boolean;
      readonly name: string;
      readonly arguments: FieldTable;
    }
  | { readonly type: 'queue deleted'; readonly queue: number }
  | { readonly type: 'queue paused'; readonly queue: number; readonly paused: boolean }
  | {
      readonly type: 'exchange declared';
      readonly autoDelete: boolean;
      readonly internal: boolean;
      readonly name: string;
      readonly exchangeType: string;
      readonly arguments: FieldTable;
    }
  | { readonly type: 'exchange deleted'; readonly name: string }
  | ({ readonly type: 'bound' | 'unbound' } & BindingFields)
  | { readonly type: 'checkpoint begins'; readonly segment: number; readonly nextQueueId: number }
  | {
      readonly type: 'queue state';
      readonly queue: number;
      readonly nextSequence: number;
      readonly settledBelow: number;
      readonly deliveredBelow: number;
    }
  | { readonly type: 'checkpoint ends' }
  | { readonly type: 'policy set'; readonly kind: PolicyKind; readonly policy: Policy }
  | { readonly type: 'policy deleted'; readonly kind: PolicyKind; readonly name: string }
  | {
      readonly type: 'deduplicated';
      /** 0 where an exchange deduplicates. */
      readonly queue: number;
      readonly exchange: string;
      /** Drawn in deduplication.ts. */
      readonly keys: Uint8Array;
    };

export function writeRecord(writer: WireWriter, record: JournalRecord): void {
  const start = writer.offset;
  writer.u32(0);
  writeFields(writer, record);
  const length = writer.offset - start;
  writer.bytes.writeUInt32BE(length, start);
}

function writeFields(writer: WireWriter, record: JournalRecord): void {
  switch (record.type) {
    case 'settled':
    case 'delivered':
      writer.u8(record.type === 'settled' ? SETTLED : DELIVERED);
      writer.u32(record.queue);
      writer.u32(record.ranges.length);
      for (const { first, count } of record.ranges) {
        writeU48(writer, first);
        writer.u32(count);
      }
      return;
    case 'returned':
      writer.u8(RETURNED);
      writer.u32(record.queue);
      writer.u32(record.returns.size);
      for (const [sequence, returns] of record.returns) {
        writeU48(writer, sequence);
        writer.u32(returns);
      }
      return;
    case 'rescheduled':
      writer.u8(RESCHEDULED);
      writer.u32(record.queue);
      writer.u32(record.messages.length);
      for (const { sequence, readyAtMs, expiresAtMs } of record.messages) {
        writeU48(writer, sequence);
        writeU48(writer, readyAtMs);
        writeU48(writer, expiresAtMs);
      }
      return;
    case 'queue declared':
      writer.u8(QUEUE_DECLARED);
      writer.u32(record.queue);
      writer.u8((record.autoDelete ? AUTO_DELETE : 0) | (record.forwards ? FORWARDS : 0));
      writer.shortstr(record.name);
      writer.table(record.arguments);
      return;
    case 'queue deleted':
      writer.u8(QUEUE_DELETED);
      writer.u32(record.queue);
      return;
    case 'queue paused':
      writer.u8(QUEUE_PAUSED);
      writer.u32(record.queue);
      writer.u8(record.paused ? 1 : 0);
      return;
    case 'exchange declared':
      writer.u8(EXCHANGE_DECLARED);
      writer.u8((record.autoDelete ? 1 : 0) | (record.internal ? 2 : 0));
      writer.shortstr(record.name);
      writer.shortstr(record.exchangeType);
      writer.table(record.arguments);
      return;
    case 'exchange deleted':
      writer.u8(EXCHANGE_DELETED);
      writer.shortstr(record.name);
      return;
    case 'bound':
    case 'unbound':
      writer.u8(record.type === 'bound' ? BOUND : UNBOUND);
      writer.shortstr(record.source);
      writer.u8(record.destinationKind === 'queue' ? 0 : 1);
      writer.shortstr(record.destination);
      writer.shortstr(record.routingKey);
      writer.table(record.arguments);
      return;
    case 'checkpoint begins':
      writer.u8(CHECKPOINT_BEGINS);
      writer.u32(record.segment);
      writer.u32(record.nextQueueId);
      return;
    case 'queue state':
      writer.u8(QUEUE_STATE);
      writer.u32(record.queue);
      writeU48(writer, record.nextSequence);
      writeU48(writer, record.settledBelow);
      writeU48(writer, record.deliveredBelow);
      return;
    case 'checkpoint ends':
      writer.u8(CHECKPOINT_ENDS);
      return;
    case 'policy set':
      writer.u8(POLICY_SET);
      writePolicy(writer, record.kind, record.policy);
      return;
    case 'policy deleted':
      writer.u8(POLICY_DELETED);
      writePolicyKind(writer, record.kind);
      writer.longstr(record.name);
      return;
    case 'deduplicated':
      writer.u8(DEDUPLICATED);
      writer.u32(record.queue);
      writer.shortstr(record.exchange);
      writer.longstr(record.keys);
  }
}

/**
 * Reads the fields of a record of `type`, which is not MESSAGE; the reader stands behind the type and ends with the
 * record. The bytes were checked by their batch's CRC, so what cannot be read was written by a newer Leveret, or wrongly.
 */
export function readFields(type: number, reader: WireReader): JournalRecord {
  switch (type) {
    case SETTLED:
    case DELIVERED:
      return { type: type === SETTLED ? 'settled' : 'delivered', queue: reader.u32(), ranges: readRanges(reader) };
    case RETURNED:
      return { type: 'returned', queue: reader.u32(), returns: readReturns(reader) };
    case QUEUE_DECLARED: {
      const queue = reader.u32();
      const flags = reader.u8();
      const kind = { autoDelete: (flags & AUTO_DELETE) !== 0, forwards: (flags & FORWARDS) !== 0 };
      return { type: 'queue declared', queue, ...kind, name: reader.shortstr(), arguments: readArguments(reader) };
    }
    case QUEUE_DELETED:
      return { type: 'queue deleted', queue: reader.u32() };
    case EXCHANGE_DECLARED: {
      const flags = reader.u8();
      const name = reader.shortstr();
      const exchangeType = reader.shortstr();
      const autoDelete = (flags & 1) !== 0;
      const internal = (flags & 2) !== 0;
      return { type: 'exchange declared', autoDelete, internal, name, exchangeType, arguments: readArguments(reader) };
    }
    case EXCHANGE_DELETED:
      return { type: 'exchange deleted', name: reader.shortstr() };
    case BOUND:
    case UNBOUND:
      return { type: type === BOUND ? 'bound' : 'unbound', ...readBinding(reader) };
    case CHECKPOINT_BEGINS:
      return { type: 'checkpoint begins', segment: reader.u32(), nextQueueId: reader.u32() };
    case QUEUE_STATE:
      return {
        type: 'queue state',
        queue: reader.u32(),
        nextSequence: readU48(reader),
        settledBelow: readU48(reader),
        deliveredBelow: readU48(reader),
      };
    case CHECKPOINT_ENDS:
      return { type: 'checkpoint ends' };
    case POLICY_SET:
      return { type: 'policy set', kind: readPolicyKind(reader), policy: readPolicy(reader) };
    case POLICY_DELETED:
      return { type: 'policy deleted', kind: readPolicyKind(reader), name: bytesToText(reader.longstr()) };
    case DEDUPLICATED:
      return { type: 'deduplicated', queue: reader.u32(), exchange: reader.shortstr(), keys: reader.longstr() };
    case QUEUE_PAUSED:
      return { type: 'queue paused', queue: reader.u32(), paused: reader.u8() === 1 };
    case RESCHEDULED:
      return { type: 'rescheduled', queue: reader.u32(), messages: readReschedules(reader) };
    default:
      throw new AssertionError(`journal record of unknown type ${type}`);
  }
}

function readBinding(reader: WireReader): BindingFields {
  const source = reader.shortstr();
  const destinationKind = reader.u8() === 0 ? 'queue' : 'exchange';
  const destination = reader.shortstr();
  return { source, destinationKind, destination, routingKey: reader.shortstr(), arguments: readArguments(reader) };
}

function readRanges(reader: WireReader): Range[] {
  const ranges: Range[] = [];
  for (let left = reader.u32(); left > 0; left--) ranges.push({ first: readU48(reader), count: reader.u32() });
  return ranges;
}

function readReturns(reader: WireReader): Map<number, Returns> {
  const returns = new Map<number, Returns>();
  for (let left = reader.u32(); left > 0; left--) returns.set(readU48(reader), reader.u32());
  return returns;
}

function readReschedules(reader: WireReader): Rescheduled[] {
  const messages: Rescheduled[] = [];
  for (let left = reader.u32(); left > 0; left--) {
    messages.push({ sequence: readU48(reader), readyAtMs: readU48(reader), expiresAtMs: readU48(reader) });
  }
  return messages;
}

function writeU48(writer: WireWriter, value: number): void {
  writer.u16(Math.floor(value / 0x1_0000_0000));
  writer.u32(value % 0x1_0000_0000);
}

function readU48(reader: WireReader): number {
  return reader.u16() * 0x1_0000_0000 + reader.u32();
}
