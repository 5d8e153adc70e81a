import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Entry } from '../../../../src/core/queue/entry.ts';
import { WaitingMessages } from '../../../../src/core/queue/waiting.ts';

function entry(sequence: number, readyAtMs: number): Entry {
  const expiresAtMs = sequence % 3 === 0 ? readyAtMs + 1 : 0;
  return {
    position: sequence * 1000,
    sequence,
    bodyBytes: sequence % 7,
    flags: sequence % 4,
    priority: 1,
    expiresAtMs,
    readyAtMs,
  };
}

function inOrder(model: readonly Entry[]): Entry[] {
  return [...model].sort((a, b) => a.readyAtMs - b.readyAtMs || a.sequence - b.sequence);
}

const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('push' as const), at: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('shift' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), which: fc.array(fc.nat(60)) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('first' as const), skip: fc.nat(5), count: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('relocate' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('hasten' as const), at: fc.nat(20), flags: fc.nat(3) }) },
);

test('what is due first comes first, of the same time what came first, however all mixes', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (plan) => {
      const waiting = new WaitingMessages();
      let model: Entry[] = [];
      let sequence = 0;
      for (const one of plan) {
        if (one.kind === 'push') {
          const pushed = entry(++sequence, 1 + one.at);
          waiting.push(pushed);
          model.push(pushed);
        } else if (one.kind === 'shift') {
          const [first] = inOrder(model);
          expect(waiting.shift()).toEqual(first);
          model = model.filter((other) => other !== first);
        } else if (one.kind === 'remove') {
          const wanted = new Set(one.which);
          const gone = model.filter((other) => wanted.has(other.sequence));
          expect(inOrder(waiting.remove(wanted))).toEqual(inOrder(gone));
          model = model.filter((other) => !wanted.has(other.sequence));
        } else if (one.kind === 'first') {
          expect(waiting.first(one.skip, one.count)).toEqual(inOrder(model).slice(one.skip, one.skip + one.count));
        } else if (one.kind === 'hasten') {
          waiting.hasten(one.at, (flags) => flags === one.flags);
          model = model.map((other) =>
            other.flags === one.flags ? { ...other, readyAtMs: Math.min(other.readyAtMs, one.at) } : other,
          );
        } else {
          waiting.relocate((position) => (position % 2000 === 0 ? position + 1 : undefined));
          model = model.map((other) =>
            other.position % 2000 === 0 ? { ...other, position: other.position + 1 } : other,
          );
        }
        expect(waiting.length).toBe(model.length);
        expect(waiting.bytes).toBe(model.reduce((sum, { bodyBytes }) => sum + bodyBytes, 0));
        expect(waiting.peek()).toEqual(inOrder(model)[0]);
        expect(waiting.nextReadyAtMs).toBe(inOrder(model)[0]?.readyAtMs ?? Number.POSITIVE_INFINITY);
      }
    }),
  );
});

test('ten thousand go over chunks and come out in order, and each once', () => {
  const waiting = new WaitingMessages();
  const entries = Array.from({ length: 10_000 }, (_, i) => entry(i + 1, 1 + ((i * 7919) % 10_000)));
  for (const one of entries) waiting.push(one);
  expect(waiting.first(0, 10_000)).toEqual(inOrder(entries));
  const out: Entry[] = [];
  for (let first = waiting.shift(); first !== undefined; first = waiting.shift()) out.push(first);
  expect(out).toEqual(inOrder(entries));
});

test('of very many the last can be looked at, and what is left when most are gone is the same', () => {
  const waiting = new WaitingMessages();
  const entries = Array.from({ length: 50_000 }, (_, i) => entry(i + 1, 1 + ((i * 7919) % 50_000)));
  for (const one of entries) waiting.push(one);
  const sorted = inOrder(entries);
  expect(waiting.first(49_000, 5_000)).toEqual(sorted.slice(49_000));
  const gone = new Set(sorted.slice(100, 49_000).map(({ sequence }) => sequence));
  expect(inOrder(waiting.remove(gone))).toEqual(sorted.slice(100, 49_000));
  const left = [...sorted.slice(0, 100), ...sorted.slice(49_000)];
  waiting.push(entry(60_000, 0));
  const out: Entry[] = [];
  for (let first = waiting.shift(); first !== undefined; first = waiting.shift()) out.push(first);
  expect(out).toEqual([entry(60_000, 0), ...left]);
  expect(waiting.bytes).toBe(0);
});

test('visits every message, and none once it is cleared', () => {
  const waiting = new WaitingMessages();
  for (let i = 1; i <= 5; i++) waiting.push(entry(i, 10 - i));
  const visit = (): number[] => {
    const seen: number[] = [];
    waiting.each((_position, sequence) => seen.push(sequence));
    return seen.sort((a, b) => a - b);
  };
  expect(visit()).toEqual([1, 2, 3, 4, 5]);
  waiting.clear();
  expect([visit(), waiting.length, waiting.bytes, waiting.shift()]).toEqual([[], 0, 0, undefined]);
});
