const BYTES_PER_UNIT: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
};

const MS_PER_UNIT: Readonly<Record<string, number>> = { '': 1, ms: 1, s: 1e3, m: 60e3 };

/** `128MiB`, `1.5 GB`, `4096`: in whole bytes, rounded down. */
export function sizeBytes(given: string): number | undefined {
  return quantity(given, BYTES_PER_UNIT);
}

/** `10s`, `500ms`, `10000`: in whole milliseconds. A bare number is milliseconds, as in RabbitMQ's configuration. */
export function durationMs(given: string): number | undefined {
  return quantity(given, MS_PER_UNIT);
}

function quantity(given: string, units: Readonly<Record<string, number>>): number | undefined {
  const match = /^(\d{1,15}(?:\.\d{1,6})?) ?([a-z]*)$/i.exec(given);
  if (!match) return undefined;
  const [, amount, unit] = match;
  const factor = units[unit!.toLowerCase()];
  // A fraction of a bare number would be a fraction of a byte: a slip of the pen.
  if (factor === undefined || (factor === 1 && amount!.includes('.'))) return undefined;
  return Math.floor(Number(amount) * factor);
}
