import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { INSTRUMENTS, SYNC_DURATION } from '../../../src/metrics/opentelemetry/instruments.ts';

const page = readFileSync(new URL('../../../docs/opentelemetry.md', import.meta.url), 'utf8');
const names = [SYNC_DURATION, ...INSTRUMENTS].map(({ name }) => name);

test('docs/opentelemetry.md has all that is sent, and nothing else', () => {
  const rows = page.split('\n').filter((row) => /^\| `(leveret|process|nodejs)\./.test(row));
  const documented = rows.flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name),
  );
  expect(documented.toSorted()).toEqual(names.toSorted());
});

test('names are as OpenTelemetry wants them, each of them once', () => {
  expect(names.filter((name) => !/^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/.test(name))).toEqual([]);
  expect(new Set(names).size).toBe(names.length);
});
