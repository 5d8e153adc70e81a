import { nearest } from '../lib/nearest.ts';
import { keyOf, type Problem, type SettingLine } from './file.ts';
import { type FileKey, key } from './file_key.ts';
import { fillPattern, matchKey } from './key_pattern.ts';
import { OPTIONS, type Option, SETTING_NAMES, type SettingName, type Settings } from './options.ts';
import { OTHER_KEYS } from './other_keys.ts';
import { quoted } from './value_types.ts';

/** A setting as the configuration file gives it. */
export interface FileValue {
  readonly value: Settings[SettingName];
  /** The last of its lines: its key, and its place as `rabbitmq.conf:3`. */
  readonly key: string;
  readonly origin: string;
}

/** A line that is understood and has no effect. */
export interface Note {
  readonly path: string;
  readonly line: number;
  readonly kind: 'needless' | 'missing';
  /** A sentence, without its place. */
  readonly text: string;
}

/** What the lines of the configuration files amount to. */
export interface FileSettings {
  readonly values: ReadonlyMap<SettingName, FileValue>;
  readonly notes: readonly Note[];
  readonly problems: readonly Problem[];
}

interface Row {
  readonly name: SettingName;
  readonly fileKey: FileKey<Settings[SettingName]>;
}

/** The keys of all settings; those of one setting in the order in which they count. */
const ROWS: readonly Row[] = SETTING_NAMES.flatMap((name) => fileKeys(name).map((fileKey) => ({ name, fileKey })));

/** Gives every line to its setting. Of lines with the same key the last one counts. */
export function fileSettings(lines: readonly SettingLine[]): FileSettings {
  const notes: Note[] = [];
  const problems: Problem[] = [];
  const matched = new Map<Row, SettingLine[]>();
  for (const line of lastOfEach(lines, notes)) {
    const rows = ROWS.filter(({ fileKey }) => matchKey(fileKey.pattern, line.words) !== undefined);
    const refused = rows.find(({ fileKey }) => !fileKey.accepts(line.value));
    if (rows.length === 0) otherKey(line, notes, problems);
    else if (refused !== undefined) problems.push(problem(line, refusal(line, refused)));
    else for (const row of rows) matched.set(row, [...(matched.get(row) ?? []), line]);
  }
  const values = new Map<SettingName, FileValue>();
  for (const row of ROWS) {
    const found = matched.get(row) ?? [];
    const earlier = values.get(row.name);
    if (earlier === undefined || row.fileKey.add !== undefined) read(row, found, values);
    else notes.push(...found.map((line) => note(line, 'needless', `${earlier.key} counts instead`)));
  }
  return { values, notes, problems };
}

function fileKeys(name: SettingName): readonly FileKey<Settings[SettingName]>[] {
  const { key: own, type, rabbitmq = [] }: Option<Settings[SettingName]> = OPTIONS[name];
  return own === undefined ? rabbitmq : [key(own, type), ...rabbitmq];
}

function lastOfEach(lines: readonly SettingLine[], notes: Note[]): Iterable<SettingLine> {
  const last = new Map<string, SettingLine>();
  for (const line of lines) {
    const written = keyOf(line.words);
    const earlier = last.get(written);
    // What another file says anew is meant to be said anew.
    if (earlier?.path === line.path) notes.push(note(earlier, 'needless', `line ${line.line} says it anew`));
    last.set(written, line);
  }
  return last.values();
}

function read({ name, fileKey }: Row, lines: readonly SettingLine[], values: Map<SettingName, FileValue>): void {
  const last = lines.at(-1);
  if (last === undefined) return;
  const value = fileKey.value(
    lines.map(({ words, value: text }) => ({ word: matchKey(fileKey.pattern, words)?.[0] ?? '', text })),
  );
  if (value === undefined) return;
  const earlier = values.get(name)?.value;
  const whole = earlier === undefined || fileKey.add === undefined ? value : fileKey.add(earlier, value);
  values.set(name, { value: whole, key: keyOf(last.words), origin: `${last.path}:${last.line}` });
}

function otherKey(line: SettingLine, notes: Note[], problems: Problem[]): void {
  const other = OTHER_KEYS.find(({ pattern }) => matchKey(pattern, line.words) !== undefined);
  if (other === undefined) problems.push(problem(line, unknownKey(line)));
  else if (other.fulfilled?.includes(line.value)) notes.push(note(line, 'needless', 'it is so anyway'));
  else notes.push(note(line, other.kind, other.why));
}

function unknownKey({ words }: SettingLine): string {
  const patterns = [...ROWS.map(({ fileKey }) => fileKey.pattern), ...OTHER_KEYS.map(({ pattern }) => pattern)];
  const written = keyOf(words);
  const guess = nearest(
    written,
    patterns.map((pattern) => fillPattern(pattern, words)),
  );
  return guess === undefined ? `"${written}" is not a key.` : `"${written}" is not a key. Did you mean ${guess}?`;
}

function refusal(line: SettingLine, { name, fileKey }: Row): string {
  const what = OPTIONS[name].secret ? 'this value' : quoted(line.value);
  return `${keyOf(line.words)}: ${what} is not accepted. Give ${fileKey.accepted}.`;
}

function problem({ path, line }: SettingLine, text: string): Problem {
  return { path, line, text };
}

function note({ path, line, words }: SettingLine, kind: Note['kind'], why: string): Note {
  return { path, line, kind, text: `${keyOf(words)} has no effect: ${why}.` };
}
