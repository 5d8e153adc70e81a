/**
 * How often a message came back to its queue, in one number, of which there may be millions:
 *
 *     ┌────────────┬───────────────────────┐
 *     │ at all: 16 │ as far as it counts: 16 │  bits
 *     └────────────┴───────────────────────┘
 */
export type Returns = number;

/** A message that came back more often is remembered as having come back this often. */
const RETURNS_MAX = 0xffff;

export function packReturns(counted: number, acquired: number): Returns {
  return Math.min(acquired, RETURNS_MAX) * 0x1_0000 + Math.min(counted, RETURNS_MAX);
}

export function countedOf(returns: Returns): number {
  return returns % 0x1_0000;
}

export function acquiredOf(returns: Returns): number {
  return Math.floor(returns / 0x1_0000);
}
