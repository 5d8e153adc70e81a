// `npm run bench`: how fast Leveret is, in its parts and as a whole. `-- --help` says what can be asked.

import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { measureLoad, printLoad } from './lib/daemon_load.mjs';
import { measureMicro, printMicro } from './lib/micro.mjs';
import { HELP, readOptions } from './lib/options.mjs';
import { withSubjects } from './lib/subjects.mjs';

try {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) process.stdout.write(HELP);
  else await bench(options);
} catch (error) {
  process.stderr.write(`bench: ${error.message}\n`);
  process.exit(1);
}

async function bench(wanted) {
  const report = await withSubjects(wanted, async (subjects) => {
    const micro = wanted.micro ? measureMicro(subjects, wanted) : [];
    printMicro(micro);
    const load = wanted.load ? await measureLoad(subjects, wanted) : [];
    printLoad(load);
    return { machine: machine(), options: { runs: wanted.runs, seconds: wanted.seconds }, micro, load };
  });
  if (wanted.json !== undefined) writeFileSync(wanted.json, `${JSON.stringify(report, undefined, 2)}\n`);
}

function machine() {
  const processors = cpus();
  return { node: process.version, cores: processors.length, model: processors[0]?.model, memoryBytes: totalmem() };
}
