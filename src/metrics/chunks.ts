const CHUNK_CHARACTERS = 16 * 1024;
const TURN_MS = 4;

/** Puts pieces of text together, and lets others have their turn in between. */
export async function* inChunks(pieces: Iterable<string>): AsyncGenerator<string, void, undefined> {
  let text = '';
  let beganAtMs = performance.now();
  for (const piece of pieces) {
    text += piece;
    if (text.length >= CHUNK_CHARACTERS) {
      yield text;
      text = '';
    }
    if (performance.now() - beganAtMs < TURN_MS) continue;
    await new Promise((resolve) => setImmediate(resolve));
    beganAtMs = performance.now();
  }
  if (text !== '') yield text;
}
