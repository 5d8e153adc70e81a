// How long one call takes: `run(count)` does the work `count` times, so that the loop is part of what is compiled.

const SAMPLES = 7;
const SAMPLE_MS = 60;

/** The median of several samples, in nanoseconds per operation, after a warm-up that also finds how many make a sample. */
export function nanosecondsPerOperation(run) {
  let count = 1;
  for (let elapsed = 0; elapsed < SAMPLE_MS; ) {
    elapsed = elapsedMs(run, count);
    if (elapsed < SAMPLE_MS) count = Math.ceil(count * Math.min(10, (SAMPLE_MS * 1.2) / Math.max(elapsed, 0.01)));
  }
  const samples = Array.from({ length: SAMPLES }, () => (elapsedMs(run, count) * 1e6) / count);
  return samples.sort((left, right) => left - right)[(SAMPLES - 1) / 2];
}

function elapsedMs(run, count) {
  const startedAt = performance.now();
  run(count);
  return performance.now() - startedAt;
}
