// `npm test`: installs, builds and runs the tests, and holds Leveret to the recording of RabbitMQ. What follows `--` goes
// to vitest, and then only that is run: npm test -- test/unit

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { prepare, root } from './prepare.mjs';

prepare();
const chosen = process.argv.slice(2);
const runs = chosen.length > 0 ? [chosen] : [[], ['-c', 'test/differential/vitest.config.ts']];
process.exitCode = runs.map(vitest).find((status) => status !== 0) ?? 0;

function vitest(words) {
  const program = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const { status } = spawnSync(process.execPath, [program, 'run', ...words], { cwd: root, stdio: 'inherit' });
  return status ?? 1;
}
