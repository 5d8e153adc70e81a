import { spareTime } from '../lib/spare_time.ts';

const CHUNK_CHARACTERS = 64 * 1024;
/** Pieces between two looks at the time. */
const PIECES_AT_ONCE = 16;

/** Puts pieces of text together, and lets others have their turn in between. */
export async function* inChunks(pieces: Iterable<string>): AsyncGenerator<string, void, undefined> {
  let text = '';
  let count = 0;
  for (const piece of pieces) {
    text += piece;
    if (text.length >= CHUNK_CHARACTERS) {
      yield text;
      text = '';
    }
    if (++count % PIECES_AT_ONCE === 0 && spareTime.isOver) await spareTime.later();
  }
  if (text !== '') yield text;
}
