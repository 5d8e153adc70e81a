import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Note } from './file_settings.ts';
import type { Environment } from './interpolate.ts';

const TEXT =
  'the file has no effect: settings in the form of Erlang terms are not read. Give what is in it as keys of rabbitmq.conf.';

/** A warning for each file that RabbitMQ would read beside rabbitmq.conf, unless it says nothing. */
export function erlangFiles(environment: Environment): readonly Note[] {
  const main = (environment['RABBITMQ_CONFIG_FILE'] ?? '').replace(/\.conf$/, '');
  const besides = main === '' ? [] : [join(dirname(main), 'advanced.config'), `${main}.config`];
  const paths = new Set([environment['RABBITMQ_ADVANCED_CONFIG_FILE'] ?? '', ...besides]);
  return [...paths].filter(saysSomething).map((path) => ({ path, line: 1, kind: 'missing', text: TEXT }));
}

function saysSomething(path: string): boolean {
  if (path === '' || !statSync(path, { throwIfNoEntry: false })?.isFile()) return false;
  try {
    const terms = readFileSync(path, 'utf8').replace(/%.*$/gm, '').replace(/\s/g, '');
    return terms !== '' && terms !== '[].';
  } catch {
    return true;
  }
}
