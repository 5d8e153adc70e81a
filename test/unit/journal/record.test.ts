import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WireReader } from '../../../src/codec/wire_reader.ts';
import { WireWriter } from '../../../src/codec/wire_writer.ts';
import { type JournalRecord, RECORD_HEADER_BYTES, readFields, writeRecord } from '../../../src/journal/record.ts';
import { fieldTable as table } from '../../protocol/arbitraries.ts';

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const sequence = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const name = fc.string({ unit: 'grapheme', maxLength: 60 });
const ranges = fc.array(fc.record({ first: sequence, count: u32 }), { maxLength: 20 });
const binding = {
  source: name,
  destinationKind: fc.constantFrom('queue' as const, 'exchange' as const),
  destination: name,
  routingKey: name,
  arguments: table,
};

type Policies = 'policy set' | 'policy deleted';

/** By type, so that none is forgotten; those of policies have a test of their own. */
const RECORDS: {
  readonly [Type in Exclude<JournalRecord['type'], Policies>]: fc.Arbitrary<
    Omit<JournalRecord & { type: Type }, 'type'>
  >;
} = {
  settled: fc.record({ queue: u32, ranges }),
  delivered: fc.record({ queue: u32, ranges }),
  returned: fc.record({
    queue: u32,
    returns: fc.array(fc.tuple(sequence, u32)).map((entries) => new Map(entries)),
  }),
  rescheduled: fc.record({
    queue: u32,
    messages: fc.array(fc.record({ sequence, readyAtMs: sequence, expiresAtMs: sequence })),
  }),
  'queue declared': fc.record({
    queue: u32,
    autoDelete: fc.boolean(),
    forwards: fc.boolean(),
    name,
    arguments: table,
  }),
  'queue deleted': fc.record({ queue: u32 }),
  'queue paused': fc.record({ queue: u32, paused: fc.boolean() }),
  'exchange declared': fc.record({
    autoDelete: fc.boolean(),
    internal: fc.boolean(),
    name,
    exchangeType: name,
    arguments: table,
  }),
  'exchange deleted': fc.record({ name }),
  bound: fc.record(binding),
  unbound: fc.record(binding),
  'checkpoint begins': fc.record({ segment: u32, nextQueueId: u32 }),
  'queue state': fc.record({ queue: u32, nextSequence: sequence, settledBelow: sequence, deliveredBelow: sequence }),
  'checkpoint ends': fc.constant({}),
  deduplicated: fc.record({ queue: u32, exchange: name, keys: fc.uint8Array({ maxLength: 100 }) }),
};

function throughBytes(record: JournalRecord): JournalRecord {
  const writer = new WireWriter(16);
  writer.u8(0xaa);
  writeRecord(writer, record);
  const { bytes, offset } = writer;
  expect(bytes.readUInt32BE(1)).toBe(offset - 1);
  const reader = new WireReader(bytes, 1 + RECORD_HEADER_BYTES, offset);
  const read = readFields(bytes[RECORD_HEADER_BYTES] as number, reader);
  expect(reader.offset).toBe(offset);
  return read;
}

test.each(Object.entries(RECORDS))('a record is read as it was written: %s', (type, fields) => {
  fc.assert(
    fc.property(fields as fc.Arbitrary<object>, (values) => {
      const record = { type, ...values } as JournalRecord;
      expect(throughBytes(record)).toEqual(record);
    }),
  );
});

test('a record of an unknown type is not guessed at', () => {
  expect(() => readFields(200, new WireReader(new Uint8Array(20), 0, 20))).toThrow(/unknown type 200/);
});
