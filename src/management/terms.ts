/** Erlang's order of terms, as far as JSON has them: numbers, then true, false and null, objects, lists, and texts by their bytes. */
export function compareTerms(a: unknown, b: unknown): number {
  if (a === b) return 0;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b);
  const rank = rankOf(a) - rankOf(b);
  if (rank !== 0) return rank;
  if (Array.isArray(a) && Array.isArray(b)) return compareLists(a, b);
  return compareTexts(textOf(a), textOf(b));
}

function compareTexts(left: string, right: string): number {
  if (left === right) return 0;
  // Below the surrogates, the order of UTF-16 is that of the bytes.
  if (!BEYOND.test(left) && !BEYOND.test(right)) return left < right ? -1 : 1;
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

const BEYOND = /[\ud800-\uffff]/;

function rankOf(term: unknown): number {
  if (typeof term === 'number') return 0;
  if (typeof term === 'boolean' || term === null || term === undefined) return 1;
  if (Array.isArray(term)) return 3;
  return typeof term === 'string' ? 4 : 2;
}

function compareLists(a: readonly unknown[], b: readonly unknown[]): number {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const order = compareTerms(a[index], b[index]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function textOf(term: unknown): string {
  return typeof term === 'string' ? term : (JSON.stringify(term) ?? '');
}

/** What stands at `message_stats.publish_details.rate`; undefined where nothing does. */
export function valueAt(value: unknown, path: string): unknown {
  let found = value;
  for (const key of path.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Readonly<Record<string, unknown>>)[key];
  }
  return found;
}
