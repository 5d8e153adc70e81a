// The house rules that a compiler does not know.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The rooms that the files of a room may import from, besides their own. `.` is src itself, the composition root. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  codec: ['lib'],
  config: ['lib'],
  core: ['codec', 'lib'],
  auth: ['core', 'codec', 'config', 'lib'],
  journal: ['core', 'codec', 'config', 'lib'],
  server: ['auth', 'journal', 'core', 'codec', 'config', 'lib'],
  metrics: ['server', 'journal', 'core', 'codec', 'config', 'lib'],
  admin: ['server', 'auth', 'journal', 'core', 'codec', 'config', 'lib'],
  management: ['metrics', 'admin', 'server', 'auth', 'journal', 'core', 'codec', 'config', 'lib'],
  '.': ['management', 'metrics', 'admin', 'server', 'auth', 'journal', 'core', 'codec', 'config', 'lib'],
  cli: ['.', 'metrics', 'admin', 'server', 'auth', 'journal', 'core', 'codec', 'config', 'lib'],
};

const LINES_MAX = 500;
const MEDIAN_LINES_MAX = 120;

interface SourceFile {
  readonly path: string;
  readonly text: string;
}

interface Import {
  readonly from: string;
  readonly specifier: string;
}

function filesBelow(folder: string): SourceFile[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => /\.(ts|mjs|js)$/.test(path) && statSync(join(root, path)).isFile())
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

const source = filesBelow('src');
const handwritten = source.filter(({ path }) => !path.endsWith('.gen.ts'));
const tests = filesBelow('test');

function importsOf({ path, text }: SourceFile): Import[] {
  const pattern = /^\s*(?:import|export)\b[^'"`;]*?from\s+'([^']+)'|^\s*import\s+'([^']+)'|\bimport\('([^']+)'\)/gm;
  return [...text.matchAll(pattern)].map(([, a, b, c]) => ({ from: path, specifier: (a ?? b ?? c)! }));
}

function roomOf(path: string): string {
  const [, room, ...rest] = path.split('/');
  return rest.length === 0 ? '.' : room!;
}

const imports = source.flatMap(importsOf);
const relativeImports = imports
  .filter(({ specifier }) => specifier.startsWith('.'))
  .map(({ from, specifier }) => ({ from, to: relative('', join(dirname(from), specifier)) }));

function lineCount({ text }: SourceFile): number {
  return text.split('\n').length - 1;
}

test('the imports are found at all', () => {
  expect(relativeImports.length).toBeGreaterThan(source.length);
  expect(relativeImports.map(({ to }) => to)).toContain('src/lib/start_error.ts');
});

describe('layers', () => {
  test('every room has its place', () => {
    expect(Object.keys(LAYERS)).toEqual(expect.arrayContaining([...new Set(source.map(({ path }) => roomOf(path)))]));
  });

  test('a file imports from its own room or one above it', () => {
    const wrong = relativeImports.filter(({ from, to }) => {
      const allowed = LAYERS[roomOf(from)] ?? [];
      return roomOf(to) !== roomOf(from) && !allowed.includes(roomOf(to));
    });
    expect(wrong).toEqual([]);
  });

  test('no two rooms import each other', () => {
    const pairs = new Set(relativeImports.map(({ from, to }) => `${roomOf(from)} ${roomOf(to)}`));
    const mutual = [...pairs].filter((pair) => {
      const [from, to] = pair.split(' ');
      return from !== to && pairs.has(`${to} ${from}`);
    });
    expect(mutual).toEqual([]);
  });

  test('nothing in src imports what stands outside it', () => {
    expect(relativeImports.filter(({ to }) => !to.startsWith('src/'))).toEqual([]);
  });

  test('the core has no network, no disk, no timers and no clock of its own', () => {
    const core = handwritten.filter(({ path }) => roomOf(path) === 'core');
    const outside = imports.filter(
      ({ from, specifier }) => roomOf(from) === 'core' && /^node:(net|tls|fs|timers|dns|http)/.test(specifier),
    );
    const calls = core.filter(({ text }) =>
      /\b(setTimeout|setInterval|setImmediate|Date\.now|new Date|performance\.now)\b/.test(text),
    );
    expect(outside).toEqual([]);
    expect(calls.map(({ path }) => path)).toEqual([]);
  });

  test('docs/ARCHITECTURE.md names every room', () => {
    const page = readFileSync(join(root, 'docs/ARCHITECTURE.md'), 'utf8');
    const rooms = [...new Set(source.map(({ path }) => roomOf(path)))].filter((room) => room !== '.');
    expect(rooms.filter((room) => !new RegExp(`\\b${room}\\b`).test(page))).toEqual([]);
  });
});

describe('sizes', () => {
  test('no file is too long to hold in mind', () => {
    const long = [...handwritten, ...tests].filter((file) => lineCount(file) > LINES_MAX);
    expect(long.map((file) => `${file.path}: ${lineCount(file)}`)).toEqual([]);
  });

  test('half of the source files are short', () => {
    const counts = handwritten.map(lineCount).sort((a, b) => a - b);
    expect(counts[counts.length >> 1]).toBeLessThanOrEqual(MEDIAN_LINES_MAX);
  });
});

describe('words', () => {
  test('nothing is left for later', () => {
    // Spelled so that this file does not find itself.
    const words = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X'].join('|')})\\b`);
    const everything = [...source, ...tests, ...['protocol', 'scripts', 'examples', 'bench'].flatMap(filesBelow)];
    expect(everything.filter(({ text }) => words.test(text)).map(({ path }) => path)).toEqual([]);
  });

  test('no test is left out or runs alone', () => {
    const marks = /\b(?:it|test|describe|suite)(?:\.\w+)*\.(?:only|skip|todo|fails)\b/;
    expect(tests.filter(({ text }) => marks.test(text)).map(({ path }) => path)).toEqual([]);
  });

  test('the source has no default exports and no console', () => {
    expect(
      handwritten.filter(({ text }) => /^export default|(?<!\.)\bconsole\./m.test(text)).map(({ path }) => path),
    ).toEqual([]);
  });
});
