import { expect, test } from 'vitest';
import { offsetOf, type Page, PageTable } from '../../../../src/core/store/page_table.ts';
import { Arena, type Block, farBlock, PAGE_BYTES } from '../../../../src/lib/arena.ts';

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
  const large = pages.adopt(farBlock(1_000_000));
  expect(pages.residentBytes).toBe(2 * PAGE_BYTES + 1_000_000);
  expect(pages.farBytes).toBe(PAGE_BYTES + 1_000_000);
  for (const page of [near, far, large]) pages.seal(page);
  expect([pages.residentBytes, pages.farBytes, pages.pageCount]).toEqual([0, 0, 0]);
});

/** Keeps what is evicted, and gives it back when told to. */
class Home {
  readonly freedPages: number[] = [];
  readonly loads: { give: (block: Block) => void; fail: () => void }[] = [];

  freed({ number }: Page): void {
    this.freedPages.push(number);
  }

  load(): Promise<Block> {
    return new Promise((resolve, reject) =>
      this.loads.push({ give: resolve, fail: () => reject(new Error('damaged')) }),
    );
  }
}

function evicted() {
  const pages = table();
  const home = new Home();
  const page = pages.allocate(home);
  const position = page.number * PAGE_BYTES;
  pages.retain(position, 1);
  pages.seal(page);
  pages.evict(page);
  return { pages, home, page, position };
}

test('an evicted page holds no memory until somebody needs it, and is read once for all who do', async () => {
  const { pages, home, page, position } = evicted();
  expect([pages.residentBytes, pages.absentCount, pages.isReadable(position)]).toEqual([0, 1, false]);
  const called: string[] = [];
  pages.whenReadable(position, () => called.push('first'));
  pages.whenReadable(position, () => called.push('second'));
  expect(home.loads).toHaveLength(1);
  home.loads[0]?.give(farBlock(PAGE_BYTES));
  await new Promise((resolve) => setImmediate(resolve));
  expect(called).toEqual(['first', 'second']);
  expect([pages.isReadable(position), pages.absentCount, page.references]).toEqual([true, 0, 1]);
});

test('a page that cannot be read back is lost, which its readers can see', async () => {
  const { pages, home, position } = evicted();
  let called = 0;
  pages.whenReadable(position, () => called++);
  home.loads[0]?.fail();
  await new Promise((resolve) => setImmediate(resolve));
  expect([called, pages.isReadable(position), pages.isLost(position)]).toEqual([1, true, true]);
  pages.release(position);
  expect([pages.pageCount, pages.absentCount]).toEqual([0, 0]);
});

test('a page let go while it is being read is freed when the reading is over', async () => {
  const { pages, home, page, position } = evicted();
  pages.whenReadable(position, () => {});
  pages.release(position);
  expect(home.freedPages).toEqual([]);
  home.loads[0]?.give(farBlock(PAGE_BYTES));
  await new Promise((resolve) => setImmediate(resolve));
  expect(home.freedPages).toEqual([page.number]);
  expect([pages.pageCount, pages.residentBytes, pages.absentCount]).toEqual([0, 0, 0]);
});
