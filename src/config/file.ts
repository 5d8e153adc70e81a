// A configuration file, in the manner of rabbitmq.conf:
//
//   # a comment                      from a # at the start of a line, or after white space, to the end of the line
//   port = 5672                      key = value, white space around both left out
//   log.level = debug                keys are lower case, with dots and underscores
//   default_pass = 'a # inside'      single quotes keep what is between them as it is; '' is one quote
//
// One key a line, each key at most once.

import { nearest } from '../lib/nearest.ts';
import { StartError } from '../lib/start_error.ts';

export interface FileEntry {
  readonly value: string;
  readonly line: number;
}

export interface ConfigFile {
  readonly path: string;
  readonly entries: ReadonlyMap<string, FileEntry>;
}

const LINE = /^([A-Za-z][A-Za-z0-9_.]*)\s*=\s*(?:'((?:[^']|'')*)'|(.*?))\s*(?:(?<=[\s='])#.*)?$/;

export function parseConfigFile(path: string, content: string, knownKeys: readonly string[]): ConfigFile {
  const entries = new Map<string, FileEntry>();
  const lines = content.replace(/^\uFEFF/, '').split(/\r?\n/);
  for (const [index, raw] of lines.entries()) {
    const line = index + 1;
    const trimmed = raw.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const [key, value] = parseLine(trimmed) ?? reject(path, line, 'is not a `key = value` line, a comment or empty.');
    if (!knownKeys.includes(key)) reject(path, line, unknownKey(key, knownKeys));
    const earlier = entries.get(key);
    if (earlier) reject(path, line, `${key} was given before, on line ${earlier.line}.`);
    entries.set(key, { value, line });
  }
  return { path, entries };
}

function parseLine(trimmed: string): [key: string, value: string] | undefined {
  const match = LINE.exec(trimmed);
  if (!match) return undefined;
  const [, key, quoted, plain] = match;
  return [key!, quoted === undefined ? plain! : quoted.replaceAll("''", "'")];
}

function unknownKey(key: string, knownKeys: readonly string[]): string {
  const guess = nearest(key, knownKeys);
  return guess === undefined
    ? `"${key}" is not an option. The options are ${knownKeys.join(', ')}.`
    : `"${key}" is not an option. Did you mean ${guess}?`;
}

function reject(path: string, line: number, problem: string): never {
  throw new StartError('option', `${path}:${line}: ${problem}`);
}
