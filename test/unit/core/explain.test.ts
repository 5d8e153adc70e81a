import { describe, expect, test } from 'vitest';
import { fromPlain, type PlainTableInput } from '../../../src/codec/table.ts';
import { explainRoute } from '../../../src/core/explain.ts';
import { PageTable } from '../../../src/core/store/page_table.ts';
import { bind } from '../../../src/core/topology/exchanges.ts';
import { Arena } from '../../../src/lib/arena.ts';
import { HostClient } from '../../support/host_client.ts';
import { memoryHost } from '../../support/journal_host.ts';
import { MicrotaskTurn } from '../../support/microtask_turn.ts';

function host(): HostClient {
  const pages = new PageTable(new Arena({ readBytes: 0, slots: 0, pages: 1 }));
  return new HostClient(memoryHost(pages, new MicrotaskTurn()));
}

function bindTo(
  client: HostClient,
  source: string,
  destination: string,
  {
    routingKey = '',
    table = {},
    kind = 'queue' as const,
  }: { routingKey?: string; table?: PlainTableInput; kind?: 'queue' | 'exchange' },
): void {
  bind(client.vhost, { source, destination, destinationKind: kind, routingKey, arguments: fromPlain(table) }, client);
}

function explain(client: HostClient, exchange: string, routingKey: string, headers: PlainTableInput = {}) {
  return explainRoute(client.vhost, {
    exchange,
    routingKeys: [routingKey],
    properties: { headers: fromPlain(headers) },
  });
}

describe('why a binding matches or does not', () => {
  test('direct', () => {
    const client = host();
    for (const name of ['a', 'b']) client.declareQueue(name);
    client.declareExchange('x', 'direct');
    bindTo(client, 'x', 'a', { routingKey: 'k' });
    bindTo(client, 'x', 'b', { routingKey: 'other' });
    const { exchanges, queues, others } = explain(client, 'x', 'k');
    expect(queues).toEqual(['a']);
    expect(exchanges[0]?.bindings.map(({ matches, why }) => [matches, why])).toEqual([
      [true, "the routing key is 'k'"],
      [false, "the routing key 'k' is not 'other'"],
    ]);
    expect(others).toEqual([{ queue: 'b', why: "bound to 'x', but the routing key 'k' is not 'other'" }]);
  });

  test('topic', () => {
    const client = host();
    client.declareQueue('q');
    client.declareExchange('x', 'topic');
    bindTo(client, 'x', 'q', { routingKey: 'a.#' });
    expect(explain(client, 'x', 'a.b').exchanges[0]?.bindings[0]?.why).toBe("the pattern 'a.#' matches 'a.b'");
    expect(explain(client, 'x', 'b').exchanges[0]?.bindings[0]?.why).toBe("the pattern 'a.#' does not match 'b'");
  });

  test('headers', () => {
    const client = host();
    client.declareQueue('q');
    client.declareExchange('x', 'headers');
    bindTo(client, 'x', 'q', { table: { 'x-match': 'all', colour: 'red', size: 1 } });
    const why = (headers: PlainTableInput) => explain(client, 'x', '', headers).exchanges[0]?.bindings[0]?.why;
    expect(why({ colour: 'red', size: 1 })).toBe('all headers that it asks for are there');
    expect(why({ colour: 'blue' })).toBe(`header 'colour' is <<"blue">>, not <<"red">>; there is no header 'size'`);
  });

  test('a hash is of all bindings together', () => {
    const client = host();
    for (const name of ['a', 'b']) client.declareQueue(name);
    client.declareExchange('x', 'x-consistent-hash');
    for (const name of ['a', 'b']) bindTo(client, 'x', name, { routingKey: '10' });
    const { queues, exchanges } = explain(client, 'x', 'some key');
    expect(queues).toEqual(client.vhost.route('x', 'some key').queues.map(({ name }) => name));
    expect(exchanges[0]?.bindings.map(({ matches }) => matches).sort()).toEqual([false, true]);
  });
});

describe('the way of a message', () => {
  test('goes through bound and alternate exchanges, as it would', () => {
    const client = host();
    for (const name of ['near', 'far', 'rest', 'unbound']) client.declareQueue(name);
    client.declareExchange('alternate', 'fanout');
    client.declareExchange('x', 'direct', true, fromPlain({ 'alternate-exchange': 'alternate' }));
    client.declareExchange('y', 'fanout');
    bindTo(client, 'x', 'near', { routingKey: 'k' });
    bindTo(client, 'x', 'y', { routingKey: 'k', kind: 'exchange' });
    bindTo(client, 'y', 'far', {});
    bindTo(client, 'alternate', 'rest', {});
    const matched = explain(client, 'x', 'k');
    expect(matched.queues).toEqual(['near', 'far']);
    expect(matched.exchanges.map(({ exchange, via }) => [exchange.name, via])).toEqual([
      ['x', { kind: 'published' }],
      ['y', { kind: 'bound', from: 'x' }],
    ]);
    expect(matched.others).toEqual([
      { queue: 'rest', why: "bound to 'alternate', where the message does not come" },
      { queue: 'unbound', why: 'bound to no exchange' },
    ]);
    const unmatched = explain(client, 'x', 'other');
    expect(unmatched.queues).toEqual(['rest']);
    expect(unmatched.exchanges[1]?.via).toEqual({ kind: 'alternate', from: 'x' });
  });

  test('of the default exchange is by the name of the queue', () => {
    const client = host();
    client.declareQueue('q');
    expect(explain(client, '', 'q')).toMatchObject({ queues: ['q'], others: [] });
    expect(explain(client, '', 'p').exchanges[0]?.bindings[0]?.why).toBe("no queue has the name 'p'");
  });

  test('of a delayed message exchange is that of the type inside, and nothing waits for it', () => {
    const client = host();
    client.declareQueue('q');
    client.declareExchange('x', 'x-delayed-message', true, fromPlain({ 'x-delayed-type': 'direct' }));
    bindTo(client, 'x', 'q', { routingKey: 'k' });
    expect(explain(client, 'x', 'k', { 'x-delay': 1000 }).queues).toEqual(['q']);
    expect(client.vhost.delayQueues.size).toBe(0);
  });

  test('is not there without the exchange', () => {
    expect(() => explain(host(), 'nope', 'k')).toThrow("no exchange 'nope'");
  });
});
