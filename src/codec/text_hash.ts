import { randomFillSync } from 'node:crypto';

/** The most octets of one text that count. */
const OCTETS_MAX = 255;

/**
 * Multilinear hashing: a sum of the octets and the length, each times a random number of its own. Which texts collide is
 * another matter in each process, so nobody can send thousands that do.
 */
const FACTORS = randomFillSync(new Int32Array(OCTETS_MAX + 1));

/** 32 bits, of which the high ones are the best, for octets in `[start, end)`; those beyond the 255th do not count, only how many there are. */
export function textHash(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  const counted = Math.min(length, OCTETS_MAX);
  let hash = Math.imul(FACTORS[OCTETS_MAX]!, length);
  for (let i = 0; i < counted; i++) hash = (hash + Math.imul(FACTORS[i]!, bytes[start + i]!)) | 0;
  return hash;
}
