import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AmqpError } from '../../../../src/codec/errors.ts';
import { writeProperties } from '../../../../src/codec/properties.ts';
import type { FieldTable, FieldValue } from '../../../../src/codec/table.ts';
import { WireWriter } from '../../../../src/codec/wire_writer.ts';
import type { Binding } from '../../../../src/core/exchange/binding.ts';
import { HeadersMatcher } from '../../../../src/core/exchange/headers.ts';
import { PeekedProperties } from '../../../../src/core/exchange/routed_properties.ts';
import { headersMatch } from './oracle.ts';
import { bindingOf, integer, matched, queue, table, text, VOID } from './samples.ts';

const SAMPLE_VALUES: readonly FieldValue[] = [
  text('a'),
  text('1'),
  text(''),
  { tag: 'x', value: Buffer.from('a') },
  integer(1, 'b'),
  integer(1, 's'),
  integer(1, 'l'),
  integer(2),
  integer(-1, 'b'),
  integer(-1, 'l'),
  { tag: 'B', value: 255 },
  { tag: 'i', value: 0xffff_ffff },
  { tag: 'T', value: 1 },
  { tag: 't', value: true },
  { tag: 'f', value: 1.5 },
  { tag: 'd', value: 1.5 },
  { tag: 'd', value: 1 },
  { tag: 'f', value: 0 },
  { tag: 'd', value: -0 },
  { tag: 'D', value: { scale: 0, value: 1 } },
  { tag: 'A', value: [text('a')] },
  { tag: 'A', value: [text('a'), text('1')] },
  VOID,
];

function matches(args: FieldTable, headers: FieldTable | undefined): boolean {
  const matcher = new HeadersMatcher();
  matcher.add(bindingOf(queue('q'), '', args));
  return matched(matcher, '', headers).length === 1;
}

function refusal(args: FieldTable): string {
  try {
    new HeadersMatcher().validate(bindingOf(queue('q'), '', args));
  } catch (error) {
    if (error instanceof AmqpError) return `${error.code} ${error.explanation}`;
    throw error;
  }
  return 'accepted';
}

const names = fc.constantFrom('h', 'i', 'x-h', 'x-match2');
const values = fc.constantFrom(...SAMPLE_VALUES);
const tables = fc.array(fc.tuple(names, values), { maxLength: 4 }).map((entries): FieldTable => new Map(entries));
const xMatches = fc.constantFrom(undefined, 'all', 'any', 'all-with-x', 'any-with-x');
const argumentTables = fc.tuple(xMatches, tables).map(([xMatch, entries]): FieldTable => {
  return xMatch === undefined ? entries : new Map([['x-match', text(xMatch)], ...entries]);
});

/** So many that arguments are looked at in their bytes. */
const [FILLERS, X_FILLERS] = ['f', 'x-f'].map((name) =>
  Array.from({ length: 70 }, (_, index): [string, FieldValue] => [`${name}${index}`, integer(index)]),
) as [[string, FieldValue][], [string, FieldValue][]];
const fillers = fc.constantFrom(FILLERS, X_FILLERS);
const manyArguments = fc.tuple(argumentTables, fillers, fc.boolean()).map(([args, more, first]): FieldTable => {
  return new Map(first ? [...more, ...args] : [...args, ...more]);
});
const manyHeaders = fc.tuple(tables, fc.subarray([...FILLERS, ...X_FILLERS])).map(([headers, more]): FieldTable => {
  return new Map([...headers, ...more]);
});

/** So much that the headers are looked at in their bytes. */
const PADDING = ['padding', { tag: 'x', value: Buffer.alloc(5_000) }] as const;

/** As matched, by the bytes of the headers. */
function matchedIn(matcher: HeadersMatcher, headers: FieldTable, change = (text: string): string => text): string[] {
  const writer = new WireWriter(64);
  writeProperties(writer, { headers });
  const bytes = Buffer.from(change(Buffer.from(writer.view()).toString('latin1')), 'latin1');
  const found = new Set<string>();
  const properties = new PeekedProperties(bytes, 0, bytes.length);
  expect(properties.manyHeaders).toBeDefined();
  matcher.match('', properties, ({ name }) => found.add(name));
  return [...found].sort();
}

