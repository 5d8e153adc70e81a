/** When a message becomes ready and when it expires, in milliseconds since 1970; it never expires at 0. */
export interface Rescheduled {
  readonly sequence: number;
  readonly readyAtMs: number;
  readonly expiresAtMs: number;
}

/** Of one queue, the messages that wait for another time than the one they asked for, or have waited. Most never expire. */
export class Reschedules {
  readonly #readyAt = new Map<number, number>();
  readonly #expiresAt = new Map<number, number>();

  get size(): number {
    return this.#readyAt.size;
  }

  set(sequence: number, readyAtMs: number, expiresAtMs: number): void {
    this.#readyAt.set(sequence, readyAtMs);
    if (expiresAtMs !== 0) this.#expiresAt.set(sequence, expiresAtMs);
    else if (this.#expiresAt.size > 0) this.#expiresAt.delete(sequence);
  }

  get(sequence: number): Rescheduled | undefined {
    const readyAtMs = this.#readyAt.get(sequence);
    if (readyAtMs === undefined) return undefined;
    return { sequence, readyAtMs, expiresAtMs: this.#expiresAt.get(sequence) ?? 0 };
  }

  delete(sequence: number): void {
    if (!this.#readyAt.delete(sequence)) return;
    if (this.#expiresAt.size > 0) this.#expiresAt.delete(sequence);
  }

  sequences(): IterableIterator<number> {
    return this.#readyAt.keys();
  }
}
