import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Definitions } from '../index.ts';
import { StartError } from '../lib/start_error.ts';

/** A file of RabbitMQ's definitions, or all files of a folder, by their names. Throws a StartError when one cannot be read. */
export function readDefinitions(path: string): Definitions {
  return joined(filesAt(path).map(readFile));
}

function filesAt(path: string): readonly string[] {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [path];
  // What begins with a dot is not for readers: where Kubernetes mounts a folder it has its own things there.
  const names = readdirSync(path).filter((name) => !name.startsWith('.'));
  return names
    .sort()
    .map((name) => join(path, name))
    .filter((file) => statSync(file).isFile());
}

function readFile(path: string): Definitions {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new StartError('option', `The definitions in ${path} cannot be read: ${reason(error as Error)}.`);
  }
}

/** What V8 says of a mistake in JSON has a piece of it, where a password may be. */
function reason(error: Error): string {
  if (!(error instanceof SyntaxError)) return error.message;
  return ['it is not JSON', ...(/ at position \d+/.exec(error.message) ?? [])].join('');
}

/** One after the other: lists are put together, of what else there is the last counts. */
function joined(parts: readonly Definitions[]): Definitions {
  const [only, ...more] = parts;
  if (only !== undefined && more.length === 0) return only;
  const whole: Record<string, unknown> = {};
  for (const [name, value] of parts.flatMap((part) => Object.entries(part))) {
    const earlier = whole[name];
    whole[name] = Array.isArray(earlier) && Array.isArray(value) ? [...earlier, ...value] : value;
  }
  return whole;
}