describe('a headers exchange', () => {
  const both = { h: text('a'), i: integer(1) };

  it.each([
    ['all', { h: text('a'), i: integer(1) }, true],
    ['all', { h: text('a'), i: integer(1), more: text('z') }, true],
    ['all', { h: text('a') }, false],
    ['all', { h: text('a'), i: integer(2) }, false],
    ['any', { h: text('a') }, true],
    ['any', { i: integer(1) }, true],
    ['any', { h: text('b'), i: integer(2) }, false],
    ['any', {}, false],
  ])('with x-match %s holds two headers against %j: %j', (xMatch, headers, expected) => {
    expect(matches(table({ 'x-match': text(xMatch), ...both }), table(headers))).toBe(expected);
  });

  it('asks for all headers where x-match is absent', () => {
    expect(matches(table(both), table(both))).toBe(true);
    expect(matches(table(both), table({ h: text('a') }))).toBe(false);
  });

  it('takes no arguments to match every message, with any none', () => {
    for (const headers of [undefined, table({}), table(both)]) {
      expect(matches(table({}), headers)).toBe(true);
      expect(matches(table({ 'x-match': text('all') }), headers)).toBe(true);
      expect(matches(table({ 'x-match': text('any') }), headers)).toBe(false);
    }
  });

  it('takes a void for any value, as long as the header is there', () => {
    for (const value of SAMPLE_VALUES) expect(matches(table({ h: VOID }), table({ h: value }))).toBe(true);
    expect(matches(table({ h: VOID }), table({ i: text('a') }))).toBe(false);
  });

  it('compares integers by value whatever their width, and nothing across types', () => {
    expect(matches(table({ h: integer(1, 'b') }), table({ h: integer(1, 'l') }))).toBe(true);
    expect(matches(table({ h: integer(1) }), table({ h: text('1') }))).toBe(false);
    expect(matches(table({ h: integer(1) }), table({ h: { tag: 'd', value: 1 } }))).toBe(false);
    expect(matches(table({ h: integer(1) }), table({ h: { tag: 't', value: true } }))).toBe(false);
    expect(matches(table({ h: { tag: 'l', value: 2n ** 60n } }), table({ h: { tag: 'l', value: 2n ** 60n } }))).toBe(
      true,
    );
    expect(
      matches(table({ h: { tag: 'l', value: 2n ** 60n } }), table({ h: { tag: 'l', value: 2n ** 60n + 1n } })),
    ).toBe(false);
  });

  it('compares the insides of arrays and tables with their types', () => {
    const nested = (value: FieldValue): FieldValue => ({ tag: 'A', value: [{ tag: 'F', value: table({ n: value }) }] });
    expect(matches(table({ h: nested(integer(1)) }), table({ h: nested(integer(1)) }))).toBe(true);
    expect(matches(table({ h: nested(integer(1)) }), table({ h: nested(integer(1, 'l')) }))).toBe(false);
    const joined: FieldValue = { tag: 'A', value: [text('a1:b')] };
    const split: FieldValue = { tag: 'A', value: [text('a'), text('b')] };
    expect(matches(table({ h: joined }), table({ h: split }))).toBe(false);
  });

  it('does not look at names that start with x- unless told so', () => {
    const headers = table({ 'x-h': text('a') });
    expect(matches(table({ 'x-h': text('zz') }), headers)).toBe(true);
    expect(matches(table({ 'x-match': text('all-with-x'), 'x-h': text('zz') }), headers)).toBe(false);
    expect(matches(table({ 'x-match': text('all-with-x'), 'x-h': text('a') }), headers)).toBe(true);
    expect(matches(table({ 'x-match': text('any'), 'x-h': text('a') }), headers)).toBe(false);
    expect(matches(table({ 'x-match': text('any-with-x'), 'x-h': text('a') }), headers)).toBe(true);
  });

  it('finds what the definition finds, whatever was bound and unbound before', () => {
    const operations = fc.array(fc.tuple(fc.oneof(argumentTables, manyArguments), fc.boolean()), { maxLength: 20 });
    const headerTables = fc.oneof(tables, manyHeaders);
    fc.assert(
      fc.property(operations, fc.array(headerTables, { minLength: 1, maxLength: 5 }), (steps, messages) => {
        const matcher = new HeadersMatcher();
        const bound: Binding[] = [];
        for (const [index, [args, remove]] of steps.entries()) {
          const gone = remove ? bound.shift() : undefined;
          if (gone !== undefined) matcher.remove(gone);
          const binding = bindingOf(queue(`q${index}`), '', args);
          matcher.add(binding);
          bound.push(binding);
        }
        for (const headers of messages) {
          const expected = bound.filter((binding) => headersMatch(binding.arguments, headers));
          const names = expected.map(({ destination }) => destination.name).sort();
          expect(matched(matcher, '', headers)).toEqual(names);
          expect(matchedIn(matcher, new Map([...headers, PADDING]))).toEqual(names);
        }
      }),
    );
  });

  it('finds what the definition finds while bindings with very many arguments are not indexed to their end', () => {
    const long = Array.from({ length: 1_200 }, (_, index): [string, FieldValue] => [`l${index}`, integer(index)]);
    const binds = fc.tuple(argumentTables, fc.boolean()).map(([args, first]): FieldTable => {
      return new Map([...(first ? [...args, ...long] : [...long, ...args]), ['x-match', text('any')]]);
    });
    const indexes = fc.integer({ min: 1, max: 5 });
    const messages = fc.oneof(
      tables,
      fc.integer({ max: 1_199, min: 0 }).map((at) => new Map(long.slice(at, at + 1))),
    );
    const steps = fc.array(fc.oneof(binds, indexes, fc.constant('unbind' as const), fc.tuple(messages)), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(steps, (all) => {
        const matcher = new HeadersMatcher();
        const bound: Binding[] = [];
        for (const [index, step] of all.entries()) {
          if (step === 'unbind') {
            const gone = bound.splice(index % Math.max(1, bound.length), 1)[0];
            if (gone !== undefined) matcher.remove(gone);
          } else if (typeof step === 'number') for (let part = 0; part < step; part++) matcher.indexSome();
          else if (Array.isArray(step)) {
            const expected = bound.filter((binding) => headersMatch(binding.arguments, step[0]));
            expect(matched(matcher, '', step[0])).toEqual(expected.map(({ destination }) => destination.name).sort());
          } else {
            const binding = bindingOf(queue(`q${index}`), '', step);
            matcher.add(binding);
            bound.push(binding);
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  it('compares values among many arguments as among few', () => {
    for (const asked of SAMPLE_VALUES) {
      const few: FieldTable = new Map([
        ['x-match', text('any')],
        ['h', asked],
      ]);
      const many: FieldTable = new Map([...few, ...FILLERS]);
      for (const value of SAMPLE_VALUES) {
        expect(matches(many, table({ h: value })), `${asked.tag} ${value.tag}`).toBe(matches(few, table({ h: value })));
      }
    }
  });

  it('takes the first of two headers of one name, in many as in few', () => {
    const matcher = new HeadersMatcher();
    for (const value of ['a', 'b']) {
      matcher.add(bindingOf(queue(value), '', table({ 'x-match': text('any'), h: text(value) })));
      matcher.add(bindingOf(queue(`all-${value}`), '', table({ h: text(value) })));
    }
    const headers = new Map([['h', text('a')], ['i', text('b')], PADDING]);
    const twice = (bytes: string): string => bytes.replace('\u0001i', '\u0001h');
    expect(matchedIn(matcher, headers, twice)).toEqual(['a', 'all-a']);
    for (const value of ['a', 'b']) {
      const args = new Map([['x-match', text('any')], ['h', text(value)], ...FILLERS]);
      matcher.add(bindingOf(queue(`many-${value}`), '', args));
    }
    expect(matchedIn(matcher, headers, twice)).toEqual(['a', 'all-a', 'many-a']);
  });

  it('does not hold a message against the bindings that ask for another value of a header they share', () => {
    const matcher = new HeadersMatcher();
    for (let index = 0; index < 10_000; index += 1) {
      const args = table({ type: text('order'), id: integer(index), 'x-match': text('all') });
      matcher.add(bindingOf(queue(`all${index}`), '', args));
      matcher.add(bindingOf(queue(`any${index}`), '', table({ 'x-match': text('any'), id: integer(index) })));
    }
    const headers = table({ type: text('order'), id: integer(4711) });
    expect(matched(matcher, '', headers)).toEqual(['all4711', 'any4711']);
    expect(matcher.match('', { headers }, () => {})).toBeLessThanOrEqual(4);
  });

  it.each([
    [text('zz'), '406 Invalid x-match field value <<"zz">>; expected all, any, all-with-x, or any-with-x'],
    [text(''), '406 Invalid x-match field value <<>>; expected all, any, all-with-x, or any-with-x'],
    [integer(1, 'b'), '406 Invalid x-match field type byte (value 1); expected longstr'],
    [VOID, '406 Invalid x-match field type void (value undefined); expected longstr'],
    [text('any-with-x'), 'accepted'],
  ])('answers x-match %j with %j', (field, expected) => {
    expect(refusal(table({ 'x-match': field }))).toBe(expected);
  });
});

it('reports a binding once, however many of its criteria a message satisfies', () => {
  const args: FieldTable = table({ 'x-match': text('any'), a: integer(1), b: integer(1), c: VOID });
  const matcher = new HeadersMatcher();
  matcher.add(bindingOf(queue('q'), '', args));
  const found: string[] = [];
  const headers = table({ a: integer(1), b: integer(1), c: integer(1) });
  for (let match = 0; match < 2; match++) matcher.match('', { headers }, ({ name }) => found.push(name));
  expect(found).toHaveLength(2);
});
