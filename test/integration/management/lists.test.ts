// Long lists: their order, their pages, and what comes and goes while they are made.

import type { Channel } from 'amqplib';
import { expect, test } from 'vitest';
import type { Broker } from '../../../src/index.ts';
import { compareTerms, valueAt } from '../../../src/management/terms.ts';
import { Api } from '../../support/api.ts';
import { startBroker } from '../../support/broker.ts';
import { seededRandom, wholeNumber } from '../../support/seeded_random.ts';
import { client } from './support.ts';

type Row = Readonly<Record<string, unknown>>;

const MANAGEMENT = { management: { port: 0 } } as const;

/** A second virtual host, and in both exchanges, queues, bindings, messages and consumers, no two alike. */
async function furnished(): Promise<{ broker: Broker; api: Api; channel: Channel }> {
  const broker = await startBroker(MANAGEMENT);
  const api = Api.of(broker);
  await broker.vhosts.set('another');
  await broker.permissions.set('another', 'guest', { configure: '.*', write: '.*', read: '.*' });
  const { channel } = await client(broker);
  const random = seededRandom(7);
  const names = Array.from({ length: 40 }, (_, i) => `q${(i * 7) % 40}`);
  for (const [i, name] of names.entries()) {
    await channel.assertQueue(name, { durable: i % 3 === 0, autoDelete: i % 5 === 0, exclusive: i % 11 === 0 });
    if (i % 4 === 0)
      await api.put(`queues/another/${name}`, { arguments: { 'x-queue-type': 'quorum' }, durable: true });
    for (let count = wholeNumber(random, 0, 3); count > 0; count--) {
      channel.publish('', name, Buffer.alloc(wholeNumber(random, 0, 49)), { deliveryMode: 1 + (i % 2) });
    }
    if (i % 6 === 0) await channel.consume(name, () => {});
    if (i % 8 === 0) {
      await channel.assertExchange(`x${i}`, i % 16 === 0 ? 'topic' : 'fanout');
      await channel.bindQueue(name, `x${i}`, `key${40 - i}`);
      await channel.bindQueue(name, `x${i}`, 'a');
    }
  }
  const { channel: other } = await client(broker, 'another client');
  await other.prefetch(3);
  return { broker, api, channel };
}

/** The paths of all that can be sorted by, in any row. */
function pathsOf(rows: readonly Row[]): string[] {
  const paths = new Set<string>();
  const look = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) paths.add(path);
    else for (const [key, inner] of Object.entries(value)) look(inner, path === '' ? key : `${path}.${key}`);
  };
  for (const row of rows) look(row, '');
  return [...paths];
}

/** By what is shown in whole rows. */
function sorted(rows: readonly Row[], path: string): Row[] {
  return rows.toSorted((a, b) => {
    for (const key of [path, 'vhost', 'name']) {
      const order = compareTerms(valueAt(a, key) ?? 0, valueAt(b, key) ?? 0);
      if (order !== 0) return order;
    }
    return 0;
  });
}

const nameOf = (row: Row): string => `${row['vhost']} ${row['name']}`;

test('lists are sorted by a column as whole rows are, and pages of them are parts of that', async () => {
  const { api } = await furnished();
  for (const list of ['queues', 'queues/detailed', 'queues/another', 'exchanges', 'connections', 'channels']) {
    const { json: rows } = (await api.get(list)) as { json: Row[] };
    expect(rows.map(nameOf)).toEqual(sorted(rows, 'vhost').map(nameOf));
    for (const path of pathsOf(rows)) {
      // What changes with the time alone may be another each time.
      if (/oct|cnt|idle_since|oldest|_details|capacity|utilisation/.test(path)) continue;
      const expected = sorted(rows, path).map(nameOf);
      const query = `sort=${encodeURIComponent(path)}&columns=vhost,name`;
      const [whole, first, last] = await Promise.all([
        api.get(`${list}?${query}`),
        api.get(`${list}?${query}&page=1&page_size=7`),
        api.get(`${list}?${query}&page=1&page_size=7&sort_reverse=true`),
      ]);
      expect(whole.json.map(nameOf), `${list} ${path}`).toEqual(expected);
      expect(first.json.items.map(nameOf), `${list} ${path}`).toEqual(expected.slice(0, 7));
      expect(last.json.items.map(nameOf), `${list} ${path}`).toEqual(expected.slice(-7).reverse());
    }
  }
});

