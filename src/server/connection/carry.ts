import type { Arena } from '../../lib/arena.ts';

/** Buffers that a carry is done with, and the next one uses: large frames would leave twice their size to the garbage collector. */
const spares: Uint8Array[] = [];
const SPARES_MAX = 4;
/** Of larger ones there are few, and smaller ones cost little. */
const [SPARE_BYTES_MIN, SPARE_BYTES_MAX] = [8 * 1024, 256 * 1024];

/**
 * What is left of a chunk when it ends within a frame, until the rest of the frame has come.
 *
 *     ├── kept ──┼── chunk ──┤  joined in the arena's read region
 *
 * Pieces that do not complete the frame are only gathered, so that a peer which sends a large frame octet by octet does
 * not make the broker parse, or copy, it again each time.
 */
export class Carry {
  /** Octets, from the first kept one, without which parsing would get no further. */
  needed = 0;
  #kept: Uint8Array | undefined;
  #length = 0;

  completedBy(chunkLength: number): boolean {
    return this.#length === 0 || this.#length + chunkLength >= this.needed;
  }

  append(chunk: Uint8Array): void {
    const length = this.#length + chunk.length;
    if (this.#kept === undefined || this.#kept.length < length) {
      const larger = take(Math.max(length, Math.min(this.needed, 2 * length)));
      if (this.#kept !== undefined) {
        larger.set(this.#kept.subarray(0, this.#length));
        give(this.#kept);
      }
      this.#kept = larger;
    }
    this.#kept.set(chunk, this.#length);
    this.#length = length;
  }

  /** What was kept and the chunk behind it, in the read region (or, where that is too small, in a buffer of its own). */
  join(chunk: Uint8Array, arena: Arena): { bytes: Uint8Array; end: number } {
    const end = this.#length + chunk.length;
    const bytes = end <= arena.readBytes ? arena.bytes : new Uint8Array(end);
    if (this.#kept !== undefined)
      bytes.set(this.#length === this.#kept.length ? this.#kept : this.#kept.subarray(0, this.#length));
    bytes.set(chunk, this.#length);
    this.clear();
    return { bytes, end };
  }

  /** Keeps `bytes[at, end)`. */
  keep(bytes: Uint8Array, at: number, end: number): void {
    if (at === end) return;
    this.#length = end - at;
    this.#kept = take(this.#length);
    this.#kept.set(bytes.subarray(at, end));
  }

  clear(): void {
    this.needed = 0;
    if (this.#kept !== undefined) give(this.#kept);
    this.#kept = undefined;
    this.#length = 0;
  }
}

function take(length: number): Uint8Array {
  const at = length < SPARE_BYTES_MIN ? -1 : spares.findIndex((spare) => spare.length >= length);
  return at === -1 ? new Uint8Array(length) : (spares.splice(at, 1)[0] as Uint8Array);
}

/** Nobody may have a view of it any more. */
function give(buffer: Uint8Array): void {
  const { length } = buffer;
  if (length >= SPARE_BYTES_MIN && length <= SPARE_BYTES_MAX && spares.length < SPARES_MAX) spares.push(buffer);
}
