import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createBroker, type Definitions, ManagementError } from '../../src/index.ts';
import { closing, startBroker } from '../support/broker.ts';

/** What RabbitMQ 4.3 exported. */
async function exported(file: string): Promise<Definitions> {
  return JSON.parse(await readFile(new URL(`definitions/${file}.json`, import.meta.url), 'utf8'));
}

async function dataFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'leveret-definitions-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** What stands in no order in it, in one; and without what says who exported it, which is another broker each time. */
function comparable(definitions: Definitions): Definitions {
  const own = /^(rabbit_version|rabbitmq_version|product_.*|explanation|original_cluster_name|description)$/;
  const kept = Object.entries(definitions).filter(([key]) => !own.test(key));
  return Object.fromEntries(kept.map(([key, value]) => [key, Array.isArray(value) ? inOrder(value) : value]));
}

function inOrder(items: readonly unknown[]): unknown[] {
  return items
    .map((item) => JSON.stringify(sorted(item)))
    .sort()
    .map((text) => JSON.parse(text));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort()
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

describe('what RabbitMQ 4.3 exported', () => {
  test('is imported, and exported again unchanged, before and after a restart', async () => {
    const definitions = await exported('rabbitmq_4_3');
    const dataDir = await dataFolder();
    const broker = await createBroker({ dataDir, definitions });
    expect(comparable(broker.definitions.export())).toEqual(comparable(definitions));
    const channel = await closing(await connect(`amqp://shop:clover@127.0.0.1:${broker.port}/orders`)).createChannel();
    expect(await channel.checkQueue('plain')).toMatchObject({ messageCount: 0 });
    // The user's own password, by the hash that RabbitMQ made.
    const refused = connect(`amqp://shop:wrong@127.0.0.1:${broker.port}/orders`);
    await expect(refused).rejects.toThrow('ACCESS_REFUSED');
    await broker.close();
    const second = await startBroker({ dataDir });
    const lasting = (item: {
      durable?: boolean;
      auto_delete?: boolean;
      name?: string;
      destination?: string;
    }): boolean => item.durable !== false && item.destination !== 'transient' && item.name !== 'transient';
    const durable = (given: Definitions): Definitions => {
      const queues = (given['queues'] as object[]).filter(lasting);
      const exchanges = (given['exchanges'] as object[]).filter(lasting);
      const bindings = (given['bindings'] as { source: string; destination: string }[]).filter(
        (binding) => lasting(binding) && binding.source !== 'short-lived',
      );
      return comparable({ ...given, queues, exchanges, bindings });
    };
    expect(durable(second.definitions.export())).toEqual(durable(definitions));
  });

  test('of one virtual host goes into another, and comes out as it was', async () => {
    const broker = await startBroker();
    const definitions = await exported('rabbitmq_4_3_vhost');
    await broker.vhosts.set('elsewhere');
    await broker.definitions.import(definitions, 'elsewhere');
    const again = comparable(broker.definitions.export('elsewhere'));
    expect(again).toEqual({ ...comparable(definitions), original_vhost_name: 'elsewhere' });
    expect(broker.vhosts.get('elsewhere')).toMatchObject({ defaultQueueType: 'quorum', protectedFromDeletion: true });
  });

  test('is imported twice to the same effect', async () => {
    const definitions = await exported('rabbitmq_4_3');
    const broker = await startBroker({ definitions });
    await broker.definitions.import(definitions);
    expect(comparable(broker.definitions.export())).toEqual(comparable(definitions));
  });
});

test('definitions to be loaded take the place of the default user and virtual host', async () => {
  const definitions = {
    users: [{ name: 'shop', password: 'clover', tags: 'management, impersonator' }],
    vhosts: [{ name: 'v' }],
    permissions: [{ user: 'shop', vhost: 'v', configure: '.*', write: '.*', read: '.*' }],
  };
  const broker = await startBroker({ definitions });
  expect(broker.users.list()).toMatchObject([{ name: 'shop', tags: ['management', 'impersonator'] }]);
  expect(broker.vhosts.list().map(({ name }) => name)).toEqual(['v']);
  closing(await connect(`amqp://shop:clover@127.0.0.1:${broker.port}/v`));
});

test('definitions that are as they were at the last start are not loaded again where the operator says so', async () => {
  const dataDir = await dataFolder();
  const definitions = {
    vhosts: [{ name: 'v' }],
    users: [{ name: 'shop', password: 'clover', tags: [] }],
  };
  const restarted = async (given: Definitions) => {
    const broker = await createBroker({ dataDir, definitions: given, skipUnchangedDefinitions: true });
    onTestFinished(() => broker.close());
    return broker;
  };
  const first = await restarted(definitions);
  await first.users.delete('shop');
  await first.close();
  const second = await restarted(definitions);
  expect(second.users.list()).toEqual([]);
  await second.close();
  const third = await restarted({ ...definitions, vhosts: [{ name: 'w' }] });
  expect(third.users.list()).toMatchObject([{ name: 'shop' }]);
  expect(third.vhosts.list()).toMatchObject([{ name: 'v' }, { name: 'w' }]);
});

describe('definitions that cannot be', () => {
  const queue = { name: 'q', vhost: '/', durable: true, auto_delete: false, arguments: {} };
  const binding = { source: 'nosuch', vhost: '/', destination: 'q', destination_type: 'queue', routing_key: '' };

  test.each([
    [{ queues: 5 }, 'definitions: queues: Invalid input'],
    [{ queues: [{ ...queue, durable: 'yes' }] }, 'definitions: queues.0.durable: Invalid input'],
    [{ queues: [{ ...queue, vhost: 'nope' }] }, 'Please create virtual host "nope" prior to importing definitions.'],
    [{ queues: [{ name: 'q' }] }, 'definitions do not say of which virtual host they are'],
    [{ queues: [{ ...queue, type: 'stream' }] }, "queue 'q' in vhost '/' is of unsupported type 'stream'"],
    [{ queues: [{ ...queue, arguments: { 'x-message-ttl': -1 } }] }, "invalid arg 'x-message-ttl'"],
    [{ exchanges: [{ ...queue, type: 'x-nonsense' }] }, "exchange 'q' in vhost '/' is of unknown type 'x-nonsense'"],
    [{ bindings: [binding] }, "no exchange 'nosuch' in vhost '/'"],
    [{ permissions: [{ user: 'no', vhost: '/', configure: '', write: '', read: '' }] }, "no user 'no'"],
    [{ permissions: [{ user: 'guest', vhost: '/', configure: '(', write: '', read: '' }] }, 'permission "("'],
    [{ users: [{ name: 'u', password_hash: '!!', tags: [] }] }, 'not in base64'],
    [{ users: [{ name: 'u', hashing_algorithm: 'rot13', tags: [] }] }, "unknown hashing algorithm 'rot13'"],
    [{ vhosts: [{ name: 'v', metadata: { default_queue_type: 'stream' } }] }, 'stream is not a valid queue type'],
  ])('are refused: %j', async (definitions, problem) => {
    const broker = await startBroker();
    const error = await broker.definitions.import(definitions).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ManagementError);
    expect((error as Error).message).toContain(problem);
  });

  test('keep nothing beside them from being made, but for what comes after their kind', async () => {
    const broker = await startBroker();
    const refused = { ...queue, name: 'refused', arguments: { 'x-message-ttl': -1 } };
    const fine = { ...binding, source: 'amq.fanout' };
    await expect(broker.definitions.import({ queues: [refused, queue], bindings: [fine] })).rejects.toThrow(
      'x-message-ttl',
    );
    expect(broker.definitions.export()).toMatchObject({ queues: [{ name: 'q' }], bindings: [] });
    await expect(broker.definitions.import({ bindings: [binding, fine] })).rejects.toThrow("no exchange 'nosuch'");
    expect(broker.definitions.export()).toMatchObject({ bindings: [{ source: 'amq.fanout' }] });
  });

  test('keep a broker from starting with them', async () => {
    const starting = createBroker({ definitions: { queues: 5 } });
    await expect(starting).rejects.toThrow('The definitions cannot be loaded: definitions: queues');
  });

  test('of a virtual host that there is not are not exported', async () => {
    const broker = await startBroker();
    expect(() => broker.definitions.export('nope')).toThrow("no virtual host 'nope'");
  });
});

test('fifty thousand objects are imported in seconds, and are there after a restart', async () => {
  const dataDir = await dataFolder();
  const broker = await createBroker({ dataDir });
  const numbers = Array.from({ length: 12_500 }, (_, index) => index);
  const at = { vhost: '/', durable: true, auto_delete: false, arguments: {} };
  const startedMs = performance.now();
  await broker.definitions.import({
    users: numbers.map((n) => ({ name: `u${n}`, password_hash: '', tags: [] })),
    permissions: numbers.map((n) => ({ user: `u${n}`, vhost: '/', configure: '', write: '', read: '.*' })),
    queues: numbers.map((n) => ({ ...at, name: `q${n}`, type: 'classic' })),
    bindings: numbers.map((n) => ({
      ...at,
      source: 'amq.topic',
      destination: `q${n}`,
      destination_type: 'queue',
      routing_key: `a.${n}.#`,
    })),
  });
  expect(performance.now() - startedMs).toBeLessThan(10_000);
  await broker.close();
  const second = await startBroker({ dataDir });
  const { users, queues, bindings } = second.definitions.export() as Record<string, unknown[]>;
  expect([users?.length, queues?.length, bindings?.length]).toEqual([12_501, 12_500, 12_500]);
});
