import type { LogReader } from './log.ts';

/** A segment is hardly ever longer than this; what is longer is read in as many steps as it takes. */
const STEP_BYTES = 17 * 1024 * 1024;

/** All bytes of a segment. */
export async function readSegment(log: LogReader, segment: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for (let at = 0; ; ) {
    const piece = await log.read(segment, at, STEP_BYTES);
    pieces.push(piece);
    at += piece.length;
    if (piece.length < STEP_BYTES) return pieces.length === 1 ? piece : Buffer.concat(pieces);
  }
}
