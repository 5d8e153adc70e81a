import { readFileSync } from 'node:fs';
import { StartError } from '../lib/start_error.ts';
import { type ConfigFile, parseConfigFile } from './file.ts';
import { OPTIONS, SETTING_NAMES, type Settings } from './options.ts';
import { type Environment, type Flags, resolveSetting, resolveSettings } from './resolve.ts';

/** The settings a command runs with: flags, then the environment, then the configuration file, then the defaults. */
export function loadSettings(flags: Flags, environment: Environment): Settings {
  const path = resolveSetting('config', { flags, environment });
  const file = path === undefined ? undefined : readConfigFile(path);
  return resolveSettings({ flags, environment, file });
}

function readConfigFile(path: string): ConfigFile {
  const knownKeys = SETTING_NAMES.map((name) => OPTIONS[name].key).filter((key) => key !== undefined);
  return parseConfigFile(path, readText(path), knownKeys);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
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
    case 'EISDIR':
      return 'it is a folder';
    default:
      return (error as Error).message;
  }
}
