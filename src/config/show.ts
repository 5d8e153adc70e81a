import type { Configuration } from './load.ts';
import type { Pair } from './oauth2_options.ts';
import { OPTIONS, type Option, SETTING_NAMES, type SettingName, type Settings } from './options.ts';
import type { ListenAddress } from './rabbitmq_types.ts';

const MASK = '********';

/** One setting as `leveret config show` tells of it. */
export interface ShownSetting {
  readonly key: string;
  /** As the configuration file would take it, or the mask of a secret; undefined when it is not set. */
  readonly value: string | undefined;
  /** Where it was given, or `default`. */
  readonly origin: string;
}

export function shownSettings({ settings, origins }: Configuration): readonly ShownSetting[] {
  return SETTING_NAMES.flatMap((name) => {
    const { key } = OPTIONS[name];
    return key === undefined ? [] : [{ key, value: shownValue(name, settings), origin: origins[name] }];
  });
}

/** What the file would say, for people and logs: secrets are masked. */
export function shownValue(name: SettingName, settings: Settings): string | undefined {
  const value = settings[name];
  if (value === undefined) return undefined;
  const { secret, type }: Option<Settings[SettingName]> = OPTIONS[name];
  if (secret) return MASK;
  return type.written === undefined ? written(value) : quotedWhereNeeded(type.written(value));
}

function written(value: NonNullable<Settings[SettingName]>): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'string') return quotedWhereNeeded(value);
  if (typeof value === 'number') return value === Number.POSITIVE_INFINITY ? 'infinity' : String(value);
  if ('share' in value) return `${Math.round(value.share * 1e6) / 1e4}%`;
  if ('bytes' in value) return String(value.bytes);
  return value.length === 0
    ? 'none'
    : quotedWhereNeeded((value as readonly Parameters<typeof item>[0][]).map(item).join(','));
}

function item(value: string | ListenAddress | Pair): string {
  if (typeof value === 'string') return value;
  if ('value' in value) return `${value.name}=${value.value}`;
  return value.host === undefined ? String(value.port) : `${value.host}:${value.port}`;
}

function quotedWhereNeeded(text: string): string {
  return /^\s|\s$|[#'\r\n]|^$/.test(text) ? `'${text.replaceAll("'", "''")}'` : text;
}