test('pages make up the whole list', async () => {
  const { api } = await furnished();
  for (const list of ['queues', 'bindings', 'exchanges', 'consumers']) {
    const { json: rows } = await api.get(list);
    expect(rows.length, list).toBeGreaterThan(6);
    const total_count = rows.length;
    for (const sort_reverse of [false, true]) {
      const pages: unknown[] = [];
      for (let page = 1; page <= Math.ceil(total_count / 6); page++) {
        const { json } = await api.get(`${list}?page=${page}&page_size=6&sort_reverse=${sort_reverse}`);
        expect(json).toMatchObject({ total_count, filtered_count: total_count, page });
        pages.push(...json.items);
      }
      expect(pages).toEqual(sort_reverse ? rows.toReversed() : rows);
    }
  }
});

test('a page filtered by name has those that the whole list has', async () => {
  const { api } = await furnished();
  const { json: rows } = (await api.get('queues')) as { json: Row[] };
  for (const [query, pattern] of [
    ['name=Q1', /q1/],
    ['name=%5Eq%5B23%5D&use_regex=true', /^q[23]/],
  ] as const) {
    const named = rows.filter(({ name }) => pattern.test(String(name)));
    const { json } = await api.get(`queues?page=2&page_size=4&${query}&columns=name,vhost`);
    expect(json).toMatchObject({ filtered_count: named.length, total_count: rows.length });
    expect(json.items).toEqual(named.slice(4, 8).map(({ name, vhost }) => ({ name, vhost })));
  }
});

test('what is declared, bound and deleted is in the next list, in its place', async () => {
  const broker = await startBroker(MANAGEMENT);
  const api = Api.of(broker);
  const { channel } = await client(broker);
  const random = seededRandom(11);
  const there = new Set<string>();
  for (let round = 0; round < 40; round++) {
    for (let change = 0; change < 5; change++) {
      const name = `q${wholeNumber(random, 0, 29)}`;
      if (there.delete(name)) await channel.deleteQueue(name);
      else await channel.assertQueue(there.add(name) && name, { durable: false });
      if (there.has(name)) await channel.bindQueue(name, 'amq.topic', name);
    }
    const expected = [...there].sort();
    const [queues, page, bindings] = await Promise.all([
      api.get('queues/%2F?columns=name'),
      api.get('queues?page=1&page_size=10&columns=name'),
      api.get('bindings/%2F?columns=source,destination'),
    ]);
    expect(queues.json).toEqual(expected.map((name) => ({ name })));
    expect(page.json.items).toEqual(expected.slice(0, 10).map((name) => ({ name })));
    expect(bindings.json).toEqual(
      ['', 'amq.topic'].flatMap((source) => expected.map((destination) => ({ source, destination }))),
    );
  }
});

test('what goes and comes while lists are made is in none of them twice, and none fails', async () => {
  const broker = await startBroker(MANAGEMENT);
  const api = Api.of(broker);
  const { channel } = await client(broker);
  const count = 1_500;
  const names = Array.from({ length: count }, (_, i) => `q${i}`);
  const queues = names.map((name) => ({ name, vhost: '/', durable: false, auto_delete: false, arguments: {} }));
  await broker.definitions.import({ queues });
  let running = true;
  const churn = (async () => {
    for (let i = 0; running; i = (i + 1) % count) {
      await channel.deleteQueue(`q${i}`);
      await channel.assertQueue(`q${i}`, { durable: false });
      const { connection, channel: own } = await client(broker);
      await own.consume(`q${i}`, () => {});
      await connection.close();
    }
  })();
  const paths = [
    'queues',
    'queues?sort=memory',
    'queues?page=1&page_size=500&sort=messages',
    'connections',
    'channels',
  ];
  for (let round = 0; round < 4; round++) {
    for (const path of [...paths, 'consumers', 'bindings', 'definitions', 'overview']) {
      const { status, json } = await api.get(path);
      expect(status, path).toBe(200);
      const rows: Row[] = Array.isArray(json) ? json : (json.items ?? json.queues ?? []);
      const shown = rows.map(({ name, destination }) => name ?? destination).filter((name) => name !== undefined);
      expect(new Set(shown).size, path).toBe(shown.length);
      if (path === 'queues') expect(rows.length).toBeGreaterThanOrEqual(count - 1);
    }
  }
  running = false;
  await churn;
});
