import { hashBytes, mix } from './phash2.ts';

/** What of Erlang's terms a field table can be made of; bytes are a binary. */
export type Term =
  | Uint8Array
  | number
  | bigint
  | { readonly atom: string }
  | { readonly float: number }
  | { readonly tuple: readonly Term[] }
  | { readonly list: readonly Term[] };

const GOLDEN = 0x9e3779b9;
/** What the hash begins each kind of term with, as a multiple of the above. */
const CONSTANT = { small: 1, listEnd: 2, atom: 3, tuple: 9, negative: 10, positive: 11, float: 12 } as const;
/** Erlang's type code of an empty list. */
const NIL = 2;
const NIL_ALONE = 3_468_870_702;
/** Integers of 28 bits are hashed in another way than larger ones. */
const SMALL_MAX = 2 ** 27;

/** Erlang's `erlang:phash2(Term, 1 bsl 32)`: 32 bits, unsigned. A list that begins with a byte, as texts do, is none of these. */
export function hashTerm(term: Term, before = 0): number {
  if (term instanceof Uint8Array) return hashBytes(term, before);
  if (typeof term === 'number' || typeof term === 'bigint') return hashInteger(BigInt(term), before);
  if ('atom' in term) return hashAtom(term.atom, before);
  if ('float' in term) return hashFloat(term.float, before);
  if ('tuple' in term) {
    const { tuple } = term;
    return tuple.reduce<number>((hash, item) => hashTerm(item, hash), step('tuple', tuple.length, 0, before));
  }
  const hash = term.list.reduce<number>((sum, item) => hashTerm(item, sum), before);
  return hash === 0 ? NIL_ALONE : step('listEnd', NIL, 0, hash);
}

function step(kind: keyof typeof CONSTANT, first: number, second: number, before: number): number {
  const constant = Math.imul(GOLDEN, CONSTANT[kind]);
  return mix((constant + first) | 0, (constant + second) | 0, before | 0)[2] >>> 0;
}

function hashInteger(value: bigint, before: number): number {
  if (value >= -SMALL_MAX && value < SMALL_MAX) {
    const small = Number(value);
    // What is below zero is mixed twice.
    return step('small', small, 0, small < 0 ? step('small', -small, 0, before) : before);
  }
  const size = BigInt.asUintN(64, value < 0n ? -value : value);
  const [low, high] = [Number(size & 0xffff_ffffn), Number(size >> 32n)];
  return step(value < 0n ? 'negative' : 'positive', low, high, before);
}

function hashFloat(value: number, before: number): number {
  const view = new DataView(new ArrayBuffer(8));
  // Both zeros hash alike.
  view.setFloat64(0, value === 0 ? 0 : value);
  return step('float', view.getUint32(0), view.getUint32(4), before);
}

/** An atom alone is hashed by its text, and no more: a hash of 1986, of names in object files. */
function hashAtom(text: string, before: number): number {
  let hash = 0;
  for (const byte of Buffer.from(text)) {
    hash = ((hash << 4) + byte) >>> 0;
    const top = hash & 0xf000_0000;
    hash = (hash ^ (top >>> 24) ^ top) >>> 0;
  }
  return before === 0 ? hash : step('atom', hash, 0, before);
}
