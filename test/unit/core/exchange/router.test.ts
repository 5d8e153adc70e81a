import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_TABLE, type FieldTable } from '../../../../src/codec/table.ts';
import type { Destination } from '../../../../src/core/exchange/binding.ts';
import { BindingTable } from '../../../../src/core/exchange/binding_table.ts';
import type { Exchange } from '../../../../src/core/exchange/exchange.ts';
import { NO_PROPERTIES } from '../../../../src/core/exchange/routed_properties.ts';
import { Router } from '../../../../src/core/exchange/router.ts';
import { exchange, integer, queue, table } from './samples.ts';

/** A vhost in small: exchanges as `name: type` or `name: type, alternate`, queues as they are bound. */
class Topology {
  readonly exchanges = new Map<string, Exchange>();
  readonly queues = new Map<string, Destination>();
  readonly bindings = new BindingTable((name) => this.exchanges.get(name));
  readonly router = new Router<Destination>({
    exchange: (name) => this.exchanges.get(name),
    queue: (name) => this.queues.get(name),
    history: ({ name }) => queue(`history of ${name}`),
    delayed: () => undefined,
  });

  exchange(name: string, type: string, alternate?: string): this {
    this.exchanges.set(name, exchange(name, type, alternate));
    return this;
  }

  bindQueue(source: string, name: string, routingKey = '', args: FieldTable = EMPTY_TABLE): this {
    this.queues.set(name, this.queues.get(name) ?? queue(name));
    this.bindings.add({ source, destination: this.queues.get(name)!, routingKey, arguments: args });
    return this;
  }

  bindExchange(source: string, name: string, routingKey = ''): this {
    this.bindings.add({ source, destination: this.exchanges.get(name)!, routingKey, arguments: EMPTY_TABLE });
    return this;
  }

  route(source: string, ...routingKeys: string[]): string[] {
    return this.router.routeKeys(this.exchanges.get(source)!, routingKeys, NO_PROPERTIES).map(({ name }) => name);
  }

  keyDecides(source: string): boolean {
    return this.router.keyDecides(this.exchanges.get(source)!);
  }
}

describe('the default exchange', () => {
  it('routes to the queue that the key names, if there is one', () => {
    const topology = new Topology().exchange('', 'direct').exchange('x', 'fanout').bindQueue('x', 'q');
    expect(topology.route('', 'q')).toEqual(['q']);
    expect(topology.route('', 'nosuch')).toEqual([]);
    expect(topology.route('', 'q', 'nosuch', 'q')).toEqual(['q']);
  });

  it('gets nothing as an alternate exchange', () => {
    const topology = new Topology().exchange('', 'direct').exchange('x', 'direct', '').bindQueue('x', 'q', 'other');
    expect(topology.route('x', 'q')).toEqual([]);
  });
});

describe('exchange-to-exchange bindings', () => {
  it('are followed with the same key, and lead to one copy per queue', () => {
    const topology = new Topology()
      .exchange('a', 'fanout')
      .exchange('b', 'direct')
      .exchange('c', 'topic')
      .bindExchange('a', 'b')
      .bindExchange('a', 'c')
      .bindQueue('a', 'all')
      .bindQueue('b', 'some', 'k')
      .bindQueue('b', 'others', 'l')
      .bindQueue('c', 'some', '#')
      .bindQueue('c', 'all', 'k');
    expect(topology.route('a', 'k')).toEqual(['all', 'some']);
    expect(topology.route('a', 'l')).toEqual(['all', 'others', 'some']);
  });

  it('may go round in circles', () => {
    const topology = new Topology().exchange('a', 'fanout').exchange('b', 'fanout');
    topology.bindExchange('a', 'b').bindExchange('b', 'a').bindExchange('a', 'a');
    topology.bindQueue('a', 'q').bindQueue('b', 'q').bindQueue('b', 'r');
    expect(topology.route('a', '')).toEqual(['q', 'r']);
    expect(topology.route('b', '').sort()).toEqual(['q', 'r']);
  });

  it('lead to every queue that can be reached, however they are laid', () => {
    const nodes = ['a', 'b', 'c', 'd', 'e'];
    const pairs = fc.array(fc.tuple(fc.constantFrom(...nodes), fc.constantFrom(...nodes)), { maxLength: 12 });
    fc.assert(
      fc.property(pairs, (edges) => {
        const topology = new Topology();
        for (const name of nodes) topology.exchange(name, 'fanout').bindQueue(name, name);
        for (const [from, to] of edges) topology.bindExchange(from, to);
        const reached = new Set(['a']);
        for (let round = 0; round < nodes.length; round += 1) {
          for (const [from, to] of edges) if (reached.has(from)) reached.add(to);
        }
        expect(topology.route('a', '').sort()).toEqual([...reached].sort());
      }),
    );
  });
});

