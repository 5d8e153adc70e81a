import type { FieldTable, FieldValue } from '../../../../src/codec/table.ts';

/** Matching as it is defined, with no thought of speed: what the indexes are held against. */

export function topicMatches(pattern: string, routingKey: string): boolean {
  return wordsMatch(wordsOf(pattern), wordsOf(routingKey));
}

function wordsOf(key: string): string[] {
  return key === '' ? [] : key.split('.');
}

function wordsMatch(pattern: readonly string[], words: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return words.length === 0;
  if (first === '#') return wordsMatch(rest, words) || (words.length > 0 && wordsMatch(pattern, words.slice(1)));
  return words.length > 0 && (first === '*' || first === words[0]) && wordsMatch(rest, words.slice(1));
}

export function headersMatch(args: FieldTable, headers: FieldTable): boolean {
  const xMatch = textOf(args.get('x-match')) ?? 'all';
  const results: boolean[] = [];
  for (const [name, wanted] of args) {
    if (name === 'x-match') continue;
    if (name.startsWith('x-') && !xMatch.endsWith('with-x')) continue;
    const actual = headers.get(name);
    results.push(actual !== undefined && (wanted.tag === 'V' || same(wanted, actual)));
  }
  return xMatch.startsWith('all') ? !results.includes(false) : results.includes(true);
}

function textOf(field: FieldValue | undefined): string | undefined {
  return field?.tag === 'S' ? Buffer.from(field.value).toString() : undefined;
}

const INTEGERS = 'bBsuIil';
const FLOATS = 'fd';
const BYTES = 'Sx';

function same(a: FieldValue, b: FieldValue): boolean {
  for (const kind of [INTEGERS, FLOATS, BYTES]) {
    if (kind.includes(a.tag) && kind.includes(b.tag)) return String(a.value) === String(b.value);
  }
  return a.tag === b.tag && JSON.stringify(a.value) === JSON.stringify(b.value);
}
