import { expect, test } from 'vitest';
import { offsetOf, PageTable } from '../../../../src/core/store/page_table.ts';
import { Arena, farBlock, PAGE_BYTES } from '../../../../src/lib/arena.ts';

function table(pages = 1): PageTable {
  return new PageTable(new Arena({ readBytes: 0, slots: 0, pages }));
}

test('a position leads to its page and offset', () => {
  const pages = table(2);
  const first = pages.allocate();
  const second = pages.allocate();
  for (const page of [first, second, first]) {
    expect(pages.of(page.number * PAGE_BYTES + 77)).toBe(page);
    expect(pages.of((page.number + 1) * PAGE_BYTES - 1)).toBe(page);
  }
  expect(offsetOf(second.number * PAGE_BYTES + 77)).toBe(77);
});

test('a sealed page is freed with its last reference', () => {
  const pages = table();
  const page = pages.allocate();
  const position = page.number * PAGE_BYTES;
  pages.retain(position, 2);
  pages.seal(page);
  pages.release(position);
  expect(pages.pageCount).toBe(1);
  pages.release(position);
  expect([pages.pageCount, pages.residentBytes]).toEqual([0, 0]);
  expect(() => pages.of(position)).toThrow(`no page ${page.number}`);
});

test('a page still written to stays, though nothing refers to it, and goes when it is sealed', () => {
  const pages = table();
  const page = pages.allocate();
  const position = page.number * PAGE_BYTES;
  pages.retain(position, 1);
  pages.release(position);
  expect(pages.of(position)).toBe(page);
  pages.seal(page);
  expect(pages.pageCount).toBe(0);
});

test("a freed page's memory is used again, under a new number", () => {
  const pages = table();
  const page = pages.allocate();
  pages.seal(page);
  const next = pages.allocate();
  expect(next.base).toBe(page.base);
  expect(next.number).not.toBe(page.number);
});

test('what is outside the arena is counted apart', () => {
  const pages = table();
  const near = pages.allocate();
  const far = pages.allocate();
  const large = pages.allocateLarge(farBlock(1_000_000));
  expect(pages.residentBytes).toBe(2 * PAGE_BYTES + 1_000_000);
  expect(pages.farBytes).toBe(PAGE_BYTES + 1_000_000);
  for (const page of [near, far, large]) pages.seal(page);
  expect([pages.residentBytes, pages.farBytes, pages.pageCount]).toEqual([0, 0, 0]);
});
