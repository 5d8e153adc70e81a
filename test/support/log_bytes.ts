import type { Log } from '../../src/journal/log.ts';
import { SEGMENT_HEADER_BYTES } from '../../src/journal/log.ts';

/** A header that says whose it is. */
export function headerOf(segment: number): Uint8Array {
  return new Uint8Array(SEGMENT_HEADER_BYTES).fill(segment);
}

/** Resolves when the append is done, rejects with its error. */
export function append(log: Log, pieces: readonly Uint8Array[], sync: boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    log.append(pieces, sync, (error) => (error === undefined ? resolve() : reject(error)));
  });
}

export function text(value: string): Uint8Array {
  return Buffer.from(value);
}

/** What the segment holds behind its header, as text. */
export async function textIn(log: Log, segment: number, length: number): Promise<string> {
  return Buffer.from(await log.read(segment, SEGMENT_HEADER_BYTES, length)).toString();
}
