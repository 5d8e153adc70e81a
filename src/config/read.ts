import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { StartError } from '../lib/start_error.ts';
import { type IncludeLine, type Problem, parseConfigFile, type SettingLine } from './file.ts';

const FILE_BYTES_MAX = 2 ** 20;
const INCLUDE_DEPTH_MAX = 10;

/** All lines of one or more configuration files, in the order in which they count. */
export interface ReadConfig {
  readonly files: readonly string[];
  readonly lines: readonly SettingLine[];
  readonly problems: readonly Problem[];
}

/** Reads files, and the `*.conf` files of folders by their names. Throws a StartError when there is nothing to read. */
export function readConfig(paths: readonly string[]): ReadConfig {
  const files: string[] = [];
  const lines: SettingLine[] = [];
  const problems: Problem[] = [];
  for (const path of paths) for (const file of filesAt(path)) readFile(file, 0);
  return { files, lines, problems };

  function readFile(path: string, depth: number): void {
    const parsed = parseConfigFile(path, readText(path));
    files.push(path);
    problems.push(...parsed.problems);
    for (const line of parsed.lines) {
      if (line.type === 'setting') lines.push(line);
      else include(line, depth + 1);
    }
  }

  function include(line: IncludeLine, depth: number): void {
    const { path, included } = line;
    const problem = (text: string): void => void problems.push({ path, line: line.line, text });
    if (depth > INCLUDE_DEPTH_MAX) return problem(`include ${included}: files include each other too deeply.`);
    for (const file of filesLike(resolve(dirname(path), included))) {
      try {
        readFile(file, depth);
      } catch (error) {
        if (!(error instanceof StartError)) throw error;
        problem(error.message);
      }
    }
  }
}

/** A folder stands for its `*.conf` files. */
export function filesAt(path: string): readonly string[] {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ? filesLike(join(path, '*.conf')) : [path];
}

/** The files that a name with `*` in its last part stands for, by their names; a name without one is a file. */
export function filesLike(pattern: string): readonly string[] {
  const last = basename(pattern);
  if (!last.includes('*')) return [pattern];
  const folder = dirname(pattern);
  const [head = '', ...rest] = last.split('*');
  const tail = rest.pop() as string;
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory() && isLike(entry.name, head, rest, tail))
      .map((entry) => join(folder, entry.name))
      .sort();
  } catch {
    return [];
  }
}

function isLike(name: string, head: string, middle: readonly string[], tail: string): boolean {
  if (!name.startsWith(head)) return false;
  let at = head.length;
  for (const part of middle) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - tail.length >= at && name.endsWith(tail);
}

function readText(path: string): string {
  try {
    const bytes = readFileSync(path);
    if (bytes.length > FILE_BYTES_MAX) throw new Error(`it is larger than ${FILE_BYTES_MAX} bytes`);
    return bytes.toString('utf8');
  } catch (error) {
    throw new StartError('option', `Cannot read the configuration file ${path}: ${reason(error)}.`);
  }
}

function reason(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EACCES':
      return 'this user is not permitted to';
    default:
      return (error as Error).message;
  }
}
