// The tests that Go's client comes with, in Debian's package of its source: those that talk to a broker, each on its own.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './processes.mjs';
import { reasonOf } from './report.mjs';

export const goPackages = ['golang-go', 'golang-github-rabbitmq-amqp091-go-dev'];

const source = '/usr/share/gocode/src/github.com/rabbitmq/amqp091-go';
const files = ['connection_test.go', 'integration_test.go'];
const buildTimeoutMs = 180_000;

/** What RabbitMQ refuses, as its tests expect, and Leveret does as AMQP says: see docs/interop.md. */
const leftOut = {
  TestIntegrationConsumeFlow: 'it takes channel.flow {active:false} for not implemented; here it stops deliveries',
  TestIntegrationRecoverNotImplemented: 'it takes basic.recover without requeue for not implemented; here it recovers',
};

/** Go finds packages where Debian puts their source, so that nothing is downloaded. */
export function goEnvironment(temporary) {
  return {
    GO111MODULE: 'off',
    GOPATH: '/usr/share/gocode',
    CGO_ENABLED: '0',
    GOCACHE: join(temporary, 'go-cache'),
  };
}

export const goOwnTests = {
  name: 'go-own-tests',
  packages: goPackages,
  folder: source,
  leftOut,
  // The files are there only once the package is.
  get checks() {
    const present = files.map((name) => join(source, name)).filter((path) => existsSync(path));
    const names = present.flatMap((path) => [
      ...readFileSync(path, 'utf8').matchAll(/^func (Test\w+)\(\w+ \*testing\.T\)/gm),
    ]);
    return names.map(([, name]) => name).filter((name) => !(name in leftOut));
  },
  async open({ temporary }) {
    const binary = join(temporary, 'go-own-tests');
    const options = { cwd: source, env: goEnvironment(temporary), timeoutMs: buildTimeoutMs };
    const built = await run('go', ['test', '-c', '-tags', 'integration', '-o', binary, '.'], options);
    if (built.code !== 0) throw new Error(`go test -c: ${reasonOf(built, buildTimeoutMs)}\n${built.output}`);
    return { command: (check) => [binary, ['-test.run', `^${check}$`]], close: () => undefined };
  },
};
