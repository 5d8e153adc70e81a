import { skipField } from './table_validate.ts';
import { textHash } from './text_hash.ts';

/**
 * Where the fields of an encoded table are, by their names: an open-addressed hash table of offsets, which is no object for the
 * garbage collector to follow, however many they are. Names are compared by their octets.
 */
export class NameIndex {
  readonly #bytes: Uint8Array;
  /** One more than the offsets of fields, 0 where there is none. */
  readonly #slots: Int32Array;
  readonly #shift: number;
  /** How many different names there are. */
  readonly size: number;

  /** The range is that of the fields of a valid table. */
  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes;
    const bits = 32 - Math.clz32(2 * countFields(bytes, start, end));
    this.#slots = new Int32Array(2 ** bits);
    this.#shift = 32 - bits;
    let size = 0;
    for (let at = start; at < end; at = fieldAfter(bytes, at)) {
      const slot = this.#slotOf(bytes, at);
      if (this.#slots[slot] !== 0) continue;
      this.#slots[slot] = at + 1;
      size++;
    }
    this.size = size;
  }

  /** Where the first field is that has the name at an offset of these or other bytes; -1 where there is none. */
  find(bytes: Uint8Array, name: number): number {
    return (this.#slots[this.#slotOf(bytes, name)] as number) - 1;
  }

  /** The slot that has the name, or that it would have. */
  #slotOf(bytes: Uint8Array, name: number): number {
    const last = this.#slots.length - 1;
    const hash = textHash(bytes, name + 1, name + 1 + bytes[name]!);
    // A shift by 32 is one by 0.
    let slot = last === 0 ? 0 : hash >>> this.#shift;
    for (; ; slot = (slot + 1) & last) {
      const at = (this.#slots[slot] as number) - 1;
      if (at < 0 || isSameName(this.#bytes, at, bytes, name)) return slot;
    }
  }
}

function countFields(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at = fieldAfter(bytes, at)) count++;
  return count;
}

/** Where the field ends that starts at an offset. */
export function fieldAfter(bytes: Uint8Array, at: number): number {
  return skipField(bytes, at + 1 + bytes[at]!);
}

/** Whether the field at an offset has this name, which is in ASCII. */
export function isName(bytes: Uint8Array, at: number, name: string): boolean {
  if (bytes[at] !== name.length) return false;
  for (let i = 0; i < name.length; i++) if (bytes[at + 1 + i] !== name.charCodeAt(i)) return false;
  return true;
}

/** Whether the fields at two offsets have the same name. */
export function isSameName(a: Uint8Array, at: number, b: Uint8Array, bt: number): boolean {
  const length = a[at]!;
  if (b[bt] !== length) return false;
  for (let i = 1; i <= length; i++) if (a[at + i] !== b[bt + i]) return false;
  return true;
}
