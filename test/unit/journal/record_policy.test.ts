import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WireReader } from '../../../src/codec/wire_reader.ts';
import { WireWriter } from '../../../src/codec/wire_writer.ts';
import { APPLY_TO, type Policy, type PolicyKind } from '../../../src/core/policy/policy.ts';
import { type JournalRecord, RECORD_HEADER_BYTES, readFields, writeRecord } from '../../../src/journal/record.ts';
import { RecoveredState } from '../../../src/journal/recovered.ts';

/** Field tables are sorted by nobody: what comes back has the order that went in. */
function throughJournal(record: JournalRecord): JournalRecord {
  const writer = new WireWriter(64);
  writeRecord(writer, record);
  const { bytes, offset } = writer;
  expect(bytes.readUInt32BE(0)).toBe(offset);
  const reader = new WireReader(bytes, RECORD_HEADER_BYTES, offset);
  const read = readFields(bytes[RECORD_HEADER_BYTES - 1] as number, reader);
  expect(reader.offset).toBe(offset);
  return read;
}

const text = fc.string({ unit: 'grapheme', maxLength: 300 });
const policy: fc.Arbitrary<Policy> = fc.record({
  name: text,
  pattern: text,
  applyTo: fc.constantFrom(...APPLY_TO),
  priority: fc.oneof(
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)),
  ),
  definition: fc
    .uniqueArray(
      fc.tuple(fc.constantFrom('expires', 'max-length', 'overflow', 'message-ttl'), fc.oneof(text, fc.maxSafeNat())),
      {
        selector: ([key]) => key,
      },
    )
    .map((entries) => new Map(entries)),
});
const kind = fc.constantFrom<PolicyKind>('policy', 'operator policy');

test('a policy comes back from the journal as it was', () => {
  fc.assert(
    fc.property(kind, policy, (of, given) => {
      const set: JournalRecord = { type: 'policy set', kind: of, policy: given };
      expect(throughJournal(set)).toEqual(set);
      const deleted: JournalRecord = { type: 'policy deleted', kind: of, name: given.name };
      expect(throughJournal(deleted)).toEqual(deleted);
    }),
  );
});

test('of several records the last one counts, and a checkpoint begins anew', () => {
  const state = new RecoveredState();
  const made = (name: string, priority: number): Policy => ({
    name,
    pattern: '',
    applyTo: 'all',
    priority,
    definition: new Map(),
  });
  state.apply({ type: 'policy set', kind: 'policy', policy: made('a', 1) });
  state.apply({ type: 'policy set', kind: 'policy', policy: made('a', 2) });
  state.apply({ type: 'policy set', kind: 'operator policy', policy: made('a', 3) });
  state.apply({ type: 'policy set', kind: 'policy', policy: made('b', 4) });
  state.apply({ type: 'policy deleted', kind: 'policy', name: 'b' });
  expect([...state.policies.policy.values()]).toEqual([made('a', 2)]);
  expect([...state.policies['operator policy'].values()]).toEqual([made('a', 3)]);
  state.apply({ type: 'checkpoint begins', segment: 1, nextQueueId: 1 });
  expect(state.policies.policy.size + state.policies['operator policy'].size).toBe(0);
});
