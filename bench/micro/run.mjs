// A process of its own, so that one build's measurements do not warm up another's: node bench/micro/run.mjs DIST [ONLY]
// Prints one JSON line: nanoseconds per operation by name.

import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { codec } from './codec.mjs';
import { nanosecondsPerOperation } from './measure.mjs';
import { outbox } from './outbox.mjs';
import { queue } from './queue.mjs';
import { routing } from './routing.mjs';

const [dist, only = ''] = process.argv.slice(2);
const base = pathToFileURL(`${resolve(dist)}/`);
const wanted = new RegExp(only, 'i');
const results = {};

for (const [group, create] of Object.entries({ codec, routing, queue, outbox })) {
  // A build from before something was renamed is still compared in all the rest.
  try {
    await measureGroup(group, create);
  } catch (error) {
    process.stderr.write(`bench: ${dist} cannot be measured in "${group}": ${error.message}\n`);
  }
}
process.stdout.write(`${JSON.stringify(results)}\n`);

async function measureGroup(group, create) {
  const benches = await create((path) => import(new URL(path, base).href));
  for (const [name, run] of Object.entries(benches)) {
    const title = `${group}: ${name}`;
    if (wanted.test(title)) results[title] = Math.round(nanosecondsPerOperation(run) * 10) / 10;
  }
}
