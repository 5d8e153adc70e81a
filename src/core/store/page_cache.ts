import { PAGE_BYTES } from '../../lib/arena.ts';
import type { Page, PageTable } from './page_table.ts';

/** The pages filled last are left alone: a queue whose consumer is just behind its publisher must not read from disk. */
const PROTECTED_PAGES_MAX = 32;

/** Puts a page's bytes where they can be read back, unless they are there already. */
export interface Keeper {
  /** Resolves when the page can be evicted; rejects when there is no room for it. */
  keep(page: Page): Promise<void>;
}

/** A page that somebody waited for must still be there when he looks, however small the budget. */
const PROTECTED_PAGES_MIN = 4;

interface Candidate {
  readonly page: Page;
  /** Undefined when the page's home has its bytes already. */
  readonly keeper: Keeper | undefined;
}

/**
 * Keeps the pages within a budget of memory. What goes first are the newest of those that are full: the oldest are at the
 * heads of their queues and needed soonest. Pages that were read back go last, longest there first.
 */
export class PageCache {
  readonly #pages: PageTable;
  readonly #budgetBytes: number;
  readonly #protected: number;
  #candidates: Candidate[] = [];
  #loaded: Page[] = [];
  #keeping = 0;

  constructor(pages: PageTable, budgetBytes: number) {
    this.#pages = pages;
    this.#budgetBytes = budgetBytes;
    const quarter = Math.floor(budgetBytes / PAGE_BYTES / 4);
    this.#protected = Math.max(PROTECTED_PAGES_MIN, Math.min(PROTECTED_PAGES_MAX, quarter));
  }

  /** A page is full. Without a keeper, its home has all of it. */
  filled(page: Page, keeper?: Keeper): void {
    this.#candidates.push({ page, keeper });
    if (this.#candidates.length > 2 * this.#pages.pageCount + 64) {
      this.#candidates = this.#candidates.filter((candidate) => isResident(candidate.page));
    }
    this.trim();
  }

  /** A page was read back. */
  loaded(page: Page): void {
    this.#loaded.push(page);
    if (this.#loaded.length > 2 * this.#pages.pageCount + 64) this.#loaded = this.#loaded.filter(isResident);
    this.trim();
  }

  /** Evicts until the budget is met, or nothing more can go. */
  trim(): void {
    while (this.#pages.residentBytes - this.#keeping > this.#budgetBytes) {
      const candidate = this.#nextCandidate();
      if (candidate === undefined) return;
      const { page, keeper } = candidate;
      if (keeper === undefined) this.#pages.evict(page);
      else this.#keep(page, keeper);
    }
  }

  #nextCandidate(): Candidate | undefined {
    const candidates = this.#candidates;
    while (candidates.length > this.#protected) {
      const [candidate] = candidates.splice(candidates.length - 1 - this.#protected, 1) as [Candidate];
      if (isResident(candidate.page)) return candidate;
    }
    while (this.#loaded.length > this.#protected) {
      const page = this.#loaded.shift() as Page;
      if (isResident(page)) return { page, keeper: undefined };
    }
    return undefined;
  }

  #keep(page: Page, keeper: Keeper): void {
    const bytes = page.block?.capacity ?? 0;
    this.#keeping += bytes;
    page.references++;
    keeper.keep(page).then(
      () => this.#kept(page, bytes, true),
      () => this.#kept(page, bytes, false),
    );
  }

  #kept(page: Page, bytes: number, readable: boolean): void {
    this.#keeping -= bytes;
    // Without room on disk it stays in memory, where the memory alarm sees it.
    if (readable && page.references > 1) this.#pages.evict(page);
    this.#pages.releasePage(page);
  }
}

function isResident(page: Page): boolean {
  return page.block !== undefined && page.references > 0;
}
