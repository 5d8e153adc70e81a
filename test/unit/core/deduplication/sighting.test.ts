import { beforeEach, describe, expect, test } from 'vitest';
import { fromPlain, type PlainTableInput } from '../../../../src/codec/table.ts';
import { sight } from '../../../../src/core/deduplication/sighting.ts';
import { PageTable } from '../../../../src/core/store/page_table.ts';
import { bind, declareExchange } from '../../../../src/core/topology/exchanges.ts';
import type { VirtualHost } from '../../../../src/core/vhost.ts';
import { Arena } from '../../../../src/lib/arena.ts';
import { ManualClock } from '../../../../src/lib/clock.ts';
import { HostClient } from '../../../support/host_client.ts';
import { memoryHost } from '../../../support/journal_host.ts';
import { MicrotaskTurn } from '../../../support/microtask_turn.ts';

const ON = { 'x-message-deduplication': true };

let vhost: VirtualHost;
let client: HostClient;
let clock: ManualClock;

beforeEach(() => {
  vhost = memoryHost(new PageTable(new Arena({ readBytes: 0, slots: 0, pages: 0 })), new MicrotaskTurn());
  client = new HostClient(vhost);
  clock = new ManualClock();
});

function declareQueue(name: string, table: PlainTableInput = {}): void {
  client.declareQueue(name, true, fromPlain(table));
}

function declareBoundExchange(name: string, table: PlainTableInput, ...queues: readonly string[]): void {
  const flags = { passive: false, durable: true, autoDelete: false, internal: false };
  declareExchange(vhost, { exchange: name, type: 'fanout', ...flags, arguments: fromPlain(table) }, client);
  for (const queue of queues) client.bindQueue(name, queue);
}

/** Publishes, and names the queues that took the message; those of `refusing` do not. */
function publish(
  exchange: string,
  routingKey: string,
  headers: PlainTableInput,
  refusing: readonly string[] = [],
): readonly string[] {
  const route = vhost.route(exchange, routingKey);
  const sighting = sight(route, fromPlain(headers), clock.nowMs());
  const taking = (sighting?.queues ?? route.queues).filter(({ name }) => !refusing.includes(name));
  sighting?.remember(taking, undefined);
  return taking.map(({ name }) => name);
}

function same(value: PlainTableInput[string]): PlainTableInput {
  return { 'x-deduplication-header': value };
}

describe('a queue that deduplicates', () => {
  test('takes each key once, and every message without one', () => {
    declareQueue('q', ON);
    expect(publish('', 'q', same('a'))).toEqual(['q']);
    expect(publish('', 'q', same('b'))).toEqual(['q']);
    expect(publish('', 'q', same('a'))).toEqual([]);
    expect(publish('', 'q', {})).toEqual(['q']);
    expect(publish('', 'q', {})).toEqual(['q']);
    expect(publish('', 'q', same(null))).toEqual(['q']);
    expect(publish('', 'q', same(null))).toEqual(['q']);
  });

  test('tells a number from the string that spells it', () => {
    declareQueue('q', ON);
    expect(publish('', 'q', same('1'))).toEqual(['q']);
    expect(publish('', 'q', same(1))).toEqual(['q']);
    expect(publish('', 'q', same(1))).toEqual([]);
    expect(publish('', 'q', same(true))).toEqual(['q']);
  });

  test('goes by the header that it was told', () => {
    declareQueue('q', { ...ON, 'x-deduplication-header': 'order' });
    expect(publish('', 'q', { order: 7 })).toEqual(['q']);
    expect(publish('', 'q', { order: 7 })).toEqual([]);
    expect(publish('', 'q', same('a'))).toEqual(['q']);
    expect(publish('', 'q', same('a'))).toEqual(['q']);
  });

  test('knows the last 128 keys, or as many as it was told', () => {
    declareQueue('q', ON);
    declareQueue('small', { ...ON, 'x-cache-size': 2 });
    for (let i = 0; i < 128; i++) publish('', 'q', same(i));
    expect(publish('', 'q', same(0))).toEqual([]);
    publish('', 'q', same(128));
    expect(publish('', 'q', same(0))).toEqual(['q']);
    for (const i of [1, 2, 3]) publish('', 'small', same(i));
    expect(publish('', 'small', same(2))).toEqual([]);
    expect(publish('', 'small', same(1))).toEqual(['small']);
  });

  test('forgets a key when its time is up, which no duplicate prolongs, and which its message may set', () => {
    declareQueue('q', { ...ON, 'x-cache-ttl': 100 });
    publish('', 'q', same('a'));
    publish('', 'q', { ...same('b'), 'x-cache-ttl': 300 });
    publish('', 'q', { ...same('c'), 'x-cache-ttl': 0 });
    expect(publish('', 'q', same('c'))).toEqual(['q']);
    clock.advance(99);
    expect(publish('', 'q', same('a'))).toEqual([]);
    clock.advance(1);
    expect(publish('', 'q', same('a'))).toEqual(['q']);
    clock.advance(199);
    expect(publish('', 'q', same('b'))).toEqual([]);
    clock.advance(1);
    expect(publish('', 'q', same('b'))).toEqual(['q']);
  });

  test('leaves the other queues of a message alone', () => {
    declareQueue('q', ON);
    declareQueue('plain');
    declareBoundExchange('x', {}, 'q', 'plain');
    expect(publish('x', '', same('a'))).toEqual(['q', 'plain']);
    expect(publish('x', '', same('a'))).toEqual(['plain']);
  });

  test('takes again what it had refused', () => {
    declareQueue('q', ON);
    expect(publish('', 'q', same('a'), ['q'])).toEqual([]);
    expect(publish('', 'q', same('a'))).toEqual(['q']);
    expect(publish('', 'q', same('a'))).toEqual([]);
  });
});

