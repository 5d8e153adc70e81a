// `leveret journal verify`, on a folder that nobody serves.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

/** Throws when the command finds a fault, with what it says. */
export async function journalIsSound(dataDir) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'journal', 'verify', dataDir], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`leveret journal verify: exit code ${status}: ${stdout}${stderr}`);
}
