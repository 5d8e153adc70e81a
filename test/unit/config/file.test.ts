import { expect, test } from 'vitest';
import { parseConfigFile } from '../../../src/config/file.ts';

const KEYS = ['port', 'log.level', 'default_pass'];

function values(content: string): Record<string, string> {
  const { entries } = parseConfigFile('a.conf', content, KEYS);
  return Object.fromEntries([...entries].map(([key, entry]) => [key, entry.value]));
}

test('reads keys, comments, quotes and any line end', () => {
  expect(values('\uFEFF# top\r\n\r\nport = 5672\n  log.level=debug   # why\n')).toEqual({
    port: '5672',
    'log.level': 'debug',
  });
});

test.each([
  ["default_pass = 'a # b'", 'a # b'],
  ["default_pass = 'it''s' # quoted", "it's"],
  ['default_pass = a#b', 'a#b'],
  ['default_pass = a # b', 'a'],
  ['default_pass = a=b', 'a=b'],
  ["default_pass = ''", ''],
  ['default_pass =', ''],
  ['default_pass = # nothing', ''],
])('%s', (line, expected) => {
  expect(values(line)).toEqual({ default_pass: expected });
});

test('knows on which line a key stands', () => {
  expect(parseConfigFile('a.conf', '\n\nport = 1', KEYS).entries.get('port')).toEqual({ value: '1', line: 3 });
});

test.each([
  ['prt = 1', 'a.conf:1: "prt" is not an option. Did you mean port?'],
  ['\nlog.levle = 1', 'a.conf:2: "log.levle" is not an option. Did you mean log.level?'],
  ['cluster_name = x', 'a.conf:1: "cluster_name" is not an option. The options are port, log.level, default_pass.'],
  ['port 5672', 'a.conf:1: is not a `key = value` line, a comment or empty.'],
  ['= 5672', 'a.conf:1: is not a `key = value` line, a comment or empty.'],
  ['port = 1\nport = 2', 'a.conf:2: port was given before, on line 1.'],
])('refuses %j', (content, message) => {
  expect(() => values(content)).toThrow(expect.objectContaining({ code: 'option', message }));
});
