import { describe, expect, it } from 'vitest';
import { AmqpError } from '../../../../src/codec/errors.ts';
import { EMPTY_TABLE, type FieldTable } from '../../../../src/codec/table.ts';
import { type Binding, bindingKey, type Destination } from '../../../../src/core/exchange/binding.ts';
import { BindingTable } from '../../../../src/core/exchange/binding_table.ts';
import type { Exchange } from '../../../../src/core/exchange/exchange.ts';
import { exchange, integer, matched, queue, table, text } from './samples.ts';

function setUp(...types: string[]): { exchanges: Map<string, Exchange>; bindings: BindingTable } {
  const exchanges = new Map(types.map((type) => [type, exchange(type, type)]));
  return { exchanges, bindings: new BindingTable((name) => exchanges.get(name)) };
}

function binding(source: string, destination: Destination, routingKey = '', args: FieldTable = EMPTY_TABLE): Binding {
  return { source, destination, routingKey, arguments: args };
}

describe('the identity of a binding', () => {
  const withArguments = (args: FieldTable) => bindingKey(binding('x', queue('q'), 'k', args));

  it('is its source, destination, routing key and arguments', () => {
    const keys = [
      binding('x', queue('q'), 'k'),
      binding('y', queue('q'), 'k'),
      binding('x', { kind: 'exchange', name: 'q' }, 'k'),
      binding('x', queue('q2'), 'k'),
      binding('x', queue('q'), '2k'),
      binding('x', queue('q'), 'k', table({ n: integer(1) })),
      binding('x', queue('q'), 'k', table({ n: integer(1, 'l') })),
      binding('x', queue('q'), 'k', table({ n: text('1') })),
      binding('x', queue('q'), 'k', table({ n: { tag: 'x', value: Buffer.from('1') } })),
    ].map(bindingKey);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('does not depend on the order of the arguments, but on that inside of them', () => {
    const ab: FieldTable = new Map([
      ['a', integer(1)],
      ['b', integer(2)],
    ]);
    const ba: FieldTable = new Map([...ab].reverse());
    expect(withArguments(ab)).toBe(withArguments(ba));
    expect(withArguments(table({ n: { tag: 'F', value: ab } }))).not.toBe(
      withArguments(table({ n: { tag: 'F', value: ba } })),
    );
  });
});

describe('the bindings of a vhost', () => {
  it('take a binding once', () => {
    const { exchanges, bindings } = setUp('direct');
    expect(bindings.add(binding('direct', queue('q'), 'k'))).toBe(true);
    expect(bindings.add(binding('direct', queue('q'), 'k'))).toBe(false);
    expect(bindings.size).toBe(1);
    expect(bindings.remove(binding('direct', queue('q'), 'k'))?.destination).toEqual(queue('q'));
    expect(bindings.remove(binding('direct', queue('q'), 'k'))).toBeUndefined();
    expect(matched(exchanges.get('direct')!.matcher, 'k')).toEqual([]);
  });

  it('are removed only by the same key and arguments', () => {
    const { bindings } = setUp('direct');
    const args = table({ n: integer(1) });
    bindings.add(binding('direct', queue('q'), 'k', args));
    expect(bindings.remove(binding('direct', queue('q'), 'k'))).toBeUndefined();
    expect(bindings.remove(binding('direct', queue('q'), 'l', args))).toBeUndefined();
    expect(bindings.remove(binding('nosuch', queue('q'), 'k', args))).toBeUndefined();
    expect(bindings.has(binding('direct', queue('q'), 'k', args))).toBe(true);
    expect(bindings.remove(binding('direct', queue('q'), 'k', args))).toBeDefined();
  });

  it('are found by source, by destination and all together', () => {
    const { exchanges, bindings } = setUp('direct', 'fanout');
    const first = binding('direct', queue('q'), 'k');
    const second = binding('fanout', queue('q'));
    const third = binding('direct', exchanges.get('fanout')!, 'k');
    for (const each of [first, second, third]) bindings.add(each);
    expect(bindings.ofSource('direct')).toEqual([first, third]);
    expect(bindings.ofDestination('queue', 'q')).toEqual([first, second]);
    expect(bindings.ofDestination('exchange', 'fanout')).toEqual([third]);
    expect(bindings.ofDestination('exchange', 'q')).toEqual([]);
    expect(bindings.bySource().flat()).toEqual([first, third, second]);
    expect(bindings.countOfSource('direct')).toBe(2);
    expect(bindings.countOfDestination('queue', 'q')).toBe(2);
  });

  it('go with their destination, and say so, so that an unused auto-delete exchange can go too', () => {
    const { exchanges, bindings } = setUp('direct', 'topic');
    bindings.add(binding('direct', queue('q'), 'k'));
    bindings.add(binding('topic', queue('q'), '#'));
    bindings.add(binding('topic', queue('other'), '#'));
    expect(bindings.removeAllOfDestination('queue', 'q').map(({ source }) => source)).toEqual(['direct', 'topic']);
    expect(bindings.countOfSource('direct')).toBe(0);
    expect(matched(exchanges.get('topic')!.matcher, 'a')).toEqual(['other']);
  });

  it('go with their source, even when the vhost has already let it go', () => {
    const { exchanges, bindings } = setUp('direct');
    bindings.add(binding('direct', queue('q'), 'k'));
    bindings.add(binding('direct', queue('q'), 'l'));
    exchanges.clear();
    expect(bindings.removeAllOfSource('direct')).toHaveLength(2);
    expect(bindings.size).toBe(0);
    expect(bindings.ofDestination('queue', 'q')).toEqual([]);
  });

  it('are as they were after a binding that the exchange refuses', () => {
    const { bindings } = setUp('headers');
    const refused = binding('headers', queue('q'), '', table({ 'x-match': text('zz') }));
    expect(() => bindings.add(refused)).toThrow(AmqpError);
    expect(bindings.size).toBe(0);
    expect(bindings.ofSource('headers')).toEqual([]);
    expect(bindings.ofDestination('queue', 'q')).toEqual([]);
  });
});
