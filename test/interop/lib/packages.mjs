// The clients come from Debian's packages: the versions that people have, fixed for a release, with nothing to vendor.
import { existsSync } from 'node:fs';
import { run } from './processes.mjs';
import { reasonOf } from './report.mjs';

const installTimeoutMs = 300_000;
const queryTimeoutMs = 30_000;

/** Installs what is missing where we may. Says why not, or nothing when all of `packages` may be there. */
export async function install(packages) {
  if (!existsSync('/usr/bin/dpkg-query')) return 'the clients are Debian packages, and this system has no dpkg';
  const wanted = await missing(packages);
  if (wanted.length === 0) return undefined;
  if (process.getuid() !== 0) return `not root, so run: apt-get install --no-install-recommends ${wanted.join(' ')}`;
  const apt = (...args) =>
    run('apt-get', ['-q', '-y', ...args], { timeoutMs: installTimeoutMs, env: { DEBIAN_FRONTEND: 'noninteractive' } });
  console.log(`installing ${wanted.join(' ')}`);
  // A failed update may still leave lists good enough to install from, so it is the installation that counts.
  await apt('update');
  const installed = await apt('install', '--no-install-recommends', ...wanted);
  return installed.code === 0 ? undefined : `apt-get install: ${reasonOf(installed, installTimeoutMs)}`;
}

export async function missing(packages) {
  const names = [...new Set(packages)];
  if (names.length === 0 || !existsSync('/usr/bin/dpkg-query')) return names;
  const format = '$' + '{Package} $' + '{db:Status-Status}\\n';
  const { output } = await run('dpkg-query', ['-W', '-f', format, ...names], { timeoutMs: queryTimeoutMs });
  return names.filter((name) => !output.split('\n').includes(`${name} installed`));
}
