// A commit, checked out into a temporary folder and built there.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A folder with a `dist`, and `remove()`. "." is the working copy, taken as it was built. */
export function checkOut(commit) {
  if (commit === '.') return { name: 'working copy', folder: ROOT, remove() {} };
  const hash = git('rev-parse', '--short', '--verify', `${commit}^{commit}`);
  const above = mkdtempSync(join(tmpdir(), 'leveret-commit-'));
  const folder = join(above, hash);
  const remove = () => {
    git('worktree', 'remove', '--force', folder);
    rmSync(above, { recursive: true, force: true });
  };
  git('worktree', 'add', '--detach', folder, hash);
  try {
    install(folder);
    run(folder, process.execPath, 'node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json');
  } catch (error) {
    remove();
    throw error;
  }
  return { name: commit === hash ? hash : `${commit} (${hash})`, folder, remove };
}

/** Where the lock file is the same, so are the dependencies. */
function install(folder) {
  const here = join(ROOT, 'node_modules');
  if (existsSync(here) && lockFile(folder) === lockFile(ROOT)) symlinkSync(here, join(folder, 'node_modules'));
  else run(folder, 'npm', 'ci', '--include=dev', '--no-audit', '--no-fund');
}

function lockFile(folder) {
  return readFileSync(join(folder, 'package-lock.json'), 'utf8');
}

function git(...words) {
  return execFileSync('git', words, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}

function run(folder, command, ...words) {
  execFileSync(command, words, { cwd: folder, stdio: ['ignore', 2, 2] });
}
