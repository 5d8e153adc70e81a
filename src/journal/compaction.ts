import type { Page, Position } from '../core/store/page_table.ts';
import { contentEnd, routeEnd } from '../core/store/record.ts';
import { type Block, PAGE_BYTES } from '../lib/arena.ts';
import type { HousekeepingOptions } from './housekeeping.ts';
import type { Journal, Place } from './journal.ts';
import { batchesFrom, type RecordVisitor, visitRecords } from './scan.ts';
import type { JournalSegment } from './segment.ts';

/** What is known of a message that has to be copied. */
interface Live {
  readonly bodyBytes: number;
  readonly receivedAtMs: number;
  /** In the durable queues that still hold it; none where only others do. */
  readonly places: Place[];
}

/**
 * Copies what is live in a sealed segment to the end of the journal, moves every reference to the copies, and thereby
 * empties the segment. It is removed when the copies are on disk: until then both are there, and whoever opens the
 * journal takes the newer.
 */
export async function compact(segment: JournalSegment, options: HousekeepingOptions): Promise<void> {
  const { journal, relocate } = options;
  const pages = [...segment.pages.values()];
  for (const page of pages) page.references++;
  const read = await readAbsent(segment, pages);
  // From here on nothing waits: what is live now is live when it is copied.
  const moved = copyLive(journal, pages, read, referenced(pages, relocate));
  relocate((position) => move(journal, moved, position));
  // Of a page that could not be read, the messages stay where they are, to be found lost when their turn comes.
  for (const page of pages) journal.pages.releasePage(page);
  for (const block of read.values()) journal.pages.arena.givePage(block);
  segment.compacted = true;
  segment.supersededBy = Math.max(segment.supersededBy, journal.gathering);
  await journal.writer.flush();
}

/**
 * Reads the pages that are not in memory, apart from the cache, which may drop while it waits for one what it has read for
 * another. A page that cannot be read is lost.
 */
async function readAbsent(segment: JournalSegment, pages: readonly Page[]): Promise<Map<Page, Block>> {
  const read = new Map<Page, Block>();
  for (;;) {
    const page = pages.find((page) => page.block === undefined && !page.lost && !read.has(page));
    if (page === undefined) return read;
    const block = await segment.load(page).catch(() => undefined);
    if (block !== undefined) read.set(page, block);
    else if (page.block === undefined) page.lost = true;
  }
}

/** The positions in these pages that anybody refers to. */
function referenced(pages: readonly Page[], relocate: HousekeepingOptions['relocate']): Set<Position> {
  const numbers = new Set(pages.map(({ number }) => number));
  const lowest = Math.min(...numbers) * PAGE_BYTES;
  const highest = (Math.max(...numbers) + 1) * PAGE_BYTES;
  const found = new Set<Position>();
  relocate((position) => {
    if (position >= lowest && position < highest && numbers.has(Math.floor(position / PAGE_BYTES))) found.add(position);
    return undefined;
  });
  return found;
}

/** What of a page is live: messages by where their content lies in it. */
function liveIn(journal: Journal, page: Page, bytes: Uint8Array, positions: ReadonlySet<Position>): Map<number, Live> {
  const live = new Map<number, Live>();
  const message: RecordVisitor['message'] = (content, bodyBytes, queue, sequence, receivedAtMs) => {
    if (!positions.has(page.number * PAGE_BYTES + content)) return;
    const found = live.get(content) ?? { bodyBytes, receivedAtMs, places: [] };
    live.set(content, found);
    const log = journal.queues.get(queue);
    if (log === undefined || log.settledSet.has(sequence)) return;
    const placement = log.queue.rules?.placementOfContent(bytes, routeEnd(bytes, content), receivedAtMs);
    found.places.push({ queue, sequence, placement });
  };
  for (const batch of batchesFrom(bytes, 0, undefined)) visitRecords(bytes, batch, { message, other: () => {} });
  return live;
}

/** Returns where each message that was copied lies now, by where it lay. */
function copyLive(
  journal: Journal,
  pages: readonly Page[],
  read: ReadonlyMap<Page, Block>,
  positions: ReadonlySet<Position>,
): Map<Position, Position> {
  const moved = new Map<Position, Position>();
  for (const page of pages) {
    const block = page.block ?? read.get(page);
    if (block === undefined) continue;
    const bytes = block.bytes.subarray(block.base, block.base + page.used);
    for (const [content, { bodyBytes, receivedAtMs, places }] of liveIn(journal, page, bytes, positions)) {
      const end = contentEnd(bytes, routeEnd(bytes, content), bodyBytes);
      const copy = journal.copyForward(bytes, content, end, bodyBytes, receivedAtMs, places);
      moved.set(page.number * PAGE_BYTES + content, copy);
    }
  }
  return moved;
}

function move(journal: Journal, moved: ReadonlyMap<Position, Position>, position: Position): Position | undefined {
  const target = moved.get(position);
  if (target === undefined) return undefined;
  journal.pages.retain(target, 1);
  journal.pages.release(position);
  return target;
}
