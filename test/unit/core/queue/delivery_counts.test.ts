import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BasicProperties } from '../../../../src/codec/properties.ts';
import { type FieldValue, fromPlain } from '../../../../src/codec/table.ts';
import { withDeliveryCounts } from '../../../../src/core/queue/delivery_counts.ts';
import type { Queue } from '../../../../src/core/queue/queue.ts';
import { rewriteRecord } from '../../../../src/core/store/rewrite.ts';
import { messageBytes } from '../../../support/message_bytes.ts';

/** A queue whose every message was given out, and failed, so often. */
function queueOf(acquired: number, failed: number): Queue {
  const rules = { tellsReturns: true, acquiredCount: () => acquired };
  return { rules, returnsOf: () => failed } as unknown as Queue;
}

const text = fc.string({ unit: 'binary', maxLength: 60 });
const PROPERTIES = fc.record(
  { contentType: text, contentEncoding: text, correlationId: text, messageId: text, timestamp: fc.nat(), type: text },
  { requiredKeys: [] },
);

/** As bytes, to be compared. */
function bytesOf(record: { bytes: Uint8Array; start: number; end: number } | undefined): Buffer {
  return Buffer.from(record!.bytes.subarray(record!.start, record!.end));
}

test('counts are headers of the message, which is otherwise the same', () => {
  fc.assert(
    fc.property(
      PROPERTIES,
      fc.option(fc.constant({ a: 1, 'x-delivery-count': 9 }), { nil: undefined }),
      fc.nat(100_000),
      fc.nat(70_000),
      fc.integer({ min: 0, max: 20_000 }),
      (properties, headers, more, failed, bodyBytes) => {
        const acquired = failed + more + 1;
        const message = { exchange: 'x', routingKey: 'to.q', persistent: true, headers: headers ?? {}, properties };
        const { bytes: whole } = messageBytes({ ...message, body: new Uint8Array(bodyBytes).fill(7) });
        const own = headers === undefined ? undefined : fromPlain(headers);
        const source = { bytes: whole, start: 0, bodyBytes };
        const { bytes: kept, end } = rewriteRecord(source, { properties: (all) => ({ ...all, headers: own }) });
        const bytes = new Uint8Array([1, 2, 3, ...kept.subarray(0, end), 4]);
        const counts = new Map<string, FieldValue>([['x-acquired-count', { tag: 'l', value: acquired }]]);
        if (failed > 0) counts.set('x-delivery-count', { tag: 'l', value: failed });
        const change = (before: BasicProperties): BasicProperties => ({
          ...before,
          headers: new Map([...(before.headers ?? fromPlain({})), ...counts]),
        });
        const expected = rewriteRecord({ bytes, start: 3, bodyBytes }, { properties: change });
        const counted = withDeliveryCounts(queueOf(acquired, failed), 1, bytes, 3, bodyBytes);
        expect(counted?.content).toBe(expected.content);
        expect(bytesOf(counted).equals(bytesOf(expected))).toBe(true);
      },
    ),
    { numRuns: 200 },
  );
});

test('a message that never came back is told nothing of', () => {
  const { bytes } = messageBytes({ exchange: '', routingKey: 'q', persistent: true, body: new Uint8Array(1) });
  expect(withDeliveryCounts(queueOf(0, 0), 1, bytes, 0, 1)).toBeUndefined();
});
