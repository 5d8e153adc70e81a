import { describe, expect, test } from 'vitest';
import { type FieldTable, type FieldValue, fromPlain, toPlain } from '../../../../src/codec/table.ts';
import { readyAtIn, readyAtOf, scheduleProblem, waited } from '../../../../src/core/queue/schedule.ts';
import { propertiesEnd, propertiesStart } from '../../../../src/core/store/record.ts';
import { messageBytes } from '../../../support/message_bytes.ts';

const NOW = 1_700_000_000_000;
/** The end of the year 9999. */
const LAST = 253_402_300_799_999;

type Plain = Parameters<typeof fromPlain>[0];

function text(value: string): FieldValue {
  return { tag: 'S', value: Buffer.from(value) };
}

describe('when a message is ready', () => {
  test.each<[string, Plain, number | undefined]>([
    ['asks for nothing', {}, undefined],
    ['x-delay', { 'x-delay': 5 }, NOW + 5],
    ['a negative x-delay', { 'x-delay': -5 }, NOW - 5],
    ['x-delay as text', { 'x-delay': '1500' }, NOW + 1500],
    ['x-delay that is no number', { 'x-delay': 'soon' }, undefined],
    ['x-delay beyond all times', { 'x-delay': Number.MAX_SAFE_INTEGER }, LAST],
    ['x-deliver-at', { 'x-deliver-at': NOW + 7 }, NOW + 7],
    ['x-deliver-at beyond all times', { 'x-deliver-at': Number.MAX_SAFE_INTEGER }, LAST],
    ['both', { 'x-deliver-at': NOW + 7, 'x-delay': 5 }, NOW + 7],
    ['a time that makes no sense beside a delay', { 'x-deliver-at': 'soon', 'x-delay': 5 }, undefined],
  ])('%s', (_name, headers, expected) => {
    expect(readyAtIn(fromPlain(headers), NOW)).toBe(expected);
    const { bytes, routeEnd } = messageBytes({
      exchange: '',
      routingKey: 'q',
      persistent: true,
      headers: { before: [1, { x: 'y' }], ...headers },
      body: new Uint8Array(1),
    });
    expect(readyAtOf(bytes, propertiesStart(routeEnd), propertiesEnd(bytes, routeEnd), NOW)).toBe(expected);
  });

  test('a timestamp counts seconds, a fraction of a millisecond nothing', () => {
    expect(readyAtIn(new Map([['x-deliver-at', { tag: 'T', value: 1_800_000_000 }]]), NOW)).toBe(1_800_000_000_000);
    expect(readyAtIn(new Map([['x-delay', { tag: 'd', value: 9.9 }]]), NOW)).toBe(NOW + 9);
  });
});

describe('what is wrong with a header', () => {
  test.each<[string, FieldValue, string | undefined]>([
    ['a number', { tag: 'I', value: 5 }, undefined],
    ['a text of digits', text('-12'), undefined],
    ['a double', { tag: 'd', value: 1.5 }, undefined],
    ['a text', text('5s'), 'no_integer'],
    ['no text', text(''), 'no_integer'],
    ['a boolean', { tag: 't', value: true }, '{unacceptable_type,bool}'],
    ['a table', { tag: 'F', value: new Map() }, '{unacceptable_type,table}'],
    ['infinity', { tag: 'd', value: Number.POSITIVE_INFINITY }, '{unacceptable_type,double}'],
    ['too much', { tag: 'l', value: LAST + 1 }, `{value_too_large,${LAST + 1}}`],
  ])('%s', (_name, field, expected) => {
    expect(scheduleProblem('x-delay', field)).toBe(expected);
    expect(scheduleProblem('x-deliver-at', field)).toBe(expected);
  });

  test('a timestamp is a time, and no delay', () => {
    const field: FieldValue = { tag: 'T', value: 1_800_000_000 };
    expect(scheduleProblem('x-deliver-at', field)).toBeUndefined();
    expect(scheduleProblem('x-delay', field)).toBe('{unacceptable_type,timestamp}');
  });
});

describe('the headers of what has waited', () => {
  test.each<[string, Plain, Plain]>([
    ['a delay is negative', { 'x-delay': 5, a: 1 }, { 'x-delay': -5, a: 1 }],
    ['one that is negative stays', { 'x-delay': -5 }, { 'x-delay': -5 }],
    ['a long one too', { 'x-delay': 5_000_000_000 }, { 'x-delay': -5_000_000_000 }],
    ['a text becomes a number', { 'x-delay': '5' }, { 'x-delay': -5 }],
    ['a time that has come stays', { 'x-deliver-at': NOW }, { 'x-deliver-at': NOW }],
    ['one that has not is now', { 'x-deliver-at': NOW + 1 }, { 'x-deliver-at': NOW }],
    ['none asks for nothing', {}, {}],
  ])('%s', (_name, before, expected) => {
    const after: FieldTable = waited(fromPlain(before), NOW);
    expect(toPlain(after)).toEqual(toPlain(fromPlain(expected)));
    expect(readyAtIn(after, NOW) ?? 0, 'nobody lets it wait again').toBeLessThanOrEqual(NOW);
  });
});
