import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MemoryStore } from '../../../../src/core/store/memory_store.ts';
import { offsetOf, PageTable, type Position } from '../../../../src/core/store/page_table.ts';
import { Arena, farBlock } from '../../../../src/lib/arena.ts';

function store(): MemoryStore {
  return new MemoryStore(new PageTable(new Arena({ readBytes: 0, slots: 0, pages: 2 })));
}

function bytesAt(of: MemoryStore, position: Position, length: number): Uint8Array {
  const page = of.pages.of(position);
  const start = page.base + offsetOf(position);
  return page.bytes.slice(start, start + length);
}

test('a record is its two pieces, one behind the other', () => {
  const memory = store();
  const position = memory.append(Uint8Array.of(0, 1, 2, 3, 9, 9, 4, 5, 6, 0), 1, 4, 6, 9);
  memory.pages.retain(position, 1);
  expect([...bytesAt(memory, position, 6)]).toEqual([1, 2, 3, 4, 5, 6]);
});

test('an adopted block is a page of its own, gone with its only message', () => {
  const memory = store();
  const block = farBlock(500_000);
  block.bytes.fill(7);
  const position = memory.adopt(block, 400_000);
  memory.pages.retain(position, 1);
  expect(bytesAt(memory, position, 400_000).every((byte) => byte === 7)).toBe(true);
  memory.pages.release(position);
  expect(memory.pages.pageCount).toBe(0);
});

test('every record keeps its bytes until it is released, and released pages are not kept', () => {
  const sizes = fc.array(fc.tuple(fc.integer({ min: 2, max: 100_000 }), fc.boolean()), { maxLength: 40 });
  fc.assert(
    fc.property(sizes, (plan) => {
      const memory = store();
      const kept: { position: Position; size: number; mark: number }[] = [];
      for (const [index, [size, releaseOldest]] of plan.entries()) {
        const mark = (index * 37) % 256;
        const split = size >> 1;
        const position = memory.append(new Uint8Array(size).fill(mark), 0, split, split, size);
        memory.pages.retain(position, 1);
        kept.push({ position, size, mark });
        if (releaseOldest) memory.pages.release((kept.shift() as { position: Position }).position);
      }
      for (const { position, size, mark } of kept) {
        expect(bytesAt(memory, position, size).every((byte) => byte === mark)).toBe(true);
      }
      for (const { position } of kept) memory.pages.release(position);
      expect(memory.pages.pageCount).toBeLessThanOrEqual(1);
    }),
    { numRuns: 30 },
  );
});
