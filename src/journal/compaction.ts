import type { Page, Position } from '../core/store/page_table.ts';
import { contentEnd, routeEnd } from '../core/store/record.ts';
import { PAGE_BYTES } from '../lib/arena.ts';
import type { HousekeepingOptions } from './housekeeping.ts';
import type { Journal, Place } from './journal.ts';
import type { JournalSegment } from './segment.ts';
import { SegmentIndex } from './segment_index.ts';

/** What is known of a message that has to be copied. */
interface Live {
  readonly bodyBytes: number;
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
  const index = await indexOf(segment, options);
  const pages = [...segment.pages.values()];
  for (const page of pages) page.references++;
  for (const page of pages) if (page.block === undefined) await readable(journal, page);
  // From here on nothing waits: what is live now is live when it is copied.
  const moved = copyLive(journal, index, pages, referenced(pages, relocate));
  relocate((position) => move(journal, moved, position));
  // Of a page that could not be read, the messages stay where they are, to be found lost when their turn comes.
  for (const page of pages) journal.pages.releasePage(page);
  segment.supersededBy = Math.max(segment.supersededBy, journal.gathering);
  await journal.writer.flush();
}

async function indexOf(segment: JournalSegment, { log }: HousekeepingOptions): Promise<SegmentIndex> {
  if (segment.index !== undefined) return segment.index;
  const raw = await log.readIndex(segment.number);
  const decoded = raw === undefined ? undefined : SegmentIndex.decode(raw, segment.number);
  if (decoded === undefined) throw new Error(`the index of segment ${segment.number} cannot be read`);
  return decoded.index;
}

function readable(journal: Journal, page: Page): Promise<void> {
  return new Promise((done) => journal.pages.whenReadable(page.number * PAGE_BYTES, done));
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

/** Returns where each message that was copied lies now, by where it lay. */
function copyLive(
  journal: Journal,
  index: SegmentIndex,
  pages: readonly Page[],
  positions: ReadonlySet<Position>,
): Map<Position, Position> {
  const bySlot = new Map(pages.map((page) => [page.slot, page]));
  const live = new Map<Position, Live>();
  for (let i = 0; i < index.length; i++) {
    const page = bySlot.get(index.pageOf(i));
    if (page?.block === undefined) continue;
    const position = page.number * PAGE_BYTES + index.offsetOf(i);
    if (!positions.has(position)) continue;
    const message = live.get(position) ?? { bodyBytes: index.bodyBytesOf(i), places: [] };
    live.set(position, message);
    const place = { queue: index.queueOf(i), sequence: index.sequenceOf(i) };
    const log = journal.queues.get(place.queue);
    if (log !== undefined && !log.settledSet.has(place.sequence)) message.places.push(place);
  }
  const moved = new Map<Position, Position>();
  for (const [position, { bodyBytes, places }] of live) {
    const page = journal.pages.of(position);
    const start = page.base + (position % PAGE_BYTES);
    const end = contentEnd(page.bytes, routeEnd(page.bytes, start), bodyBytes);
    moved.set(position, journal.copyForward(page.bytes, start, end, bodyBytes, places));
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
