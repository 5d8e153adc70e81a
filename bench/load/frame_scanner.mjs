// Finds frames in what a socket brings, without a copy and without an object for each.
//
//     bytes  │ HELD_BYTES                    │ where the socket reads to               │
//            │        ├ rest of last read ───┼─ this read ─────────┤                   │
//
// Of a method frame all must be there before it is reported; of others only the start, and the rest is skipped, however
// many reads it takes.

import { FRAME_END, FRAME_METHOD } from './payload.mjs';

const HELD_BYTES = 16 * 1024;
/** Of a body, as much as a time stamp takes. */
const PREFIX_BYTES = 8;

export class FrameScanner {
  readInto;
  #bytes;
  #held = 0;
  #skip = 0;
  #onFrame;

  /** Reads at most `readBytes` at a time. `onFrame(type, bytes, at, size)`: the payload is at `at`, whole only for a method frame. */
  constructor(readBytes, onFrame) {
    this.#bytes = Buffer.allocUnsafeSlow(HELD_BYTES + readBytes);
    this.#onFrame = onFrame;
    this.readInto = this.#bytes.subarray(HELD_BYTES);
  }

  /** The socket has put `length` bytes where it was told to. */
  read(length) {
    const bytes = this.#bytes;
    const end = HELD_BYTES + length;
    let at = HELD_BYTES - this.#held + this.#skip;
    this.#held = 0;
    while (end - at >= 7) {
      const type = bytes[at];
      const size = bytes.readUInt32BE(at + 3);
      const needed = type === FRAME_METHOD ? size + 8 : 7 + Math.min(size, PREFIX_BYTES);
      if (end - at < needed) break;
      const next = at + size + 8;
      if (next <= end && bytes[next - 1] !== FRAME_END) throw new Error('a frame does not end where it says');
      this.#onFrame(type, bytes, at + 7, size);
      at = next;
    }
    this.#skip = Math.max(0, at - end);
    if (at >= end) return;
    this.#held = end - at;
    bytes.copy(bytes, HELD_BYTES - this.#held, at, end);
  }
}
