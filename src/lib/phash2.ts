/**
 * Erlang's `erlang:phash2`, as far as brokers hash by it: of binaries, and of lists of them. It is Bob Jenkins' hash of
 * 1996, which takes twelve bytes a step into three registers:
 *
 *     bytes 0..3 ──▶ a      bytes 4..7 ──▶ b      bytes 8..11 ──▶ c      little-endian, then mix(a, b, c)
 *
 * The values never change, in Erlang or here: what is routed by them stays where it is.
 */
const GOLDEN = 0x9e3779b9;
const BINARY = Math.imul(GOLDEN, 13);
const LIST_END = Math.imul(GOLDEN, 2);
/** Erlang's type code of an empty list. */
const NIL = 2;

/** 32 bits, unsigned. */
export function hashBytes(bytes: Uint8Array, before = 0): number {
  const start = (BINARY + before) | 0;
  if (bytes.length === 0) return start >>> 0;
  let a = GOLDEN | 0;
  let b = GOLDEN | 0;
  let c = start;
  let at = 0;
  for (; bytes.length - at >= 12; at += 12) {
    a = (a + littleEndian(bytes, at, 4)) | 0;
    b = (b + littleEndian(bytes, at + 4, 4)) | 0;
    c = (c + littleEndian(bytes, at + 8, 4)) | 0;
    [a, b, c] = mix(a, b, c);
  }
  const left = bytes.length - at;
  c = (c + bytes.length) | 0;
  a = (a + littleEndian(bytes, at, Math.min(left, 4))) | 0;
  b = (b + littleEndian(bytes, at + 4, Math.min(left - 4, 4))) | 0;
  // The lowest byte of c has the length.
  c = (c + (littleEndian(bytes, at + 8, left - 8) << 8)) | 0;
  return mix(a, b, c)[2] >>> 0;
}

/** As `hashBytes`, of a list that holds nothing but these. */
export function hashList(items: readonly Uint8Array[]): number {
  let hash = 0;
  for (const item of items) hash = hashBytes(item, hash);
  const [, , c] = mix((LIST_END + NIL) | 0, LIST_END, hash | 0);
  return c >>> 0;
}

/** `count` bytes, or none where that is below zero. */
function littleEndian(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = 0; i < count; i++) value |= (bytes[at + i] as number) << (8 * i);
  return value;
}

export function mix(x: number, y: number, z: number): [number, number, number] {
  let [a, b, c] = [x, y, z];
  a = (a - b - c) ^ (c >>> 13);
  b = (b - c - a) ^ (a << 8);
  c = (c - a - b) ^ (b >>> 13);
  a = (a - b - c) ^ (c >>> 12);
  b = (b - c - a) ^ (a << 16);
  c = (c - a - b) ^ (b >>> 5);
  a = (a - b - c) ^ (c >>> 3);
  b = (b - c - a) ^ (a << 10);
  c = (c - a - b) ^ (b >>> 15);
  return [a, b, c];
}
