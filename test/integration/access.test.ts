import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChannelModel, connect } from 'amqplib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Broker, type BrokerOptions, ManagementError, ManualClock } from '../../src/index.ts';
import { closing, startBroker, until } from '../support/broker.ts';

const ALL = { configure: '.*', write: '.*', read: '.*' };

async function dataFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'leveret-access-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

function urlOf({ host, port }: Broker, user: string, password: string, vhost = '/'): string {
  return `amqp://${user}:${password}@${host}:${port}/${encodeURIComponent(vhost)}`;
}

/** A connection that may be closed by the broker, and what it was told then. */
async function connected(url: string): Promise<{ connection: ChannelModel; told: string[] }> {
  const connection = closing(await connect(url));
  const told: string[] = [];
  connection.on('error', () => {});
  connection.on('close', (error: Error | undefined) => told.push(error?.message ?? ''));
  return { connection, told };
}

async function restarted(broker: Broker, options: BrokerOptions): Promise<Broker> {
  await broker.close();
  return startBroker(options);
}

async function withUser(options: BrokerOptions = {}): Promise<Broker> {
  const broker = await startBroker(options);
  await broker.users.set('hare', { password: 'clover' });
  await broker.permissions.set('/', 'hare', ALL);
  return broker;
}

describe('a user', () => {
  test('is made, may log in, and is there after a restart with a new password', async () => {
    const options = { dataDir: await dataFolder() };
    const broker = await withUser(options);
    await connected(urlOf(broker, 'hare', 'clover'));
    await broker.users.changePassword('hare', 'thyme');
    const second = await restarted(broker, options);
    await connected(urlOf(second, 'hare', 'thyme'));
    await expect(connect(urlOf(second, 'hare', 'clover'))).rejects.toThrow('ACCESS_REFUSED');
    expect(second.users.list().map(({ name }) => name)).toEqual(['guest', 'hare']);
  });

  test('keeps his connections when his password changes, and loses them when he is deleted', async () => {
    const broker = await withUser();
    const { told } = await connected(urlOf(broker, 'hare', 'clover'));
    const other = await connected(broker.url);
    await broker.users.changePassword('hare', 'thyme');
    expect(await broker.users.delete('hare')).toBe(true);
    await until(() => told.length > 0);
    expect(told[0]).toContain("CONNECTION_FORCED - user 'hare' is deleted");
    expect(other.told).toEqual([]);
    expect(broker.permissions.get('/', 'hare')).toBeUndefined();
    expect(await broker.users.delete('hare')).toBe(false);
  });

  test('may put another name into user-id only as an impersonator', async () => {
    const broker = await withUser();
    const said = async (): Promise<string> => {
      const { connection } = await connected(urlOf(broker, 'hare', 'clover'));
      const channel = await connection.createConfirmChannel();
      const failed = new Promise<string>((resolve) => channel.on('error', (error: Error) => resolve(error.message)));
      channel.publish('', 'q', Buffer.from('m'), { userId: 'fox' });
      return Promise.race([
        channel.waitForConfirms().then(
          () => 'confirmed',
          () => failed,
        ),
        failed,
      ]);
    };
    expect(await said()).toContain("user_id property set to 'fox' but authenticated user was 'hare'");
    await broker.users.setTags('hare', ['impersonator']);
    expect(await said()).toBe('confirmed');
  });
});

describe('the default user', () => {
  test('is made at the first start only, with what the options say', async () => {
    const dataDir = await dataFolder();
    const first = { dataDir, defaultUser: 'a', defaultPassword: 'p', defaultVhost: 'v', defaultUserTags: ['x'] };
    const broker = await startBroker(first);
    expect(broker.users.list()).toMatchObject([{ name: 'a', tags: ['x'] }]);
    expect(broker.vhosts.list().map(({ name }) => name)).toEqual(['v']);
    expect(broker.url).toBe(`amqp://a:p@127.0.0.1:${broker.port}/v`);
    await connected(broker.url);
    const second = await restarted(broker, { ...first, defaultUser: 'b', defaultPassword: 'q', defaultVhost: 'w' });
    expect(second.users.list()).toMatchObject([{ name: 'a', tags: ['x'] }]);
    expect(second.vhosts.list().map(({ name }) => name)).toEqual(['v']);
  });

  test('comes back to what it was with a data folder from before there were users', async () => {
    const dataDir = await dataFolder();
    const broker = await startBroker({ dataDir });
    const channel = await closing(await connect(broker.url)).createChannel();
    await channel.assertQueue('kept', { durable: true });
    await broker.close();
    await rm(join(dataDir, 'metadata.json'));
    const second = await startBroker({ dataDir });
    const again = await closing(await connect(second.url)).createChannel();
    expect(await again.checkQueue('kept')).toMatchObject({ queue: 'kept' });
  });
});

