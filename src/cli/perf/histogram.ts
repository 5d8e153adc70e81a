// Latencies in microseconds, in buckets that grow with what they hold: 64 for each doubling, so that a percentile is right
// within 2%.
//
//     value        0 .. 63    64 .. 127   128 .. 255   256 .. 511
//     buckets      64         64          64           64
//     width        1          1           2            4

const PER_OCTAVE = 64;
const OCTAVES = 30;

export class Histogram {
  readonly #counts: Float64Array = new Float64Array(PER_OCTAVE * OCTAVES);
  #total = 0;
  #max = 0;

  record(microseconds: number): void {
    const value = Math.max(0, Math.floor(microseconds));
    const bucket = bucketOf(value);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#total++;
    if (value > this.#max) this.#max = value;
  }

  get total(): number {
    return this.#total;
  }

  get max(): number {
    return this.#max;
  }

  /** The value below or at which this share of all lies. Undefined when nothing was recorded. */
  percentile(share: number): number | undefined {
    if (this.#total === 0) return undefined;
    let seen = 0;
    const bucket = this.#counts.findIndex((count) => {
      seen += count;
      return count > 0 && seen >= share * this.#total;
    });
    return lowestOf(bucket);
  }
}

function bucketOf(value: number): number {
  if (value < PER_OCTAVE) return value;
  const shift = 31 - Math.clz32(value) - 6;
  return Math.min(PER_OCTAVE * OCTAVES - 1, (shift + 1) * PER_OCTAVE + ((value >>> shift) - PER_OCTAVE));
}

function lowestOf(bucket: number): number {
  if (bucket < PER_OCTAVE) return bucket;
  const shift = Math.floor(bucket / PER_OCTAVE) - 1;
  return ((bucket % PER_OCTAVE) + PER_OCTAVE) * 2 ** shift;
}
