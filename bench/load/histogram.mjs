// Latencies in microseconds: 64 buckets for each doubling, so that a percentile is right within 2%.

const PER_OCTAVE = 64;
const OCTAVES = 34;

export class Histogram {
  counts = new Float64Array(PER_OCTAVE * OCTAVES);

  record(microseconds) {
    this.counts[bucketOf(Math.max(0, Math.floor(microseconds)))]++;
  }

  /** Undefined when nothing was recorded. */
  percentile(share) {
    let total = 0;
    for (const count of this.counts) total += count;
    if (total === 0) return undefined;
    let seen = 0;
    const bucket = this.counts.findIndex((count) => {
      seen += count;
      return seen >= share * total;
    });
    return lowestOf(bucket);
  }
}

function bucketOf(value) {
  if (value < PER_OCTAVE) return value;
  const shift = 31 - Math.clz32(value) - 6;
  return Math.min(PER_OCTAVE * OCTAVES - 1, (shift + 1) * PER_OCTAVE + ((value >>> shift) - PER_OCTAVE));
}

function lowestOf(bucket) {
  if (bucket < PER_OCTAVE) return bucket;
  const shift = Math.floor(bucket / PER_OCTAVE) - 1;
  return ((bucket % PER_OCTAVE) + PER_OCTAVE) * 2 ** shift;
}