test('logins wait for their turn where many have failed, and then are looked at', async () => {
  const clock = new ManualClock();
  const broker = await startBroker({ clock });
  const logIn = (password: string): Promise<unknown> => connect(urlOf(broker, 'guest', password)).then(closing);
  for (let i = 0; i < 21; i++) await expect(logIn('wrong')).rejects.toThrow('ACCESS_REFUSED');
  await logIn('guest');
  let entered = false;
  const second = logIn('guest').then(() => {
    entered = true;
  });
  const third = expect(logIn('wrong')).rejects.toThrow('ACCESS_REFUSED');
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(entered).toBe(false);
  clock.advance(1_000);
  await Promise.all([second, third]);
});

describe('a permission', () => {
  test('that is taken away stops a publisher who has been publishing all along', async () => {
    const broker = await withUser();
    const { connection } = await connected(urlOf(broker, 'hare', 'clover'));
    const channel = await connection.createConfirmChannel();
    let refusal = '';
    channel.on('error', (error: Error) => {
      refusal = error.message;
    });
    await channel.assertQueue('q');
    for (let i = 0; i < 3; i++) channel.sendToQueue('q', Buffer.from('m'));
    await channel.waitForConfirms();
    await broker.permissions.set('/', 'hare', { ...ALL, write: '^other$' });
    channel.sendToQueue('q', Buffer.from('m'));
    await until(() => refusal !== '');
    expect(refusal).toContain("write access to exchange 'amq.default' in vhost '/' refused for user 'hare'");
  });

  test('that is not there keeps a user out of a virtual host', async () => {
    const broker = await withUser();
    expect(await broker.permissions.clear('/', 'hare')).toBe(true);
    expect(await broker.permissions.clear('/', 'hare')).toBe(false);
    await expect(connect(urlOf(broker, 'hare', 'clover'))).rejects.toThrow();
  });

  test('is refused when it cannot be: a bad pattern, or nobody to have it', async () => {
    const broker = await withUser();
    const refused = (vhost: string, user: string, configure: string): Promise<unknown> =>
      broker.permissions.set(vhost, user, { ...ALL, configure }).catch((error: unknown) => error);
    for (const error of [
      await refused('/', 'hare', '('),
      await refused('/', 'fox', ''),
      await refused('v', 'hare', ''),
    ])
      expect(error).toBeInstanceOf(ManagementError);
    expect(broker.permissions.get('/', 'hare')).toEqual({ user: 'hare', vhost: '/', ...ALL });
  });

  test('for topics survives a restart with its placeholders', async () => {
    const options = { dataDir: await dataFolder() };
    const broker = await withUser(options);
    await broker.permissions.setTopic('/', 'hare', 'amq.topic', { write: '^{username}\\.', read: '' });
    const second = await restarted(broker, options);
    expect(second.permissions.listTopic()).toEqual([
      { user: 'hare', vhost: '/', exchange: 'amq.topic', write: '^{username}\\.', read: '' },
    ]);
    const { connection } = await connected(urlOf(second, 'hare', 'clover'));
    const channel = await connection.createConfirmChannel();
    let refusal = '';
    channel.on('error', (error: Error) => {
      refusal = error.message;
    });
    channel.publish('amq.topic', 'hare.a', Buffer.from('m'));
    await channel.waitForConfirms();
    channel.publish('amq.topic', 'fox.a', Buffer.from('m'));
    await until(() => refusal !== '');
    expect(refusal).toContain("write access to topic 'fox.a' in exchange 'amq.topic' in vhost '/' refused");
    expect(await second.permissions.clearTopic('/', 'hare')).toBe(true);
    expect(second.permissions.listTopic()).toEqual([]);
  });
});

