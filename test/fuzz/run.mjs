// `npm run fuzz -- --seed N --seconds S`: as the fuzz test in `npm test`, for as long as you like, from a seed you name.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values } = parseArgs({ options: { seed: { type: 'string' }, seconds: { type: 'string', default: '60' } } });
const env = { ...process.env, LEVERET_FUZZ_SECONDS: values.seconds };
if (values.seed !== undefined) env.LEVERET_FUZZ_SEED = values.seed;
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const { status } = spawnSync(
  process.execPath,
  [vitest, 'run', 'test/fuzz', '--reporter=verbose', '--execArgv=--expose-gc'],
  {
    cwd: root,
    env,
    stdio: 'inherit',
  },
);
process.exitCode = status ?? 1;
