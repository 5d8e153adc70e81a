import fc from 'fast-check';
import { expect, it } from 'vitest';
import { EMPTY_TABLE, type FieldTable, fromPlain } from '../../../../src/codec/table.ts';
import { type Binding, bindingKey } from '../../../../src/core/exchange/binding.ts';
import { BindingSet } from '../../../../src/core/exchange/binding_set.ts';
import { bindingOf, integer, queue, table } from './samples.ts';

const many = fromPlain(Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`n${index}`, index])));
const tables = fc.constantFrom<FieldTable>(
  EMPTY_TABLE,
  table({ n: integer(1) }),
  table({ n: integer(1, 'l') }),
  many,
  new Map([...many].reverse()),
  new Map([...many, ['n0', integer(1)]]),
);
const bindings = fc
  .tuple(fc.constantFrom('a', 'b'), fc.constantFrom('', 'k'), tables)
  .map(([name, routingKey, args]) => bindingOf(queue(name), routingKey, args));

it('has each binding once, by its identity', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(bindings, fc.boolean()), { maxLength: 40 }), (steps) => {
      const set = new BindingSet();
      const model = new Map<string, Binding>();
      for (const [binding, remove] of steps) {
        const key = bindingKey(binding);
        const present = model.get(key);
        expect(set.get(binding)).toBe(present);
        if (remove) {
          expect(set.delete(binding)).toBe(present);
          model.delete(key);
        } else {
          expect(set.add(binding)).toBe(present === undefined);
          if (present === undefined) model.set(key, binding);
        }
        expect(set.size).toBe(model.size);
        expect(new Set(set.values())).toEqual(new Set(model.values()));
        expect(set.toArray()).toEqual([...set.values()]);
      }
    }),
  );
});