describe('alternate exchanges', () => {
  it('get what no binding matched, and that only', () => {
    const topology = new Topology().exchange('x', 'direct', 'ae').exchange('ae', 'fanout');
    topology.bindQueue('ae', 'rest').bindQueue('x', 'q', 'k');
    expect(topology.route('x', 'k')).toEqual(['q']);
    expect(topology.route('x', 'other')).toEqual(['rest']);
  });

  it('are asked for each exchange on the way, by its own bindings', () => {
    const topology = new Topology()
      .exchange('a', 'direct', 'aeA')
      .exchange('b', 'direct', 'aeB')
      .exchange('c', 'direct');
    topology.exchange('aeA', 'fanout').exchange('aeB', 'fanout').bindQueue('aeA', 'restA').bindQueue('aeB', 'restB');
    topology.bindExchange('a', 'b', 'k').bindExchange('a', 'c', 'dead end');
    expect(topology.route('a', 'k')).toEqual(['restB']);
    expect(topology.route('a', 'dead end')).toEqual([]);
  });

  it('form chains and circles, and may not exist', () => {
    const topology = new Topology().exchange('a', 'direct', 'b').exchange('b', 'direct', 'c').exchange('c', 'fanout');
    topology
      .bindQueue('c', 'last')
      .exchange('d', 'direct', 'e')
      .exchange('e', 'direct', 'd')
      .exchange('f', 'direct', 'f');
    topology.exchange('g', 'direct', 'nosuch');
    expect(topology.route('a', 'k')).toEqual(['last']);
    for (const name of ['d', 'f', 'g']) expect(topology.route(name, 'k')).toEqual([]);
  });

  it('get a message with several keys only if it matched by none', () => {
    const topology = new Topology().exchange('x', 'direct', 'ae').exchange('ae', 'fanout');
    topology.bindQueue('ae', 'rest').bindQueue('x', 'q', 'k');
    expect(topology.route('x', 'other', 'k')).toEqual(['q']);
    expect(topology.route('x', 'other', 'another')).toEqual(['rest']);
  });
});

describe('a route', () => {
  it('is not decided by the key alone where any exchange on the way looks at headers', () => {
    const topology = new Topology().exchange('h', 'headers').exchange('far', 'direct').exchange('near', 'topic');
    topology.bindExchange('near', 'far', 'k').exchange('alternate', 'direct', 'h').exchange('plain', 'direct');
    expect(topology.keyDecides('h')).toBe(false);
    expect(topology.keyDecides('alternate')).toBe(false);
    expect(topology.keyDecides('near')).toBe(true);
    topology.bindExchange('far', 'h', 'k');
    expect(topology.keyDecides('near')).toBe(false);
    expect(topology.keyDecides('plain')).toBe(true);
    topology.bindings.removeAllOfDestination('exchange', 'h');
    expect(topology.keyDecides('near')).toBe(true);
  });

  it('takes the headers along', () => {
    const topology = new Topology().exchange('h', 'headers').bindQueue('h', 'q', '', table({ n: integer(1) }));
    const source = topology.exchanges.get('h')!;
    expect(topology.router.route(source, '', { headers: table({ n: integer(1) }) })).toHaveLength(1);
    expect(topology.router.route(source, '', { headers: table({ n: integer(2) }) })).toHaveLength(0);
  });

  it('leaves out a destination that no longer exists', () => {
    const topology = new Topology().exchange('x', 'fanout').bindQueue('x', 'q').bindQueue('x', 'r');
    topology.queues.delete('q');
    expect(topology.route('x', '')).toEqual(['r']);
  });
});
