// `npm run test:crash`: everything that tries to make the broker lose something, one after the other. Each prints its seed and
// takes it again:
//
//     npm run test:crash -- --only simulation --seed 4711      one run of the simulation (test/crash/simulation.test.ts)
//     npm run test:crash -- --only kill --rounds 15 --seed 12  kill -9 (test/crash/kill)
//     npm run test:crash -- --only scheduled --messages 20000  kill -9 while messages wait (test/crash/scheduled.mjs)

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** What a script ends with that could not run here, and says why. */
const SKIPPED = 77;

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: 'simulation,kill,scheduled,full-disk,restart-clients' },
    seeds: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '200' },
    messages: { type: 'string', default: '1000000' },
    seed: { type: 'string' },
  },
});
const seed = values.seed === undefined ? [] : ['--seed', values.seed];
const suites = {
  simulation: () => {
    const env = { LEVERET_SEEDS: values.seeds, ...(values.seed === undefined ? {} : { LEVERET_SEED: values.seed }) };
    return node(['node_modules/vitest/vitest.mjs', 'run', 'test/crash/simulation.test.ts'], env);
  },
  kill: () => node(['test/crash/kill/run.mjs', '--rounds', values.rounds, ...seed]),
  scheduled: () => node(['test/crash/scheduled.mjs', '--messages', values.messages]),
  'full-disk': () => node(['test/crash/full_disk.mjs']),
  'restart-clients': () => node(['test/crash/restart_clients.mjs']),
};

const count = { passed: 0, failed: 0, skipped: 0 };
for (const name of values.only.split(',')) {
  const suite = suites[name];
  if (suite === undefined) {
    process.stderr.write(`--only: there is no ${name}; there are ${Object.keys(suites).join(', ')}\n`);
    process.exit(2);
  }
  const status = suite();
  count[status === 0 ? 'passed' : status === SKIPPED ? 'skipped' : 'failed']++;
}
process.stdout.write(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`);
process.exitCode = count.failed === 0 ? 0 : 1;

function node(words, env = {}) {
  const [script, ...rest] = words;
  const options = { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } };
  return spawnSync(process.execPath, [join(root, script), ...rest], options).status ?? 1;
}