describe('a virtual host', () => {
  test('keeps its queues and messages apart from the others, across a restart', async () => {
    const options = { dataDir: await dataFolder() };
    const broker = await startBroker(options);
    const names = ['a/b', 'ä %2E', 'v'.repeat(255)];
    for (const name of names) {
      await broker.vhosts.set(name, { description: `of ${name.slice(0, 5)}`, tags: ['t'] });
      await broker.permissions.set(name, 'guest', ALL);
      const channel = await closing(await connect(urlOf(broker, 'guest', 'guest', name))).createConfirmChannel();
      await channel.assertQueue('q', { durable: true });
      channel.sendToQueue('q', Buffer.from(name), { persistent: true });
      await channel.waitForConfirms();
    }
    const second = await restarted(broker, options);
    expect(second.vhosts.list().map(({ name }) => name)).toEqual(['/', ...names]);
    expect(second.vhosts.get('a/b')).toMatchObject({ description: 'of a/b', tags: ['t'], defaultQueueType: 'classic' });
    for (const name of names) {
      const channel = await closing(await connect(urlOf(second, 'guest', 'guest', name))).createChannel();
      const message = await channel.get('q', { noAck: true });
      expect((message || undefined)?.content.toString()).toBe(name);
      expect(await channel.get('q')).toBe(false);
    }
  });

  test('is deleted with its connections, its messages and its folder, and can be made again', async () => {
    const dataDir = await dataFolder();
    const broker = await startBroker({ dataDir });
    const other = await connected(broker.url);
    const fill = async (): Promise<string[]> => {
      await broker.vhosts.set('v');
      await broker.permissions.set('v', 'guest', ALL);
      const { connection, told } = await connected(urlOf(broker, 'guest', 'guest', 'v'));
      const channel = await connection.createConfirmChannel();
      channel.on('error', () => {});
      expect(await channel.assertQueue('q', { durable: true })).toMatchObject({ messageCount: 0 });
      for (let i = 0; i < 1000; i++) channel.sendToQueue('q', Buffer.alloc(1000), { persistent: i % 2 === 0 });
      await channel.waitForConfirms();
      await channel.consume('q', () => {}, {});
      return told;
    };
    const told = await fill();
    expect(await broker.vhosts.delete('v')).toBe(true);
    expect(await broker.vhosts.delete('v')).toBe(false);
    await until(() => told.length > 0);
    expect(told[0]).toContain("CONNECTION_FORCED - vhost 'v' is deleted");
    expect(broker.permissions.get('v', 'guest')).toBeUndefined();
    await fill();
    expect(await broker.vhosts.delete('v')).toBe(true);
    await until(async () => (await readdir(join(dataDir, 'vhosts'))).length === 1);
    expect(other.told).toEqual([]);
    await broker.close();
    const second = await startBroker({ dataDir });
    expect(second.vhosts.list().map(({ name }) => name)).toEqual(['/']);
  });

  test('that is protected is not deleted until it is no more', async () => {
    const broker = await startBroker();
    await broker.vhosts.set('v', { protectedFromDeletion: true, tags: ['kept'] });
    await expect(broker.vhosts.delete('v')).rejects.toThrow("Refusing to delete virtual host 'v'");
    await broker.vhosts.set('v', { protectedFromDeletion: false });
    expect(broker.vhosts.get('v')?.tags).toEqual(['kept']);
    expect(await broker.vhosts.delete('v')).toBe(true);
    expect(broker.vhosts.get('v')).toBeUndefined();
  });

  test('gives the type of queues that do not say theirs, if they can have it', async () => {
    const broker = await startBroker();
    await broker.vhosts.set('/', { defaultQueueType: 'quorum' });
    const { connection } = await connected(broker.url);
    const type = async (options: object): Promise<string> => {
      const channel = await connection.createChannel();
      channel.on('error', () => {});
      const { queue } = await channel.assertQueue('q', options);
      const other = { ...options, arguments: { 'x-queue-type': 'quorum' } };
      const found = await channel.assertQueue(queue, other).then(
        () => 'quorum',
        () => 'classic',
      );
      await (await connection.createChannel()).deleteQueue(queue);
      return found;
    };
    expect(await type({ durable: true })).toBe('quorum');
    expect(await type({ durable: false })).toBe('classic');
    expect(await type({ durable: true, exclusive: true })).toBe('classic');
    expect(await type({ durable: true, arguments: { 'x-queue-type': 'classic' } })).toBe('classic');
  });

  test('cannot have a name that AMQP has no room for, or a type of queue that there is not', async () => {
    const broker = await startBroker();
    for (const name of ['', 'v'.repeat(256), '\ud800']) {
      await expect(broker.vhosts.set(name)).rejects.toBeInstanceOf(ManagementError);
    }
    const input = { defaultQueueType: 'stream' as 'classic' };
    await expect(broker.vhosts.set('v', input)).rejects.toThrow('stream is not a valid queue type');
    expect(broker.vhosts.get('v')).toBeUndefined();
  });
});

test('limits and global parameters are kept across a restart', async () => {
  const options = { dataDir: await dataFolder() };
  const broker = await withUser(options);
  await broker.users.setLimits('hare', { 'max-channels': 5 });
  await broker.vhosts.setLimits('/', { 'max-queues': 7 });
  await broker.globalParameters.set('p', { a: [1, 'b'] });
  await expect(broker.vhosts.setLimits('/', { 'max-hares': 1 } as object)).rejects.toBeInstanceOf(ManagementError);
  const second = await restarted(broker, options);
  expect(second.users.get('hare')?.limits).toEqual({ 'max-channels': 5 });
  expect(second.vhosts.get('/')?.limits).toEqual({ 'max-queues': 7 });
  expect(second.globalParameters.list()).toEqual([{ name: 'p', value: { a: [1, 'b'] } }]);
  expect(await second.globalParameters.delete('p')).toBe(true);
  expect(second.globalParameters.get('p')).toBeUndefined();
});
