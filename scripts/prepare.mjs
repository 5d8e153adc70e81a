// What `npm start` and `npm test` do first: install the dependencies and build, each only when what was done before no
// longer fits. What is done is remembered in stamps: node_modules/.leveret-stamp holds a hash of the lock file, and
// dist/.leveret-stamp one of the names, sizes and times of all source files.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const INSTALL_STAMP = join(root, 'node_modules', '.leveret-stamp');
const BUILD_STAMP = join(root, 'dist', '.leveret-stamp');
const COMPILER = join(root, 'node_modules', 'typescript', 'bin', 'tsc');

/** Installs and builds what is out of date. Ends the process, with a sentence, when that fails. */
export function prepare() {
  requireNode();
  installIfChanged();
  buildIfChanged();
}

export function build() {
  requireNode();
  installIfChanged();
  buildNow(sourceHash());
}

function requireNode() {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const [major, minor] = /(\d+)\.(\d+)/.exec(engines.node).slice(1).map(Number);
  const [haveMajor, haveMinor] = process.versions.node.split('.').map(Number);
  if (haveMajor < major || (haveMajor === major && haveMinor < minor)) {
    fail(`Leveret needs Node.js ${engines.node}; this is ${process.version}.`);
  }
}

function installIfChanged() {
  const lockFile = join(root, 'package-lock.json');
  const hash = createHash('sha256').update(readFileSync(lockFile)).digest('hex');
  if (readStamp(INSTALL_STAMP) === hash && existsSync(COMPILER)) return;
  if (!installedByHand(lockFile)) {
    say('Installing dependencies (npm ci) ...');
    const npm = npmCommand();
    const status = runQuietly(npm.command, [...npm.words, 'ci', '--include=dev', '--no-audit', '--no-fund'], npm.shell);
    if (status !== 0) fail('npm ci failed: see above. It needs the network, or a filled npm cache, the first time.');
  }
  writeFileSync(INSTALL_STAMP, hash);
}

/** npm leaves a copy of the lock file in what it installs. */
function installedByHand(lockFile) {
  const copy = join(root, 'node_modules', '.package-lock.json');
  return existsSync(copy) && existsSync(COMPILER) && statSync(copy).mtimeMs >= statSync(lockFile).mtimeMs;
}

/** The npm that runs this script, or the one on the path. */
function npmCommand() {
  const path = process.env.npm_execpath ?? '';
  if (/npm-cli\.c?js$/.test(path)) return { command: process.execPath, words: [path], shell: false };
  return { command: 'npm', words: [], shell: process.platform === 'win32' };
}

function buildIfChanged() {
  const hash = sourceHash();
  if (readStamp(BUILD_STAMP) !== hash) buildNow(hash);
}

function buildNow(hash) {
  say('Building ...');
  const status = runQuietly(process.execPath, [COMPILER, '-p', join(root, 'tsconfig.build.json')], false);
  if (status !== 0) fail('The build failed: see above.');
  removeOrphans(join(root, 'dist'));
  mkdirSync(dirname(BUILD_STAMP), { recursive: true });
  writeFileSync(BUILD_STAMP, hash);
}

/** Built files whose source is gone would still be there to import. */
function removeOrphans(folder) {
  for (const path of filesBelow(folder)) {
    const source = path.replace(/\.d\.ts$|\.js$/, '.ts').replace(join(root, 'dist'), join(root, 'src'));
    if (/\.(d\.ts|js)$/.test(path) && !existsSync(source)) rmSync(path);
  }
}

function sourceHash() {
  const hash = createHash('sha256');
  for (const name of ['package.json', 'tsconfig.json', 'tsconfig.build.json'])
    hash.update(readFileSync(join(root, name)));
  for (const path of filesBelow(join(root, 'src'))) {
    const { size, mtimeMs } = statSync(path);
    hash.update(`${path}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

function readStamp(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** Standard output belongs to what is started afterwards: what is said on the way goes to standard error. */
function runQuietly(command, words, shell) {
  const { status, error } = spawnSync(command, words, { cwd: root, stdio: ['ignore', 2, 2], shell });
  if (error) say(`${command}: ${error.message}`);
  return status ?? 1;
}

function say(sentence) {
  process.stderr.write(`${sentence}\n`);
}

function fail(sentence) {
  say(sentence);
  process.exit(1);
}
