import { describe, expect, it } from 'vitest';
import { fromPlain } from '../../../../src/codec/table.ts';
import { ModulusHashMatcher } from '../../../../src/core/exchange/modulus_hash.ts';
import { LocalRandomMatcher, RandomMatcher } from '../../../../src/core/exchange/random.ts';
import { seededRandom } from '../../../support/seeded_random.ts';
import { bindingOf, matched, queue } from './samples.ts';

describe('a random exchange', () => {
  it('draws one binding for each message, all alike, whatever the key', () => {
    const matcher = new RandomMatcher(seededRandom(1));
    for (const name of ['a', 'b', 'c', 'd']) matcher.add(bindingOf(queue(name), name));
    const counts = new Map<string, number>();
    for (let i = 0; i < 4000; i++) {
      const [name, ...others] = matched(matcher, 'a');
      expect(others).toEqual([]);
      counts.set(name!, (counts.get(name!) ?? 0) + 1);
    }
    for (const name of ['a', 'b', 'c', 'd']) expect(Math.abs(counts.get(name)! - 1000)).toBeLessThan(140);
  });

  it('may draw the first, the last, and after a change only what is there', () => {
    let drawn = 0;
    const matcher = new RandomMatcher(() => drawn);
    const [a, b] = [bindingOf(queue('a')), bindingOf(queue('b'))];
    expect(matched(matcher, '')).toEqual([]);
    matcher.add(a);
    matcher.add(b);
    expect(matched(matcher, '')).toEqual(['a']);
    drawn = 1 - Number.EPSILON;
    expect(matched(matcher, '')).toEqual(['b']);
    matcher.remove(b);
    expect(matched(matcher, '')).toEqual(['a']);
  });

  it('is asked for every message anew', () => {
    expect(new RandomMatcher().keyDecides).toBe(false);
  });
});

describe('a local random exchange', () => {
  const validate =
    (name: string, routingKey: string, type = 'classic') =>
    () => {
      const properties = { arguments: fromPlain({ 'x-queue-type': type }) };
      new LocalRandomMatcher().validate(bindingOf({ kind: 'queue', name, properties }, routingKey));
    };

  it('binds classic queues, without a key', () => {
    expect(validate('q', '')).not.toThrow();
    expect(validate('q', 'k')).toThrow("Non empty binding 'k' key not permitted");
    expect(validate('q', '', 'quorum')).toThrow('Queue type rabbit_quorum_queue not valid for this exchange type');
    expect(() => new LocalRandomMatcher().validate(bindingOf({ kind: 'exchange', name: 'x' }))).toThrow(
      'Destination not found',
    );
  });
});

describe('a modulus hash exchange', () => {
  /** What RabbitMQ 4.3 does with three queues of these names, bound in this order. */
  it('routes each key to the queue that it goes to in RabbitMQ', () => {
    const matcher = new ModulusHashMatcher();
    for (const name of ['2', '3', '1']) matcher.add(bindingOf(queue(name)));
    const keys = ['', 'a', 'b', 'c', 'hello world 1', 'abcdefghijkl', 'abcdefghijklmnopqrstuvwxyz'];
    expect(keys.map((key) => matched(matcher, key))).toEqual([['1'], ['1'], ['1'], ['2'], ['2'], ['3'], ['2']]);
  });

  it('counts a queue as often as it is bound', () => {
    const matcher = new ModulusHashMatcher();
    const twice = queue('a');
    const again = bindingOf(twice, 'again');
    for (const binding of [bindingOf(twice), again, bindingOf(queue('b'))]) matcher.add(binding);
    const share = () =>
      Array.from({ length: 3000 }, (_, i) => matched(matcher, `${i}`)[0]).filter((name) => name === 'a');
    expect(Math.abs(share().length - 2000)).toBeLessThan(130);
    matcher.remove(again);
    expect(Math.abs(share().length - 1500)).toBeLessThan(140);
  });

  it('puts exchanges before queues', () => {
    const matcher = new ModulusHashMatcher();
    matcher.add(bindingOf(queue('a')));
    matcher.add(bindingOf({ kind: 'exchange', name: 'z' }));
    const other = new ModulusHashMatcher();
    for (const name of ['a', 'z']) other.add(bindingOf(queue(name)));
    for (const key of ['1', '2', '3', '4', '5']) expect(matched(matcher, key)).not.toEqual(matched(other, key));
  });

  it('routes nowhere without bindings', () => {
    expect(matched(new ModulusHashMatcher(), 'k')).toEqual([]);
  });
});
