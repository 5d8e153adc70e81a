// What the threads of one run share: a few numbers, each written by one side only.

export const PUBLISHED = 0;
export const CONFIRMED = 1;
export const DELIVERED = 2;
/** Set by the main thread while latencies count. */
export const MEASURING = 3;
/** Never changes: a thread waits on it to sleep less than a timer can. */
export const NEVER = 4;

export function sharedNumbers() {
  return new Int32Array(new SharedArrayBuffer(5 * Int32Array.BYTES_PER_ELEMENT));
}

/** A clock that all threads agree on, in microseconds. */
export function nowMicroseconds() {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e6 + nanoseconds / 1e3;
}
