import type { Queue } from '../../src/core/queue/queue.ts';
import type { Position } from '../../src/core/store/page_table.ts';
import { readU32, routeEnd } from '../../src/core/store/record.ts';
import { PAGE_BYTES } from '../../src/lib/arena.ts';
import type { JournalHost } from './journal_host.ts';

/** Where the messages are that are ready in a queue; of one that was just opened, in their order. */
export function positionsIn(queue: Queue): Position[] {
  const positions: Position[] = [];
  queue.relocate((position) => {
    positions.push(position);
    return undefined;
  });
  return positions;
}

/** The bytes of messages, read back where they have to be, without delivering them; undefined for one that was lost. */
export async function messagesAt(
  host: JournalHost,
  positions: () => readonly Position[],
): Promise<(Uint8Array | undefined)[]> {
  const { pages } = host.vhost.store;
  const messages: (Uint8Array | undefined)[] = [];
  let now = positions();
  for (let i = 0; i < now.length; i++) {
    for (let position = now[i] as Position; !pages.isReadable(position); position = now[i] as Position) {
      await new Promise<void>((done) => pages.whenReadable(position, done));
      // Compaction may have moved messages meanwhile.
      now = positions();
    }
    const position = now[i] as Position;
    messages.push(pages.isLost(position) ? undefined : messageAt(host, position));
  }
  return messages;
}

function messageAt(host: JournalHost, position: Position): Uint8Array {
  const page = host.vhost.store.pages.of(position);
  const content = routeEnd(page.bytes, page.base + (position % PAGE_BYTES));
  return host.client.bytesOf({ position, bodyBytes: bodyBytesOf(page.bytes, content) });
}

/** From the content header; `content` is the index of the CE before it. */
export function bodyBytesOf(bytes: Uint8Array, content: number): number {
  return readU32(bytes, content + 16);
}
