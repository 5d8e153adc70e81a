import type { Logger } from '../server/logger.ts';

/** A body up to this is sent as one, with its length. */
const WHOLE_CHARACTERS = 256 * 1024;

type Pieces = AsyncGenerator<string, void, undefined>;

/** Text that comes a piece at a time, as the body of an answer. What is wrong before much of it has come is thrown. */
export async function bodyOf(pieces: Pieces, logger: Logger): Promise<string | ReadableStream> {
  let text = '';
  for (;;) {
    const next = await pieces.next();
    if (next.done === true) return text;
    text += next.value;
    if (text.length > WHOLE_CHARACTERS) return streamOf(text, pieces, logger);
  }
}

/** Text of which some has come already. It is made as it is sent, and no more of it is when the client is gone. */
export function streamOf(begun: string, pieces: Pieces, logger: Logger): ReadableStream {
  return ReadableStream.from(encoded(begun, pieces, logger));
}

async function* encoded(begun: string, pieces: Pieces, logger: Logger): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  try {
    if (begun !== '') yield encoder.encode(begun);
    for await (const piece of pieces) yield encoder.encode(piece);
  } catch (error) {
    // The client sees no more than that its answer ends too early.
    logger.error({ err: error }, 'an answer of the HTTP API was cut off');
    throw error;
  }
}
