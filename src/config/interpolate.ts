import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { keyOf, type Problem, type SettingLine } from './file.ts';

// A value may take its text from elsewhere:
//
//   default_pass = $(<secrets/password)       the whole value is what the file says, its last line end left out
//   default_user = $(APPLICATION)-user        $(name) is the value of another key, or of an environment variable

export type Environment = Readonly<Record<string, string | undefined>>;

/** A value grows to at most this, so that keys that double each other cannot use up the memory. */
const VALUE_LENGTH_MAX = 65_536;

export interface Interpolated {
  readonly lines: readonly SettingLine[];
  readonly problems: readonly Problem[];
}

/** The lines with their values in full; those whose values cannot be had are left out. */
export function interpolate(given: readonly SettingLine[], environment: Environment): Interpolated {
  const references = new References(given, environment);
  const lines: SettingLine[] = [];
  const problems: Problem[] = [];
  for (const line of given) {
    const key = keyOf(line.words);
    try {
      lines.push({ ...line, value: references.expand(line, [key]) });
    } catch (error) {
      if (!(error instanceof Unresolved)) throw error;
      problems.push({ path: line.path, line: line.line, text: `${key}: ${error.message}` });
    }
  }
  return { lines, problems };
}

class Unresolved extends Error {}

class References {
  readonly #lines = new Map<string, SettingLine>();
  readonly #expanded = new Map<string, string>();
  readonly #environment: Environment;

  constructor(lines: readonly SettingLine[], environment: Environment) {
    for (const line of lines) this.#lines.set(keyOf(line.words), line);
    this.#environment = environment;
  }

  /** `path` is the keys on the way here. */
  expand(line: SettingLine, path: readonly string[]): string {
    const value = fromFile(line).replaceAll(/\$\(([^)]*)\)/g, (_whole, inside: string) => this.#named(inside, path));
    if (value.length > VALUE_LENGTH_MAX)
      throw new Unresolved(`the value is longer than ${VALUE_LENGTH_MAX} characters.`);
    return value;
  }

  #named(inside: string, path: readonly string[]): string {
    const name = inside.trim();
    if (path.includes(name)) throw new Unresolved(`$(${name}) refers to itself.`);
    const line = this.#lines.get(name);
    if (line === undefined) {
      const text = this.#environment[name];
      if (text === undefined) throw new Unresolved(`$(${name}) is neither another key nor an environment variable.`);
      return text;
    }
    const known = this.#expanded.get(name) ?? this.expand(line, [...path, name]);
    this.#expanded.set(name, known);
    return known;
  }
}

function fromFile({ path, value }: SettingLine): string {
  const [, name] = /^\$\(<(.+)\)$/.exec(value) ?? [];
  if (name === undefined) return value;
  const file = resolve(dirname(path), name.trim());
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch {
    throw new Unresolved(`the file ${file} cannot be read.`);
  }
}