describe('an exchange that deduplicates', () => {
  test('keeps a duplicate from all its queues, whatever its routing key', () => {
    declareQueue('q');
    declareQueue('r');
    declareBoundExchange('x', ON, 'q', 'r');
    expect(publish('x', 'k', same('a'))).toEqual(['q', 'r']);
    expect(publish('x', 'other', same('a'))).toEqual([]);
    expect(publish('', 'q', same('a'))).toEqual(['q']);
  });

  test('does not remember what reached nobody, or what somebody refused', () => {
    declareBoundExchange('x', ON);
    expect(publish('x', '', same('a'))).toEqual([]);
    declareQueue('q');
    declareQueue('r');
    client.bindQueue('x', 'q');
    client.bindQueue('x', 'r');
    expect(publish('x', '', same('a'), ['r'])).toEqual(['q']);
    expect(publish('x', '', same('a'))).toEqual(['q', 'r']);
    expect(publish('x', '', same('a'))).toEqual([]);
  });

  test('does not look at what comes by a binding', () => {
    declareQueue('q');
    declareBoundExchange('x', ON, 'q');
    declareBoundExchange('first', {});
    const binding = { source: 'first', destination: 'x', destinationKind: 'exchange', routingKey: '' } as const;
    bind(vhost, { ...binding, arguments: fromPlain({}) }, client);
    expect(publish('first', '', same('a'))).toEqual(['q']);
    expect(publish('first', '', same('a'))).toEqual(['q']);
  });

  test('begins anew when it was deleted', () => {
    declareQueue('q');
    declareBoundExchange('x', ON, 'q');
    publish('x', '', same('a'));
    client.deleteExchange('x');
    declareBoundExchange('x', ON, 'q');
    expect(publish('x', '', same('a'))).toEqual(['q']);
  });
});

describe('the arguments', () => {
  test.each<[PlainTableInput, string]>([
    [{ 'x-message-deduplication': 'yes' }, "'x-message-deduplication' for WHAT: {unacceptable_type,longstr}"],
    [{ 'x-cache-size': 10 }, `'x-cache-size' for WHAT: "needs 'x-message-deduplication' to be true"`],
    [{ 'x-cache-ttl': 10 }, `'x-cache-ttl' for WHAT: "needs 'x-message-deduplication' to be true"`],
    [
      { 'x-message-deduplication': false, 'x-deduplication-header': 'h' },
      `'x-deduplication-header' for WHAT: "needs 'x-message-deduplication' to be true"`,
    ],
    [{ ...ON, 'x-cache-size': 0 }, "'x-cache-size' for WHAT: {value_zero,0}"],
    [{ ...ON, 'x-cache-size': -1 }, "'x-cache-size' for WHAT: {value_negative,-1}"],
    [{ ...ON, 'x-cache-size': 1_000_001 }, "'x-cache-size' for WHAT: {value_too_large,1000001}"],
    [{ ...ON, 'x-cache-size': '10' }, `'x-cache-size' for WHAT: "expected integer, got longstr"`],
    [{ ...ON, 'x-cache-ttl': 0 }, "'x-cache-ttl' for WHAT: {value_zero,0}"],
    [{ ...ON, 'x-deduplication-header': 1 }, "'x-deduplication-header' for WHAT: {unacceptable_type,signedint}"],
    [{ ...ON, 'x-deduplication-header': '' }, `'x-deduplication-header' for WHAT: "the name of a header is empty"`],
  ])('are refused as %o', (table, problem) => {
    const text = (what: string): string => `invalid arg ${problem.replace('WHAT', what)}`;
    expect(() => declareQueue('q', table)).toThrow(text("queue 'q' in vhost '/'"));
    expect(() => declareBoundExchange('x', table)).toThrow(text("exchange 'x' in vhost '/'"));
  });

  test('have to be the same when a queue or exchange is declared again', () => {
    const other = { ...ON, 'x-cache-size': 2 };
    const difference = "received the value '2' of type 'signedint' but current is none";
    declareQueue('q', ON);
    declareQueue('q', ON);
    const queue = `inequivalent arg 'x-cache-size' for queue 'q' in vhost '/': ${difference}`;
    expect(() => declareQueue('q', other)).toThrow(queue);
    declareBoundExchange('x', ON);
    declareBoundExchange('x', ON);
    const exchange = `inequivalent arg 'x-cache-size' for exchange 'x' in vhost '/': ${difference}`;
    expect(() => declareBoundExchange('x', other)).toThrow(exchange);
  });
});
