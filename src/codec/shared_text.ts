/**
 * A range of bytes with very many short strings in it. Each call into Node's decoder costs more than they do, so the range is
 * decoded once, as if it were all ASCII, and those that are get their part of that.
 */
export class SharedText {
  readonly #bytes: Buffer;
  readonly #start: number;
  readonly #text: string;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#start = start;
    this.#text = this.#bytes.toString('latin1', start, end);
  }

  /** What is at `[start, end)` of the bytes, which is in the range, with U+FFFD for what is not UTF-8. */
  at(start: number, end: number): string {
    for (let i = start; i < end; i++) {
      if ((this.#bytes[i] as number) >= 0x80) return this.#bytes.toString('utf8', start, end);
    }
    return this.#text.substring(start - this.#start, end - this.#start);
  }
}
