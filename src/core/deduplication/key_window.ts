import { KEY_BYTES } from './key.ts';

/**
 * The keys that a queue or exchange has seen last, in the order in which they came, oldest first.
 *
 *     slots   ┌──────┬──────┬──────┬──────┐     head ─▶ oldest … tail ─▶ next; a ring
 *     words   │ 4×32 │ 4×32 │ 4×32 │ 4×32 │     the key
 *     expiry  │ ms   │ ms   │ ms   │ ms   │     infinity for never
 *     state   │ KEPT │ GONE │ SEEN │ KEPT │     GONE: came again after it had expired, and stands further on
 *             └──────┴──────┴──────┴──────┘
 *     index   slot + 1 at the first free place from the key's first word on; 0 is free; never more than half full
 *
 * A slot is 25 bytes, and its two places in the index 8 more. There are at most four slots for each key, and two where none
 * comes again; they grow with what is remembered, up to `size` keys.
 */
export class KeyWindow {
  /** The header that holds the key. */
  readonly header: string;
  /** How long a key is known, unless its message says otherwise; undefined for as long as there is room. */
  readonly ttlMs: number | undefined;
  /** The commit by which the last of the keys that outlive the process, and its message, are on disk; 0 for none. */
  commit = 0;
  readonly #sizeMax: number;
  #capacity = SLOTS_MIN;
  #words: Int32Array = new Int32Array(WORDS * SLOTS_MIN);
  #expiresAtMs: Float64Array = new Float64Array(SLOTS_MIN);
  #states: Uint8Array = new Uint8Array(SLOTS_MIN);
  #index: Int32Array = new Int32Array(2 * SLOTS_MIN);
  #head = 0;
  #tail = 0;
  #length = 0;

  constructor({ header, ttlMs, sizeMax }: WindowSettings) {
    this.header = header;
    this.ttlMs = ttlMs;
    this.#sizeMax = sizeMax;
  }

  /** Keys in it, with those that have expired and were not asked for since. */
  get length(): number {
    return this.#length;
  }

  has(key: Uint8Array, nowMs: number): boolean {
    const slot = this.#find(key);
    return slot !== -1 && nowMs < (this.#expiresAtMs[slot] as number);
  }

  /** Remembers a key that it does not have, as the newest; the oldest makes room. `kept` if the journal has it too. */
  add(key: Uint8Array, expiresAtMs: number, kept: boolean): void {
    const expired = this.#find(key);
    if (expired !== -1) this.#remove(expired);
    else if (this.#length === this.#sizeMax) this.#remove(this.#head & (this.#capacity - 1));
    if (this.#tail - this.#head === this.#capacity) this.#rebuild();
    const slot = this.#tail++ & (this.#capacity - 1);
    for (let i = 0; i < WORDS; i++) this.#words[WORDS * slot + i] = wordOf(key, i);
    this.#expiresAtMs[slot] = expiresAtMs;
    this.#states[slot] = kept ? KEPT : SEEN;
    this.#length++;
    this.#enter(slot);
  }

  /** Those that outlive the process, oldest first. The bytes are used again for the next one. */
  eachKept(visit: (key: Uint8Array, expiresAtMs: number) => void): void {
    const key = new Uint8Array(KEY_BYTES);
    const view = new DataView(key.buffer);
    for (let at = this.#head; at < this.#tail; at++) {
      const slot = at & (this.#capacity - 1);
      if (this.#states[slot] !== KEPT) continue;
      for (let i = 0; i < WORDS; i++) view.setInt32(4 * i, this.#words[WORDS * slot + i] as number);
      visit(key, this.#expiresAtMs[slot] as number);
    }
  }

  #find(key: Uint8Array): number {
    const mask = this.#index.length - 1;
    for (let at = wordOf(key, 0) & mask; ; at = (at + 1) & mask) {
      const slot = (this.#index[at] as number) - 1;
      if (slot === -1 || this.#holds(slot, key)) return slot;
    }
  }

  #holds(slot: number, key: Uint8Array): boolean {
    for (let i = 0; i < WORDS; i++) if (this.#words[WORDS * slot + i] !== wordOf(key, i)) return false;
    return true;
  }

  #enter(slot: number): void {
    const mask = this.#index.length - 1;
    let at = this.#homeOf(slot);
    while (this.#index[at] !== 0) at = (at + 1) & mask;
    this.#index[at] = slot + 1;
  }

  #homeOf(slot: number): number {
    return (this.#words[WORDS * slot] as number) & (this.#index.length - 1);
  }

  #remove(slot: number): void {
    this.#states[slot] = GONE;
    this.#length--;
    this.#leave(slot);
    while (this.#head < this.#tail && this.#states[this.#head & (this.#capacity - 1)] === GONE) this.#head++;
  }

  /** Whoever stands behind in the index and would have stood here moves up, so that no search ends too early. */
  #leave(slot: number): void {
    const index = this.#index;
    const mask = index.length - 1;
    let free = this.#homeOf(slot);
    while (index[free] !== slot + 1) free = (free + 1) & mask;
    for (let at = (free + 1) & mask; index[at] !== 0; at = (at + 1) & mask) {
      const home = this.#homeOf((index[at] as number) - 1);
      if (((at - home) & mask) < ((at - free) & mask)) continue;
      index[free] = index[at] as number;
      free = at;
    }
    index[free] = 0;
  }

  /** The ring is full: closes its gaps, and doubles it if there are few. */
  #rebuild(): void {
    const before = {
      words: this.#words,
      expiresAtMs: this.#expiresAtMs,
      states: this.#states,
      mask: this.#capacity - 1,
    };
    const capacity = 2 * this.#length > this.#capacity ? 2 * this.#capacity : this.#capacity;
    this.#capacity = capacity;
    this.#words = new Int32Array(WORDS * capacity);
    this.#expiresAtMs = new Float64Array(capacity);
    this.#states = new Uint8Array(capacity);
    this.#index = new Int32Array(2 * capacity);
    let to = 0;
    for (let at = this.#head; at < this.#tail; at++) {
      const from = at & before.mask;
      if (before.states[from] === GONE) continue;
      for (let i = 0; i < WORDS; i++) this.#words[WORDS * to + i] = before.words[WORDS * from + i] as number;
      this.#expiresAtMs[to] = before.expiresAtMs[from] as number;
      this.#states[to] = before.states[from] as number;
      this.#enter(to++);
    }
    this.#head = 0;
    this.#tail = to;
  }
}

export interface WindowSettings {
  readonly header: string;
  readonly ttlMs: number | undefined;
  readonly sizeMax: number;
}

const WORDS: number = KEY_BYTES / 4;
const SLOTS_MIN = 16;

const SEEN = 1;
const KEPT = 2;
const GONE = 3;

function wordOf(key: Uint8Array, i: number): number {
  const at = 4 * i;
  return (
    ((key[at] as number) << 24) |
    ((key[at + 1] as number) << 16) |
    ((key[at + 2] as number) << 8) |
    (key[at + 3] as number)
  );
}
