// Finds frames in what a socket brings, without a copy and without an object for each.
//
//     bytes  │ HELD_BYTES                    │ where the socket reads to               │
//            │        ├ rest of last read ───┼─ this read ─────────┤                   │
//
// Of a method frame all must be there before it is reported; of others only the start, and the rest is skipped, however
// many reads it takes.

import { FRAME_END, FRAME_HEADER_BYTES, FRAME_METHOD, FRAME_OVERHEAD_BYTES } from '../../codec/frames.ts';

/** Holds any method frame that a broker sends. */
const HELD_BYTES = 128 * 1024;
/** Of a body, as much as a time stamp takes. */
const PREFIX_BYTES = 8;

/** The payload is at `offset`, whole only for a method frame. */
export type OnFrame = (type: number, bytes: Buffer, offset: number, sizeBytes: number) => void;

export class FrameScanner {
  /** Where the socket puts what it reads. */
  readonly readInto: Buffer;
  readonly #bytes: Buffer;
  readonly #onFrame: OnFrame;
  #held = 0;
  #skip = 0;

  constructor(readBytes: number, onFrame: OnFrame) {
    this.#bytes = Buffer.allocUnsafeSlow(HELD_BYTES + readBytes);
    this.#onFrame = onFrame;
    this.readInto = this.#bytes.subarray(HELD_BYTES);
  }

  /** The socket has put `length` bytes where it was told to. Throws for what is no frame. */
  read(length: number): void {
    const bytes = this.#bytes;
    const end = HELD_BYTES + length;
    let start = HELD_BYTES - this.#held + this.#skip;
    this.#held = 0;
    while (end - start >= FRAME_HEADER_BYTES) {
      const type = bytes[start] ?? 0;
      const size = bytes.readUInt32BE(start + 3);
      const needed =
        type === FRAME_METHOD ? size + FRAME_OVERHEAD_BYTES : FRAME_HEADER_BYTES + Math.min(size, PREFIX_BYTES);
      if (end - start < needed) break;
      const next = start + size + FRAME_OVERHEAD_BYTES;
      if (next <= end && bytes[next - 1] !== FRAME_END) throw new Error('a frame does not end where it says');
      this.#onFrame(type, bytes, start + FRAME_HEADER_BYTES, size);
      start = next;
    }
    this.#skip = Math.max(0, start - end);
    if (start >= end) return;
    this.#held = end - start;
    bytes.copy(bytes, HELD_BYTES - this.#held, start, end);
  }
}
