import type { Block } from './arena.ts';

/** The most parts that a page is cut into: what would be smaller lies with others in a page as it comes. */
export const PARTS_MAX = 4;

/** One of so many equal stretches of a page. */
export class Part implements Block {
  readonly bytes: Uint8Array;
  readonly base: number;
  readonly capacity: number;
  readonly cut: CutPage;

  constructor(cut: CutPage, base: number, capacity: number) {
    this.bytes = cut.page.bytes;
    this.base = base;
    this.capacity = capacity;
    this.cut = cut;
  }
}

interface CutPage {
  readonly page: Block;
  readonly count: number;
  readonly free: Part[];
}

/** Pages in halves, thirds and quarters, for what is too large to lie with others and too small for a page of its own. */
export class PageParts {
  /** Those with parts that are free, by how many parts they have. */
  readonly #withFree: readonly Set<CutPage>[] = Array.from({ length: PARTS_MAX + 1 }, () => new Set<CutPage>());

  /** One of `count` parts of a page; `takePage` is asked for one if none is free. */
  take(count: number, takePage: () => Block): Block {
    const pages = this.#withFree[count] as Set<CutPage>;
    const present = pages.values().next();
    const cut = present.done ? cutIn(count, takePage()) : present.value;
    if (present.done) pages.add(cut);
    const part = cut.free.pop() as Part;
    if (cut.free.length === 0) pages.delete(cut);
    return part;
  }

  /** Returns the page when the last of its parts came back, unless it is the only one with parts to give, and `keeps`. */
  give(part: Part, keeps: (page: Block) => boolean): Block | undefined {
    const { cut } = part;
    const pages = this.#withFree[cut.count] as Set<CutPage>;
    cut.free.push(part);
    if (cut.free.length < cut.count) {
      pages.add(cut);
      return undefined;
    }
    // Messages of a size come one after the other: not each of them has to cut a page.
    if (pages.size === (pages.has(cut) ? 1 : 0) && keeps(cut.page)) {
      pages.add(cut);
      return undefined;
    }
    pages.delete(cut);
    return cut.page;
  }
}

function cutIn(count: number, page: Block): CutPage {
  const cut: CutPage = { page, count, free: [] };
  const capacity = Math.floor(page.capacity / count);
  for (let i = count - 1; i >= 0; i--) cut.free.push(new Part(cut, page.base + i * capacity, capacity));
  return cut;
}
