/** mulberry32: the same numbers for the same seed, on every machine. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 0 to below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** 0 to below `limit`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }
}

/** Values that lengths, tags and types go wrong with. */
const EDGES = [0, 1, 2, 3, 8, 60, 127, 128, 0xcd, 0xce, 0xcf, 254, 255];

/** A copy of `bytes` with one to a few things wrong with it. */
export function mutate(random: Random, bytes: Buffer): Buffer {
  let out = Buffer.from(bytes);
  for (let times = 1 + random.below(3); times > 0 && out.length > 0; times--) {
    const at = random.below(out.length);
    const length = Math.min(out.length - at, 1 + random.below(16));
    switch (random.below(6)) {
      case 0:
        out[at] = random.pick(EDGES);
        break;
      case 1:
        out[at] = (out[at] as number) ^ (1 << random.below(8));
        break;
      case 2:
        out = Buffer.concat([out.subarray(0, at), out.subarray(at + length)]);
        break;
      case 3:
        out = Buffer.concat([out.subarray(0, at), random.bytes(length), out.subarray(at)]);
        break;
      case 4:
        out = Buffer.concat([out.subarray(0, at + length), out.subarray(at, at + length), out.subarray(at + length)]);
        break;
      default:
        if (at + 4 <= out.length)
          out.writeUInt32BE(random.pick([0, 1, 7, 8, 4096, 131_064, 131_073, 0x7fffffff, 0xffffffff]), at);
    }
  }
  return out;
}
