import { statSync } from 'node:fs';
import { printable } from '../lib/printable.ts';
import { StartError } from '../lib/start_error.ts';
import { erlangFiles } from './erlang_files.ts';
import type { Problem } from './file.ts';
import { type FileSettings, fileSettings } from './file_settings.ts';
import { type Environment, interpolate } from './interpolate.ts';
import { oldVariables } from './old_variables.ts';
import type { Settings } from './options.ts';
import { filesAt, filesLike, readConfig } from './read.ts';
import { type Flags, type Origins, resolveSetting, resolveSettings } from './resolve.ts';

/** A file that is no configuration at all has a mistake on every line. */
const SENTENCES_MAX = 20;

/** The settings a command runs with, and what is to be said about them. */
export interface Configuration {
  readonly settings: Settings;
  readonly origins: Origins;
  readonly files: readonly string[];
  readonly notes: FileSettings['notes'];
}

export interface CheckedFiles extends FileSettings {
  readonly files: readonly string[];
}

/** Flags, then the environment, then configuration files, then the defaults. Throws a StartError that names all mistakes. */
export function loadConfiguration(flags: Flags, environment: Environment): Configuration {
  const checked = checkFiles(configPaths(flags, environment), environment);
  const { settings, origins, problems } = resolveSettings({ flags, environment, file: checked });
  // A value in quotes may have line breaks in it.
  const others = [...oldVariables(environment), ...problems].map(printable);
  const sentences = [...others, ...checked.problems.map(problemSentence)];
  if (sentences.length > 0) throw new StartError('option', upTo(SENTENCES_MAX, sentences).join('\n'));
  return { settings, origins, files: checked.files, notes: [...checked.notes, ...erlangFiles(environment)] };
}

export function loadSettings(flags: Flags, environment: Environment): Settings {
  return loadConfiguration(flags, environment).settings;
}

/** What is in configuration files or folders of them. Throws a StartError when one cannot be read. */
export function checkFiles(paths: readonly string[], environment: Environment): CheckedFiles {
  const read = readConfig(paths);
  const interpolated = interpolate(read.lines, environment);
  const settings = fileSettings(interpolated.lines);
  const problems = [...read.problems, ...interpolated.problems, ...settings.problems];
  const order = new Map(read.files.map((file, index) => [file, index]));
  const place = (a: Place, b: Place): number => (order.get(a.path) ?? 0) - (order.get(b.path) ?? 0) || a.line - b.line;
  return {
    files: read.files,
    values: settings.values,
    notes: settings.notes.toSorted(place),
    problems: problems.toSorted(place),
  };
}

export function problemSentence({ path, line, text }: Problem): string {
  return `${path}:${line}: ${printable(text)}`;
}

function upTo(count: number, sentences: readonly string[]): readonly string[] {
  const left = sentences.length - count;
  return left <= 0 ? sentences : [...sentences.slice(0, count), `... and ${left} more.`];
}

type Place = Pick<Problem, 'path' | 'line'>;

/**
 * What --config or LEVERET_CONFIG names; otherwise what RabbitMQ's variables name, as RabbitMQ takes them: a file whose
 * extension may be left out, and a folder or pattern of further files, none of which need be there.
 */
function configPaths(flags: Flags, environment: Environment): readonly string[] {
  const { value: path } = resolveSetting('config', { flags, environment });
  if (path !== undefined) return [path];
  const main = environment['RABBITMQ_CONFIG_FILE'] ?? '';
  const more = environment['RABBITMQ_CONFIG_FILES'] ?? '';
  const candidates = main === '' ? [] : [main, `${main}.conf`];
  const found = candidates.find(isFile);
  const further = more === '' ? [] : filesAt(more).flatMap(filesLike);
  return [...(found === undefined ? [] : [found]), ...further.filter(isFile)];
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
