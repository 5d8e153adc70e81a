import { assert } from '../lib/assert.ts';
import { type Log, SEGMENT_HEADER_BYTES } from './log.ts';
import { byteLength } from './pieces.ts';

interface MemorySegment {
  bytes: Uint8Array;
  end: number;
  index: Uint8Array | undefined;
}

/** A log that lasts as long as the object: what was appended is there again when it is closed and opened. */
export class MemoryLog implements Log {
  readonly #segments = new Map<number, MemorySegment>();
  readonly #damaged = new Map<string, MemorySegment>();
  #active: MemorySegment | undefined;
  #highest = 0;
  #appending = false;
  #broken: Error | undefined;

  async open(): Promise<readonly number[]> {
    this.#throwIfBroken();
    const numbers = [...this.#segments.keys()].sort((left, right) => left - right);
    this.#highest = numbers.at(-1) ?? 0;
    return numbers;
  }

  async begin(number: number, bytes: number, header: Uint8Array): Promise<void> {
    assert(header.length === SEGMENT_HEADER_BYTES, `a segment header of ${header.length} bytes`);
    assert(number > this.#highest, `segment ${number} begun after ${this.#highest}`);
    assert(!this.#appending, 'a segment begun while another call is under way');
    this.#throwIfBroken();
    this.#highest = number;
    this.#active = { bytes: new Uint8Array(Math.max(bytes, header.length)), end: 0, index: undefined };
    this.#segments.set(number, this.#active);
    write(this.#active, header);
  }

  append(pieces: readonly Uint8Array[], _sync: boolean, done: (error: Error | undefined) => void): void {
    assert(!this.#appending, 'an append while another call is under way');
    const active = this.#active;
    assert(active !== undefined || this.#broken !== undefined, 'an append before a segment was begun');
    this.#appending = true;
    if (this.#broken === undefined) {
      reserve(active!, byteLength(pieces));
      for (const piece of pieces) write(active!, piece);
    }
    queueMicrotask(() => {
      this.#appending = false;
      done(this.#broken);
    });
  }

  async read(segment: number, at: number, length: number): Promise<Uint8Array> {
    const { bytes, end } = this.#segment(segment);
    return bytes.slice(at, Math.min(end, at + length));
  }

  async writeIndex(segment: number, bytes: Uint8Array): Promise<void> {
    this.#sealed(segment).index = bytes.slice();
  }

  async readIndex(segment: number): Promise<Uint8Array | undefined> {
    return this.#segment(segment).index?.slice();
  }

  async remove(segment: number): Promise<void> {
    this.#sealed(segment);
    this.#segments.delete(segment);
  }

  async setAside(segment: number): Promise<string> {
    const name = `segment ${segment}, damaged (${this.#damaged.size + 1})`;
    this.#damaged.set(name, this.#sealed(segment));
    this.#segments.delete(segment);
    return name;
  }

  usedBytes(): number {
    let sum = 0;
    for (const { bytes, index } of [...this.#segments.values(), ...this.#damaged.values()]) {
      sum += bytes.length + (index?.length ?? 0);
    }
    return sum;
  }

  async close(): Promise<void> {
    this.#active = undefined;
  }

  /** From now on everything fails with this error, as after a failed write. */
  breakWith(error: Error): void {
    this.#broken ??= error;
  }

  #segment(segment: number): MemorySegment {
    const found = this.#segments.get(segment);
    assert(found !== undefined, `segment ${segment} is not in the log`);
    return found;
  }

  /** A segment that may be changed otherwise than by appending. */
  #sealed(segment: number): MemorySegment {
    const found = this.#segment(segment);
    assert(found !== this.#active, `segment ${segment} is still being written`);
    this.#throwIfBroken();
    return found;
  }

  #throwIfBroken(): void {
    if (this.#broken !== undefined) throw this.#broken;
  }
}

function reserve(segment: MemorySegment, more: number): void {
  const needed = segment.end + more;
  if (needed <= segment.bytes.length) return;
  const bytes = new Uint8Array(Math.max(needed, 2 * segment.bytes.length));
  bytes.set(segment.bytes.subarray(0, segment.end));
  segment.bytes = bytes;
}

function write(segment: MemorySegment, piece: Uint8Array): void {
  segment.bytes.set(piece, segment.end);
  segment.end += piece.length;
}
