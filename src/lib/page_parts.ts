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
  readonly #takePage: () => Block;
  readonly #keeps: (page: Block) => boolean;
  /** Those with parts that are free, by how many parts they have. */
  readonly #withFree: readonly Set<CutPage>[] = Array.from({ length: PARTS_MAX + 1 }, () => new Set<CutPage>());

  /** `takePage` is asked for a page to cut, `keeps` whether one may stay cut when all its parts are free. */
  constructor(takePage: () => Block, keeps: (page: Block) => boolean) {
    this.#takePage = takePage;
    this.#keeps = keeps;
  }

  /** One of `count` parts of a page. */
  take(count: number): Block {
    const pages = this.#withFree[count] as Set<CutPage>;
    const cut = pages.values().next().value ?? cutIn(count, this.#takePage());
    const part = cut.free.pop() as Part;
    if (cut.free.length > 0) pages.add(cut);
    else pages.delete(cut);
    return part;
  }

  /** Returns the page when the last of its parts came back, unless it is kept for the next. */
  give(part: Part): Block | undefined {
    const { cut } = part;
    const pages = this.#withFree[cut.count] as Set<CutPage>;
    cut.free.push(part);
    pages.add(cut);
    if (cut.free.length < cut.count) return undefined;
    // Messages of a size come one after the other: not each of them has to cut a page.
    if (pages.size === 1 && this.#keeps(cut.page)) return undefined;
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
