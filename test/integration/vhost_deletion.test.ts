import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { expect, onTestFinished, test } from 'vitest';
import { type Broker, createBrokerOn } from '../../src/broker.ts';
import { NodeDisk } from '../../src/journal/node_disk.ts';
import { closing, until } from '../support/broker.ts';
import { FaultyDisk } from '../support/faulty_disk.ts';

const ALL = { configure: '.*', write: '.*', read: '.*' };

async function dataFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'leveret-vhosts-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function start(disk: FaultyDisk, dataDir: string): Promise<Broker> {
  const broker = await createBrokerOn(disk, { dataDir });
  onTestFinished(() => broker.close());
  return broker;
}

async function channelIn(broker: Broker, vhost: string) {
  const connection = closing(await connect(`amqp://guest:guest@127.0.0.1:${broker.port}/${vhost}`));
  connection.on('error', () => {});
  return connection.createConfirmChannel();
}

async function furnish(broker: Broker): Promise<void> {
  await broker.vhosts.set('v');
  await broker.permissions.set('v', 'guest', ALL);
  const channel = await channelIn(broker, 'v');
  await channel.assertQueue('q', { durable: true });
  channel.sendToQueue('q', Buffer.from('m'), { persistent: true });
  await channel.waitForConfirms();
}

function folders(dataDir: string): Promise<string[]> {
  return readdir(join(dataDir, 'vhosts'));
}

async function isEmpty(broker: Broker): Promise<boolean> {
  await broker.permissions.set('v', 'guest', ALL);
  const channel = await channelIn(broker, 'v');
  return (await channel.assertQueue('q', { durable: true })).messageCount === 0;
}

test('a deletion that the disk cuts short is finished by the next start', async () => {
  const [disk, dataDir] = [new FaultyDisk(new NodeDisk()), await dataFolder()];
  const broker = await start(disk, dataDir);
  await furnish(broker);
  disk.fail('remove', 'EIO', 1, /\/vhosts\/v\//);
  expect(await broker.vhosts.delete('v')).toBe(true);
  await broker.close();
  expect(await folders(dataDir)).toHaveLength(2);
  const second = await start(disk, dataDir);
  expect(second.vhosts.list().map(({ name }) => name)).toEqual(['/']);
  await until(async () => (await folders(dataDir)).length === 1);
});

test('nothing of it comes back in one that is made under its name', async () => {
  const [disk, dataDir] = [new FaultyDisk(new NodeDisk()), await dataFolder()];
  const broker = await start(disk, dataDir);
  await furnish(broker);
  disk.fail('remove', 'EIO', 1, /\/vhosts\/v\//);
  await broker.vhosts.delete('v');
  await broker.vhosts.set('v');
  expect(await isEmpty(broker)).toBe(true);
  await broker.close();
  const second = await start(disk, dataDir);
  expect(await isEmpty(second)).toBe(true);
});

test('one that could not be stored is undone by a restart', async () => {
  const [disk, dataDir] = [new FaultyDisk(new NodeDisk()), await dataFolder()];
  const broker = await start(disk, dataDir);
  await furnish(broker);
  disk.fail('rename', 'ENOSPC', 1, /metadata/);
  await expect(broker.vhosts.delete('v')).rejects.toThrow('ENOSPC');
  await broker.close();
  const second = await start(disk, dataDir);
  const channel = await channelIn(second, 'v');
  expect((await channel.checkQueue('q')).messageCount).toBe(1);
});

test('metadata that cannot be written, or read, keeps a broker from starting', async () => {
  const [disk, dataDir] = [new FaultyDisk(new NodeDisk()), await dataFolder()];
  disk.fail('rename', 'EIO', 1, /metadata/);
  await expect(createBrokerOn(disk, { dataDir })).rejects.toThrow('The data folder cannot be written: EIO');
  const broker = await start(disk, dataDir);
  await broker.close();
  const { writeFile } = await import('node:fs/promises');
  for (const [text, problem] of [
    ['{', 'cannot be read'],
    ['{}', 'not Leveret’s'],
    ['{"format":2,"users":[],"vhosts":[],"permissions":[]}', 'a newer Leveret wrote it'],
  ] as const) {
    await writeFile(join(dataDir, 'metadata.json'), text);
    await expect(createBrokerOn(disk, { dataDir })).rejects.toThrow(problem);
  }
});
