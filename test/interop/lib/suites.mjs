// The suites: which packages each needs, which files are its checks, and how one is run. A check is a file in the suite's
// folder: it finds the broker in AMQP_URL, exits 0 when all is well, and otherwise prints why as its last line.
import { chmodSync, mkdirSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { goEnvironment, goOwnTests, goPackages } from './go_own_tests.mjs';
import { run, start, stop, waitForOutput } from './processes.mjs';
import { reasonOf } from './report.mjs';

// Debian's Python, which has Debian's packages, and not whichever python3 comes first in PATH.
export const python = '/usr/bin/python3';
const buildTimeoutMs = 180_000;
const workerTimeoutMs = 30_000;

export const suites = [
  { name: 'pika', packages: ['python3-pika'], ...scripts('pika', '.py', python) },
  { name: 'go', packages: goPackages, ...scripts('go', '.go'), open: openGo },
  goOwnTests,
  { name: 'ruby', packages: ['ruby', 'ruby-bunny'], ...scripts('ruby', '.rb', 'ruby') },
  { name: 'php', packages: ['php-cli', 'php-mbstring', 'php-amqplib'], ...scripts('php', '.php', 'php') },
  {
    name: 'java',
    packages: ['default-jdk-headless', 'librabbitmq-client-java', 'libslf4j-java'],
    ...scripts('java', '.java'),
    open: openJava,
  },
  { name: 'amqp-tools', packages: ['amqp-tools'], ...scripts('amqp-tools', '.sh', 'sh') },
  { name: 'prometheus', packages: ['prometheus'], ...scripts('prometheus', '.mjs', process.execPath) },
  {
    name: 'rabbitmqadmin',
    packages: ['python3', 'python3-pika', 'apt', 'dpkg'],
    ...scripts('rabbitmqadmin', '.sh', 'sh'),
    open: openRabbitmqadmin,
  },
  {
    name: 'nagios',
    packages: ['nagios-plugins-rabbitmq'],
    ...scripts('nagios', '.sh', 'sh'),
    open: openNagios,
  },
  { name: 'celery', packages: ['celery', 'python3-celery'], ...scripts('celery', '.py', python), open: openCelery },
];

function scripts(folderName, extension, interpreter) {
  const folder = fileURLToPath(new URL(`../${folderName}`, import.meta.url));
  const checks = readdirSync(folder)
    .filter((name) => name.endsWith(extension))
    .map((name) => basename(name, extension))
    .filter((name) => !['support', 'Support', 'main', 'tasks'].includes(name))
    .sort();
  const command = (check) => [interpreter, [join(folder, check + extension)]];
  return { folder, checks, open: async () => ({ command, close: () => undefined }) };
}

/** Go is compiled once. */
async function openGo({ folder, temporary }) {
  const binary = join(temporary, 'go-checks');
  const options = { cwd: folder, env: goEnvironment(temporary), timeoutMs: buildTimeoutMs };
  const built = await run('go', ['build', '-o', binary, '.'], options);
  if (built.code !== 0) throw new Error(`go build: ${reasonOf(built, buildTimeoutMs)}\n${built.output}`);
  return { command: (check) => [binary, [check]], close: () => undefined };
}

/** RabbitMQ's own client for Java. All checks are compiled at once; each is a class with a `main`. */
async function openJava({ folder, temporary }) {
  const classes = join(temporary, 'java-checks');
  const jars = ['amqp-client', 'slf4j-api', 'slf4j-nop'].map((name) => `/usr/share/java/${name}.jar`);
  const path = [classes, ...jars].join(':');
  const sources = readdirSync(folder).map((name) => join(folder, name));
  const options = ['-encoding', 'UTF-8', '-cp', path, '-d', classes];
  const built = await run('javac', [...options, ...sources], { timeoutMs: buildTimeoutMs });
  if (built.code !== 0) throw new Error(`javac: ${reasonOf(built, buildTimeoutMs)}\n${built.output}`);
  // A quick start matters more than what code does in the long run.
  const flags = ['-XX:TieredStopAtLevel=1', '-Dfile.encoding=UTF-8', '-cp', path];
  return { command: (check) => ['java', [...flags, check]], close: () => undefined };
}

/**
 * RabbitMQ's rabbitmqadmin, in Python, is a file within its server's package. It is taken out of it, since to install the
 * package is to start a RabbitMQ.
 */
async function openRabbitmqadmin({ folder, temporary, managementUrl }) {
  if (managementUrl === undefined) throw new Error('where the management API is, --management-url has to tell');
  const place = join(temporary, 'rabbitmqadmin');
  mkdirSync(place);
  // apt gets it as a user of its own, where that one may write.
  chmodSync(place, 0o777);
  const got = await run('apt-get', ['-q', 'download', 'rabbitmq-server'], { cwd: place, timeoutMs: buildTimeoutMs });
  const file = readdirSync(place).find((name) => name.endsWith('.deb'));
  if (file === undefined) throw new Error(`apt-get download: ${reasonOf(got, buildTimeoutMs)}\n${got.output}`);
  await run('dpkg-deb', ['-x', file, '.'], { cwd: place, timeoutMs: buildTimeoutMs });
  const found = readdirSync(place, { recursive: true }).find((path) => basename(path) === 'rabbitmqadmin');
  if (found === undefined) throw new Error(`there is no rabbitmqadmin in ${file}`);
  const variables = [`RABBITMQADMIN=${join(place, found)}`, `MANAGEMENT_URL=${managementUrl}`];
  const command = (check) => ['env', [...variables, 'sh', join(folder, `${check}.sh`)]];
  return { command, close: () => undefined };
}

/** The checks that Nagios and Icinga run, in Perl: each asks the management API, and says in a line how it is. */
async function openNagios({ folder, managementUrl }) {
  if (managementUrl === undefined) throw new Error('where the management API is, --management-url has to tell');
  const command = (check) => ['env', [`MANAGEMENT_URL=${managementUrl}`, 'sh', join(folder, `${check}.sh`)]];
  return { command, close: () => undefined };
}

/** Every Celery check talks to one worker, with the defaults a user gets: mingle, gossip and events all on. */
async function openCelery({ folder, url }) {
  const flags = ['worker', '--loglevel', 'INFO', '--concurrency', '2', '--hostname', 'interop@localhost'];
  const env = { AMQP_URL: url, C_FORCE_ROOT: '1' };
  const worker = start(python, ['-m', 'celery', '--app', 'tasks', ...flags], { cwd: folder, env });
  const ready = await waitForOutput(worker, /interop@localhost ready/, workerTimeoutMs);
  const close = async () => {
    await stop(worker, workerTimeoutMs);
    await run(python, ['tasks.py'], { cwd: folder, env, timeoutMs: workerTimeoutMs });
  };
  if (!ready) {
    await close();
    throw new Error(`the worker was not ready after ${workerTimeoutMs / 1000} s\n${worker.output}`);
  }
  return { command: (check) => [python, [join(folder, `${check}.py`)]], close };
}
