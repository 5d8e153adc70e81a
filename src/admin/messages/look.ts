import type { Entry } from '../../core/queue/entry.ts';
import { messageIn, type StoredMessage } from '../../core/store/message.ts';
import { offsetOf, type PageTable } from '../../core/store/page_table.ts';
import { bodyFrameStart } from '../../core/store/record.ts';

/** What has to be known of a message to look at it. */
export type Located = Pick<Entry, 'position' | 'sequence' | 'bodyBytes' | 'flags'>;

export interface Looked<Place extends Located> {
  readonly place: Place;
  readonly message: StoredMessage;
  /** Not a copy: gone when the look is over. */
  readonly body: Uint8Array;
}

/** Messages looked at before others get their turn. */
const RUN_MAX = 100;
/** Behind the type, channel and size of the body's frame. */
const BODY_OFFSET = 7;

/**
 * Shows messages, in their order, some at a time, until all were shown or `look` answers false. What is on disk is read for this
 * only: nothing is put out of memory for it. What cannot be read is left out.
 */
export async function lookAtMessages<Place extends Located>(
  pages: PageTable,
  places: readonly Place[],
  look: (messages: readonly Looked<Place>[]) => boolean,
): Promise<void> {
  // Their pages stay, whatever becomes of the messages meanwhile.
  for (const { position } of places) pages.retain(position, 1);
  try {
    for (let at = 0; at < places.length; ) {
      const run = runFrom(pages, places, at);
      const page = pages.of((run[0] as Place).position);
      const goesOn = await pages.lookAt(page, (bytes, base) => look(run.map((place) => looked(place, bytes, base))));
      if (goesOn === false) return;
      at += run.length;
      await new Promise((resolve) => setImmediate(resolve));
    }
  } finally {
    for (const { position } of places) pages.release(position);
  }
}

/** Those behind `at` that are on one page. */
function runFrom<Place extends Located>(pages: PageTable, places: readonly Place[], at: number): Place[] {
  const page = pages.of((places[at] as Place).position);
  const run: Place[] = [];
  for (let i = at; i < places.length && run.length < RUN_MAX; i++) {
    const place = places[i] as Place;
    if (pages.of(place.position) !== page) break;
    run.push(place);
  }
  return run;
}

function looked<Place extends Located>(place: Place, bytes: Uint8Array, base: number): Looked<Place> {
  const message = messageIn(bytes, base + offsetOf(place.position));
  const body = bodyFrameStart(bytes, message.content) + BODY_OFFSET;
  return { place, message, body: bytes.subarray(body, body + place.bodyBytes) };
}
