import { StartError } from '../lib/start_error.ts';
import type { ConfigFile } from './file.ts';
import { OPTIONS, type Option, SETTING_NAMES, type SettingName, type Settings } from './options.ts';

export type Environment = Readonly<Record<string, string | undefined>>;
export type Flags = Readonly<Partial<Record<SettingName, string>>>;

/** Where settings come from, the strongest first. What none of them gives takes its default. */
export interface Sources {
  readonly flags: Flags;
  readonly environment: Environment;
  readonly file?: ConfigFile | undefined;
}

interface Given {
  readonly value: string;
  /** Names the option and the place it was given in, for messages. */
  readonly origin: string;
}

export function resolveSettings(sources: Sources): Settings {
  const pairs = SETTING_NAMES.map((name) => [name, resolveSetting(name, sources)] as const);
  return Object.fromEntries(pairs) as unknown as Settings;
}

export function resolveSetting<Name extends SettingName>(name: Name, sources: Sources): Settings[Name] | undefined {
  const option: Option<Settings[Name]> = OPTIONS[name];
  const given =
    fromFlag(name, sources.flags) ?? fromEnvironment(option, sources.environment) ?? fromFile(option, sources.file);
  if (given === undefined) return option.default === undefined ? undefined : option.type.parse(option.default);
  const value = option.type.parse(given.value);
  if (value !== undefined) return value;
  const what = option.secret ? 'this value' : `"${given.value}"`;
  throw new StartError('option', `${given.origin}: ${what} is not accepted. Give ${option.type.accepted}.`);
}

function fromFlag(name: SettingName, flags: Flags): Given | undefined {
  const value = flags[name];
  return value === undefined ? undefined : { value, origin: `flag ${OPTIONS[name].flag}` };
}

function fromEnvironment(option: Option<unknown>, environment: Environment): Given | undefined {
  const value = environment[option.environment];
  // An empty variable is how a compose file spells "not given".
  if (value === undefined || value === '') return undefined;
  // Kubernetes gives every pod beside a service named "leveret" a LEVERET_PORT of this shape, and means nothing by it.
  if (option.environment === 'LEVERET_PORT' && value.startsWith('tcp://')) return undefined;
  return { value, origin: `environment variable ${option.environment}` };
}

function fromFile(option: Option<unknown>, file: ConfigFile | undefined): Given | undefined {
  const entry = option.key === undefined ? undefined : file?.entries.get(option.key);
  return entry && { value: entry.value, origin: `${file!.path}:${entry.line}: ${option.key}` };
}
