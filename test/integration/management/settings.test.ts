// What can be changed of a node that runs.

import { expect, test } from 'vitest';
import type { Logger } from '../../../src/server/logger.ts';
import { Api } from '../../support/api.ts';
import { startBroker } from '../../support/broker.ts';
import { ctl } from '../../support/ctl.ts';
import { withDataDir } from './support.ts';

const PATH = 'nodes/leveret@localhost/settings';

test("rabbitmqctl's verbs change the limits that the node tells of, and hold publishers back", async () => {
  await withDataDir(async (start) => {
    const broker = await start({ memoryLimitBytes: 1e12 });
    const api = Api.of(broker);
    const node = async () => (await api.get('nodes/leveret@localhost')).json;
    const url = `http://guest:guest@127.0.0.1:${broker.managementPort}`;
    expect(await ctl(url, '-q', 'set_vm_memory_high_watermark', 'absolute', '2GB')).toMatchObject({ code: 0 });
    expect(await ctl(url, '-q', 'set_disk_free_limit', '1MB')).toMatchObject({ code: 0 });
    expect(await node()).toMatchObject({ mem_limit: 2e9, disk_free_limit: 1e6, mem_alarm: false });
    expect(await ctl(url, '-q', 'set_vm_memory_high_watermark', '0')).toMatchObject({ code: 0 });
    expect(await node()).toMatchObject({ mem_alarm: true });
    expect(broker.health().alarms).toEqual(['memory']);
    expect(await ctl(url, '-q', 'set_vm_memory_high_watermark', '0.5')).toMatchObject({ code: 0 });
    expect(broker.health().alarms).toEqual([]);
    expect(await ctl(url, '-q', 'set_disk_free_limit', 'mem_relative', '1000')).toMatchObject({ code: 0 });
    expect(broker.health().alarms).toEqual(['disk']);
  });
});

test('the level of the log is changed, where there is one', async () => {
  const logger: Logger = { level: 'info', debug() {}, info() {}, warn() {}, error() {} };
  const broker = await startBroker({ management: { port: 0 }, logger });
  const url = `http://guest:guest@127.0.0.1:${broker.managementPort}`;
  expect(await ctl(url, '-q', 'set_log_level', 'critical')).toMatchObject({ code: 0 });
  expect(logger.level).toBe('fatal');
  const silent = await startBroker({ management: { port: 0 } });
  expect((await Api.of(silent).put(PATH, { log_level: 'debug' })).status).toBe(400);
});

test.each([
  [{ memory_limit: { absolute: -1 } }],
  [{ memory_limit: { relative: 1.1 } }],
  [{ memory_limit: { relative: 0.5, absolute: 5 } }],
  [{ disk_free_limit: { relative: 1001 } }],
  [{ disk_free_limit: { absolute: 1 } }],
  [{ log_level: 'warning' }],
  [{ memory: { absolute: 5 } }],
])('%j is refused, and changes nothing', async (body) => {
  const broker = await startBroker({ management: { port: 0 }, memoryLimitBytes: 1e12 });
  const api = Api.of(broker);
  const { status, json } = await api.put(PATH, { memory_limit: { absolute: 7e11 }, ...body });
  expect([status, json.error]).toEqual([400, 'bad_request']);
  expect((await api.get('nodes/leveret@localhost')).json.mem_limit).toBe(1e12);
});

test('only administrators may, and only of this node', async () => {
  const broker = await startBroker({ management: { port: 0 }, memoryLimitBytes: 1e12 });
  const api = Api.of(broker);
  await api.put('users/watcher', { password: 'watcher', tags: 'monitoring,policymaker' });
  expect((await Api.of(broker, 'watcher').put(PATH, {})).status).toBe(401);
  expect((await api.put('nodes/hare@field/settings', {})).status).toBe(404);
  expect((await api.put(PATH, {})).status).toBe(204);
});
