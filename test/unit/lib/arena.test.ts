import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  Arena,
  type Block,
  copyBytes,
  droppedArenaBytes,
  farBlock,
  PAGE_BYTES,
  reservedArenaBytes,
  SLOT_BYTES,
} from '../../../src/lib/arena.ts';

test('blocks of an arena do not overlap each other or the read region', () => {
  const arena = new Arena({ readBytes: 1000, slots: 3, pages: 2 });
  const blocks = [arena.takeSlot(), arena.takeSlot(), arena.takeSlot(), arena.takePage(), arena.takePage()];
  const ranges = [{ base: 0, capacity: 1000 }, ...blocks].sort((left, right) => left.base - right.base);
  for (const [index, { base, capacity }] of ranges.entries()) {
    const end = ranges[index + 1]?.base ?? arena.bytes.length;
    expect(base + capacity).toBeLessThanOrEqual(end);
  }
  for (const { bytes } of blocks) expect(bytes).toBe(arena.bytes);
});

test('used up, it gives blocks of their own, of the same size', () => {
  const arena = new Arena({ readBytes: 0, slots: 1, pages: 1 });
  arena.takeSlot();
  arena.takePage();
  const slot = arena.takeSlot();
  const page = arena.takePage();
  expect([slot.capacity, page.capacity]).toEqual([SLOT_BYTES, PAGE_BYTES]);
  expect([slot.bytes, page.bytes]).not.toContain(arena.bytes);
});

test('near blocks that come back are used before any other', () => {
  const arena = new Arena({ readBytes: 0, slots: 2, pages: 0 });
  const blocks = [1, 2, 3, 4].map(() => arena.takeSlot());
  for (const block of blocks) arena.giveSlot(block);
  const again = [arena.takeSlot(), arena.takeSlot()];
  expect(again.map(({ bytes }) => bytes)).toEqual([arena.bytes, arena.bytes]);
});

test('of the far blocks that come back a bounded number is kept for the next', () => {
  const arena = new Arena({ readBytes: 0, slots: 0, pages: 0 });
  const blocks = Array.from({ length: 300 }, () => arena.takeSlot());
  for (const block of blocks) arena.giveSlot(block);
  const before = new Set<Block>(blocks);
  const again = Array.from({ length: 300 }, () => arena.takeSlot()).filter((block) => before.has(block));
  expect(again.length).toBeGreaterThan(0);
  expect(again.length).toBeLessThan(100);
});

test('far pages do not overlap, and come back to be used again before more memory is taken', () => {
  const arena = new Arena({ readBytes: 0, slots: 0, pages: 1 });
  const reserved = reservedArenaBytes();
  const pages = Array.from({ length: 300 }, () => arena.takePage());
  const places = new Set(
    pages.map(({ bytes, base }) => `${[...new Set(pages.map((page) => page.bytes))].indexOf(bytes)} ${base}`),
  );
  expect(places.size).toBe(300);
  const memory = new Set(pages.map(({ bytes }) => bytes));
  const given = pages.filter((_, index) => index % 3 === 0);
  for (const page of given) arena.givePage(page);
  expect(given.map(() => arena.takePage()).every(({ bytes }) => memory.has(bytes))).toBe(true);
  for (const page of pages) arena.givePage(page);
  arena.dispose();
  expect(reservedArenaBytes()).toBe(reserved - PAGE_BYTES);
});

test('memory of far pages that are all back is let go of, but for one slab, and told', () => {
  const arena = new Arena({ readBytes: 0, slots: 0, pages: 0 });
  const before = droppedArenaBytes();
  const pages = Array.from({ length: 400 }, () => arena.takePage());
  const [slab] = pages.map(({ bytes }) => bytes.length);
  for (const page of pages.slice(0, 200)) arena.givePage(page);
  const after = droppedArenaBytes();
  expect(after - before).toBeLessThanOrEqual(slab as number);
  for (const page of pages.slice(200)) arena.givePage(page);
  expect(droppedArenaBytes() - before).toBe(3 * (slab as number));
  expect(pages.map(() => arena.takePage()).filter(({ bytes }) => bytes === pages[0]?.bytes)).not.toHaveLength(400);
});

test('a block that is larger than a page, and comes back, is let go of', () => {
  const arena = new Arena({ readBytes: 0, slots: 0, pages: 1 });
  const before = droppedArenaBytes();
  arena.givePage(farBlock(PAGE_BYTES + 1));
  arena.givePage(farBlock(PAGE_BYTES));
  expect(droppedArenaBytes() - before).toBe(2 * PAGE_BYTES + 1);
  expect(arena.takePage().bytes).toBe(arena.bytes);
});

test('parts of pages have room for what they are taken for, do not overlap, and become pages again', () => {
  const lengths = fc.oneof(fc.integer({ min: 1, max: PAGE_BYTES }), fc.constantFrom(...[2, 3, 4].map(partOf)));
  const steps = fc.array(fc.record({ length: lengths, giveBack: fc.option(fc.nat(), { freq: 1 }) }), {
    maxLength: 200,
  });
  fc.assert(
    fc.property(steps, (all) => {
      const reserved = reservedArenaBytes();
      const arena = new Arena({ readBytes: 100, slots: 0, pages: 8 });
      const taken: Block[] = [];
      for (const { length, giveBack } of all) {
        const block = arena.takeFor(length);
        expect(block.capacity).toBeGreaterThanOrEqual(length);
        expect(block.capacity).toBeLessThan(Math.max(2 * length, PAGE_BYTES / 4 + 1));
        taken.push(block);
        if (giveBack !== null) arena.givePage(taken.splice(giveBack % taken.length, 1)[0] as Block);
      }
      const ordered = taken.toSorted((a, b) => a.bytes.length - b.bytes.length || a.base - b.base);
      for (const [index, { bytes, base, capacity }] of ordered.entries()) {
        const next = ordered[index + 1];
        if (next?.bytes === bytes) expect(base + capacity).toBeLessThanOrEqual(next.base);
      }
      for (const block of taken) arena.givePage(block);
      // All but a page for each kind of parts, which messages of a size would cut again and again.
      const near = Array.from({ length: 5 }, () => arena.takePage());
      expect(near.every(({ bytes }) => bytes === arena.bytes)).toBe(true);
      arena.dispose();
      expect(reservedArenaBytes()).toBeLessThanOrEqual(reserved);
    }),
  );
});

function partOf(count: number): number {
  return Math.floor(PAGE_BYTES / count);
}

test('what is too large for a page has a block of its own', () => {
  const arena = new Arena({ readBytes: 0, slots: 0, pages: 1 });
  expect(arena.takeFor(PAGE_BYTES).bytes).toBe(arena.bytes);
  const block = arena.takeFor(PAGE_BYTES + 1);
  expect([block.base, block.capacity]).toEqual([0, PAGE_BYTES + 1]);
});

test('copies are the same, short or long, within one buffer or between two', () => {
  const cases = fc.record({ length: fc.nat(100), from: fc.nat(100), to: fc.nat(100), same: fc.boolean() });
  fc.assert(
    fc.property(cases, ({ length, from, to, same }) => {
      const source = Uint8Array.from({ length: 400 }, (_, index) => index);
      const target = same ? source : new Uint8Array(400);
      // Ranges that overlap are nobody's promise.
      const at = same ? to + 200 : to;
      const wanted = Uint8Array.from(source.subarray(from, from + Math.min(length, 100)));
      copyBytes(source, from, from + wanted.length, target, at);
      expect(target.subarray(at, at + wanted.length)).toEqual(wanted);
    }),
  );
});
