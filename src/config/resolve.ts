import type { FileSettings } from './file_settings.ts';
import type { Environment } from './interpolate.ts';
import { OPTIONS, type Option, SETTING_NAMES, type SettingName, type Settings } from './options.ts';
import { quoted } from './value_types.ts';

export type Flags = Readonly<Partial<Record<SettingName, string>>>;

/** Where settings come from, the strongest first. What none of them gives takes its default. */
export interface Sources {
  readonly flags: Flags;
  readonly environment: Environment;
  readonly file?: Pick<FileSettings, 'values'> | undefined;
}

/** Where a setting was given: `flag --port`, `environment variable LEVERET_PORT`, `leveret.conf:3`, or `default`. */
export type Origins = Readonly<Record<SettingName, string>>;

export interface Resolved {
  readonly settings: Settings;
  readonly origins: Origins;
  /** A sentence for each value that is not accepted; there, settings have the default. */
  readonly problems: readonly string[];
}

interface Found<Value> {
  readonly value: Value | undefined;
  readonly origin: string;
  readonly problem?: string;
}

interface Given {
  readonly text: string;
  readonly origin: string;
}

export function resolveSettings(sources: Sources): Resolved {
  const found = SETTING_NAMES.map((name) => [name, resolveSetting(name, sources)] as const);
  return {
    settings: Object.fromEntries(found.map(([name, { value }]) => [name, value])) as unknown as Settings,
    origins: Object.fromEntries(found.map(([name, { origin }]) => [name, origin])) as Origins,
    problems: found.flatMap(([, { problem }]) => problem ?? []),
  };
}

export function resolveSetting<Name extends SettingName>(name: Name, sources: Sources): Found<Settings[Name]> {
  const option: Option<Settings[Name]> = OPTIONS[name];
  const given = fromFlag(name, sources.flags) ?? fromEnvironment(option, sources.environment);
  const inFile = sources.file?.values.get(name);
  if (given === undefined && inFile !== undefined) return inFile as Found<Settings[Name]>;
  const fallback = option.default === undefined ? undefined : option.type.parse(option.default);
  if (given === undefined) return { value: fallback, origin: 'default' };
  const { text, origin } = given;
  const value = option.type.parse(text);
  if (value !== undefined) return { value, origin };
  const what = option.secret ? 'this value' : quoted(text);
  return { value: fallback, origin, problem: `${origin}: ${what} is not accepted. Give ${option.type.accepted}.` };
}

function fromFlag(name: SettingName, flags: Flags): Given | undefined {
  const text = flags[name];
  return text === undefined ? undefined : { text, origin: `flag ${OPTIONS[name].flag}` };
}

function fromEnvironment(option: Option<unknown>, environment: Environment): Given | undefined {
  for (const name of [option.environment, ...(option.aliases ?? [])]) {
    const text = environment[name];
    // An empty variable is how a compose file spells "not given".
    if (text === undefined || text === '') continue;
    // Kubernetes gives every pod beside a service named "leveret" a LEVERET_PORT of this shape, and means nothing by it.
    if (name === 'LEVERET_PORT' && text.startsWith('tcp://')) continue;
    return { text, origin: `environment variable ${name}` };
  }
  return undefined;
}
