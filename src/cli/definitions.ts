import { readFileSync } from 'node:fs';
import type { Definitions } from '../index.ts';
import { StartError } from '../lib/start_error.ts';

/** A file of RabbitMQ's definitions. Throws a StartError when it cannot be read. */
export function readDefinitions(path: string): Definitions {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new StartError('option', `The definitions in ${path} cannot be read: ${(error as Error).message}.`);
  }
}
