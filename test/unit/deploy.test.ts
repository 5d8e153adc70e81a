// What the files of deploy/ say has to fit together, and to fit the broker.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { OPTIONS } from '../../src/config/options.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const environment = new Set(Object.values(OPTIONS).map((option) => option.environment));
/** They are not of the broker's own, but what RabbitMQ's image takes, and Node. */
const OTHERS = ['RABBITMQ_CONFIG_FILE', 'RABBITMQ_CONFIG_FILES', 'NODE_OPTIONS'];

// biome-ignore lint/suspicious/noExplicitAny: manifests have the shape that the tests below ask for.
const manifests: any[] = parseAllDocuments(read('deploy/kubernetes/leveret.yaml')).map((document) => document.toJS());
const of = (kind: string): typeof manifests => manifests.filter((manifest) => manifest.kind === kind);
const [set] = of('StatefulSet');
const pod = set.spec.template.spec;
const [container] = pod.containers;

test('the manifests have all that a broker with a disk needs', () => {
  expect(manifests.map(({ kind }) => kind)).toEqual(['ConfigMap', 'Service', 'Service', 'StatefulSet']);
});

test('services find the pods, and ports are called by their names', () => {
  const { labels } = set.spec.template.metadata;
  const names = container.ports.map(({ name }: { name: string }) => name);
  for (const { spec } of of('Service')) {
    expect(spec.selector).toEqual(labels);
    for (const { targetPort } of spec.ports) expect(names).toContain(targetPort);
  }
  expect(set.spec.selector.matchLabels).toEqual(labels);
  expect(of('Service').map(({ metadata }) => metadata.name)).toContain(set.spec.serviceName);
});

test('probes ask the port for Prometheus, which listens by default, and on which nobody logs in', () => {
  const probes = [container.startupProbe, container.readinessProbe, container.livenessProbe];
  const asked = probes.map(({ httpGet }) => `${httpGet.port} ${httpGet.path}`);
  expect(asked).toEqual(['prometheus /health/live', 'prometheus /health/ready', 'prometheus /health/live']);
  const port = container.ports.find(({ name }: { name: string }) => name === 'prometheus').containerPort;
  expect(String(port)).toBe(OPTIONS.prometheusPort.default);
});

test('the pod runs as the user of the image, on a root that is read only, with a disk where the image has its data', () => {
  expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000, fsGroup: 1000 });
  expect(container.securityContext.readOnlyRootFilesystem).toBe(true);
  expect(read('Dockerfile')).toContain('USER 1000:1000');
  const mounted = container.volumeMounts.map(({ name }: { name: string }) => name);
  const [claim] = set.spec.volumeClaimTemplates;
  const volumes = pod.volumes.map(({ name }: { name: string }) => name);
  expect([claim.metadata.name, ...volumes].toSorted()).toEqual(mounted.toSorted());
  expect(container.volumeMounts).toContainEqual({ name: 'data', mountPath: '/data' });
});

test('every variable is one that the broker knows', () => {
  const inPod = container.env.map(({ name }: { name: string }) => name);
  const inCompose = Object.keys(parse(read('deploy/compose/compose.yaml')).services.leveret.environment);
  const unit = read('deploy/systemd/leveret.service');
  const inUnit = [...unit.matchAll(/^Environment=(.*)$/gm)].flatMap(
    ([, line = '']) => line.match(/[A-Z_]+(?==)/g) ?? [],
  );
  const all = [...inPod, ...inCompose, ...inUnit];
  expect(all.length).toBeGreaterThan(5);
  expect(all.filter((name) => !environment.has(name) && !OTHERS.includes(name))).toEqual([]);
});

test('wherever the broker is started from here, one thread beside its own collects garbage', () => {
  const { scripts } = JSON.parse(read('package.json'));
  expect(scripts.start).toContain('node --v8-pool-size=1 ');
  expect(read('Dockerfile')).toMatch(/^ENV .*NODE_OPTIONS=--v8-pool-size=1\b/m);
  expect(read('deploy/systemd/leveret.service')).toMatch(/^Environment=NODE_OPTIONS=--v8-pool-size=1$/m);
});

test('Compose builds this repository, keeps the data, and lets nothing else be written', () => {
  const { services, volumes } = parse(read('deploy/compose/compose.yaml'));
  expect(existsSync(new URL(`../../deploy/compose/${services.leveret.build}/Dockerfile`, import.meta.url))).toBe(true);
  expect(services.leveret).toMatchObject({ read_only: true, cap_drop: ['ALL'], volumes: ['data:/data'] });
  expect(Object.keys(volumes)).toEqual(['data']);
});

test('the unit is of the kind that the broker tells systemd about', () => {
  const unit = read('deploy/systemd/leveret.service');
  for (const line of ['Type=notify', 'NotifyAccess=all', 'WatchdogSec=30', 'ExecReload=/bin/kill -HUP $MAINPID']) {
    expect(unit).toContain(`\n${line}\n`);
  }
});

test('the image answers what was written for RabbitMQ: health checks, its command, a volume for its data', () => {
  const folder = mkdtempSync(join(tmpdir(), 'leveret-image-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const command = (name: string, text: string): void =>
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  command('leveret', 'echo "$@" $LEVERET_DATA_DIR');
  command('mountpoint', 'exit 1');
  const variables: Record<string, string> = {};
  const run = (script: string, ...words: readonly string[]): string => {
    const path = fileURLToPath(new URL(`../../deploy/container/bin/${script}`, import.meta.url));
    return execFileSync(path, words, {
      env: { PATH: `${folder}:/usr/bin:/bin`, ...variables },
      encoding: 'utf8',
    }).trim();
  };
  expect(run('rabbitmqctl', '-q', 'ping')).toBe('ping --ready');
  expect(run('rabbitmqctl', '-n', 'ping', '--timeout', '5', 'check_port_connectivity')).toBe('ping --ready');
  expect(run('rabbitmqctl', '-q', 'check_running', 'check_port_connectivity')).toBe('ping --ready');
  expect(run('rabbitmqctl', '-p', 'v', 'list_queues', 'ping')).toBe('ctl -p v list_queues ping');
  expect(run('rabbitmqctl')).toBe('ctl');
  expect(run('entrypoint', 'start', '--port', '1')).toBe('start --port 1');
  expect(run('entrypoint', 'rabbitmq-server')).toBe('start');
  variables['LEVERET_DATA_DIR'] = '/data';
  expect(run('entrypoint', 'start')).toBe('start /data');
  command('mountpoint', '[ "$*" = "-q /var/lib/rabbitmq" ]');
  expect(run('entrypoint', 'start')).toBe('start /var/lib/rabbitmq/leveret');
  variables['LEVERET_DATA_DIR'] = '/mine';
  expect(run('entrypoint', 'start')).toBe('start /mine');
});
