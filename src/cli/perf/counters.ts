import { Histogram } from './histogram.ts';

/** What all connections of a run count together. */
export class Counters {
  published = 0;
  confirmed = 0;
  refused = 0;
  consumed = 0;
  readonly latency: Histogram = new Histogram();
}

/** In microseconds, from some point in the past. */
export function nowMicroseconds(): number {
  return performance.now() * 1000;
}
