import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Catalogue } from '../../../src/management/catalogue.ts';
import { compareTerms } from '../../../src/management/terms.ts';
import { NO_TIME } from '../../support/no_time.ts';

interface Thing {
  readonly name: string;
}

/** As the queues of a virtual host are kept. */
class Place {
  readonly things = new Map<string, Thing>();
  version = 0;

  declare(name: string): void {
    if (this.things.has(name)) return;
    this.things.set(name, { name });
    this.version++;
  }

  delete(name: string): void {
    if (this.things.delete(name)) this.version++;
  }
}

const byName = (a: Thing, b: Thing): number => compareTerms(a.name, b.name);
const name = fc.oneof(
  fc.nat(300).map((number) => `q${number}`),
  fc.constantFrom('', 'ä', '\u{1f430}', '\uffee'),
);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('declare' as const), names: fc.array(name) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), names: fc.array(name) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('again' as const), names: fc.array(name) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('ask' as const), names: fc.constant<string[]>([]) }) },
);

/** Deletes and declares, so that there is another thing of that name, behind all others. */
function again(place: Place, which: string): void {
  place.delete(which);
  place.declare(which);
}

test('whatever comes and goes, also while it is listed, a list has what there was when it was asked for, in order', async () => {
  const check = async (
    steps: readonly { kind: 'declare' | 'delete' | 'again' | 'ask'; names: string[] }[],
  ): Promise<void> => {
    const place = new Place();
    const catalogue = new Catalogue<Thing>(byName, NO_TIME);
    const ask = async (): Promise<void> => {
      const expected = [...place.things.values()].sort(byName);
      const found = await catalogue.of(place, place.version, () => [...place.things.values()]);
      expect(found.length).toBe(expected.length);
      expect(found.every((thing, at) => thing === expected[at])).toBe(true);
    };
    const asked: Promise<void>[] = [];
    for (const { kind, names } of steps) {
      if (kind === 'ask') asked.push(ask());
      for (const which of names) {
        if (kind === 'declare') place.declare(which);
        else if (kind === 'delete') place.delete(which);
        else again(place, which);
      }
    }
    await Promise.all(asked);
    await ask();
  };
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 30 }), check), { numRuns: 100 });
});

test('what has not changed is not looked at again', async () => {
  const place = new Place();
  for (const which of ['b', 'a']) place.declare(which);
  const catalogue = new Catalogue<Thing>(byName);
  let looks = 0;
  const ask = (): Promise<readonly Thing[]> =>
    catalogue.of(place, place.version, () => {
      looks++;
      return [...place.things.values()];
    });
  const first = await ask();
  expect(await ask()).toBe(first);
  expect(looks).toBe(1);
  place.declare('c');
  expect((await ask()).map((thing) => thing.name)).toEqual(['a', 'b', 'c']);
  expect(looks).toBe(2);
});
