import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyOf, parseConfigFile } from '../../../src/config/file.ts';

function settings(content: string): [key: string, value: string][] {
  const { lines, problems } = parseConfigFile('a.conf', content);
  expect(problems).toEqual([]);
  return lines.map((line) => (line.type === 'setting' ? [keyOf(line.words), line.value] : ['include', line.included]));
}

test('reads keys, comments and any line end', () => {
  expect(settings('\uFEFF# top\r\n\r\nport = 5672\n  log.level=debug   # why\n')).toEqual([
    ['port', '5672'],
    ['log.level', 'debug'],
  ]);
});

// All but the last three as RabbitMQ 4.3 reads them; those it refuses.
test.each([
  ['a = b # c', 'a', 'b'],
  ['a = b#c', 'a', 'b'],
  ["a = 'b # c'", 'a', 'b # c'],
  ["a = 'b' # c", 'a', 'b'],
  ["a = ''", 'a', ''],
  ['a = x  y  ', 'a', 'x  y'],
  ["a = x 'b'", 'a', "x 'b'"],
  ["a = 'b", 'a', "'b"],
  ["a = b'", 'a', "b'"],
  ['a = b == c', 'a', 'b == c'],
  ['a\t=\tb\t', 'a', 'b'],
  ['A-b_1 = 2', 'A-b_1', '2'],
  ['1a = "x"', '1a', '"x"'],
  ['a.b\\.c = 1', 'a.b\\.c', '1'],
  ["a = 'two\nlines'", 'a', 'two\nlines'],
  ['a = fü', 'a', 'fü'],
  ['include conf.d/*.conf # more', 'include', 'conf.d/*.conf'],
  ['\uFEFFa = 1', 'a', '1'],
  ["a = 'it''s'", 'a', "it's"],
  ["a = 'it''s' # quoted", 'a', "it's"],
])('%j', (line, key, value) => {
  expect(settings(line)).toEqual([[key, value]]);
});

test('a dot marked with a backslash is part of a word', () => {
  const [line] = parseConfigFile('a.conf', 'loopback_users.my\\.name = true').lines;
  expect(line).toMatchObject({ words: ['loopback_users', 'my.name'] });
});

test('knows on which line a key stands, also after a value of several lines', () => {
  const { lines } = parseConfigFile('a.conf', "\n\na = 1\nb = '\n\n'\r\nc = 2");
  expect(lines.map(({ line }) => line)).toEqual([3, 4, 7]);
});

test('finds every mistake, and goes on after it', () => {
  const { lines, problems } = parseConfigFile(
    'a.conf',
    "a =\nb = 1\nb 1\n= 1\na..b = 1\na.* = 1\na = 'b' c\nc = 2\na = # c",
  );
  expect(lines.map(({ line }) => line)).toEqual([2, 8]);
  expect(problems.map(({ line, text }) => [line, text])).toEqual([
    [1, "a is given no value. The empty text is written ''."],
    [3, 'is not a `key = value` line, a comment or empty.'],
    [4, 'is not a `key = value` line, a comment or empty.'],
    [5, 'is not a `key = value` line, a comment or empty.'],
    [6, 'is not a `key = value` line, a comment or empty.'],
    [7, 'has something after the closing quote.'],
    [9, "a is given no value. The empty text is written ''."],
  ]);
});

const word = fc.string({ unit: fc.constantFrom(...'aZ09_-.'), minLength: 1, maxLength: 5 });

test('whatever is written in quotes is read back, whatever stands around it', () => {
  const setting = fc.record({ words: fc.array(word, { minLength: 1, maxLength: 4 }), value: fc.string() });
  fc.assert(
    fc.property(
      fc.array(setting),
      fc.constantFrom('\n', '\r\n'),
      fc.constantFrom('', ' # x', '  '),
      (given, end, after) => {
        const content = given.map(
          ({ words, value }) => `${keyOf(words)} = '${value.replaceAll("'", "''")}'${after}${end}`,
        );
        const { lines, problems } = parseConfigFile('a.conf', content.join(`# c ${end}`));
        expect(problems).toEqual([]);
        expect(lines).toMatchObject(given);
      },
    ),
  );
});

test('no text makes it throw or hang, and every line of it is a setting, nothing, or a mistake', () => {
  const piece = fc.constantFrom(
    'a',
    '.',
    '\\',
    ' = ',
    '=',
    "'",
    "''",
    '#',
    '\n',
    '\r',
    '\r\n',
    ' ',
    '\t',
    'include ',
    '*',
    'ü',
    '\0',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const content = pieces.join('');
      const { lines, problems } = parseConfigFile('a.conf', content);
      const last = content.split('\n').length;
      for (const { line } of [...lines, ...problems]) expect(line).toBeLessThanOrEqual(last);
    }),
    { numRuns: 2000 },
  );
});

test.each(["'", ' ', "a = '", "''", 'a = ', '\\.', 'a.'])('is as quick with many of %j', (piece) => {
  const started = performance.now();
  parseConfigFile('a.conf', piece.repeat(100_000));
  parseConfigFile('a.conf', `a = ${piece.repeat(100_000)}\r`);
  expect(performance.now() - started).toBeLessThan(2000);
});
