import { describe, expect, it } from 'vitest';
import { AmqpError } from '../../../../src/codec/errors.ts';
import { EMPTY_TABLE, type FieldValue } from '../../../../src/codec/table.ts';
import {
  checkAlternateExchange,
  checkExchangeDeletable,
  checkExchangeEquivalence,
  checkExchangeName,
  checkExchangeType,
  checkNotDefaultExchange,
  PREDECLARED_EXCHANGES,
} from '../../../../src/core/exchange/declare.ts';
import { Exchange, type ExchangeProperties } from '../../../../src/core/exchange/exchange.ts';
import { integer, table, text, VOID } from './samples.ts';

const CURRENT: ExchangeProperties = {
  name: 'x',
  type: 'direct',
  durable: true,
  autoDelete: false,
  internal: false,
  arguments: EMPTY_TABLE,
};

const alternate = (field: FieldValue) => ({ ...CURRENT, arguments: table({ 'alternate-exchange': field }) });

function refusal(check: () => void): string {
  try {
    check();
  } catch (error) {
    if (error instanceof AmqpError) return `${error.code} ${error.explanation}`;
    throw error;
  }
  return 'accepted';
}

describe('declaring an exchange again', () => {
  const differing = { durable: false, autoDelete: true, internal: true };

  it.each([
    [{ type: 'fanout', ...differing }, `'type'`, `received 'fanout' but current is 'direct'`],
    [differing, `'durable'`, `received 'false' but current is 'true'`],
    [{ autoDelete: true, internal: true }, `'auto_delete'`, `received 'true' but current is 'false'`],
    [
      { internal: true, ...{ arguments: alternate(text('y')).arguments } },
      `'internal'`,
      `received 'true' but current is 'false'`,
    ],
  ])('as %j is refused by the first difference, %s', (changes, name, difference) => {
    const requested = { ...CURRENT, ...changes };
    const expected = `406 inequivalent arg ${name} for exchange 'x' in vhost '/': ${difference}`;
    expect(refusal(() => checkExchangeEquivalence(CURRENT, requested, '/'))).toBe(expected);
  });

  it.each([
    [CURRENT, alternate(text('y')), `received the value 'y' of type 'longstr' but current is none`],
    [CURRENT, alternate(integer(5)), `received the value '5' of type 'signedint' but current is none`],
    [alternate(text('y')), CURRENT, `received none but current is the value 'y' of type 'longstr'`],
    [alternate(text('y')), alternate(text('z')), `received 'z' but current is 'y'`],
    [alternate(text('y')), alternate(VOID), `received none but current is 'y'`],
    [
      alternate(text('y')),
      alternate({ tag: 'A', value: [text('a')] }),
      `received '[{longstr,<<"a">>}]' but current is 'y'`,
    ],
  ])('compares the alternate exchange (%#)', (current, requested, difference) => {
    const expected = `406 inequivalent arg 'alternate-exchange' for exchange 'x' in vhost '/': ${difference}`;
    expect(refusal(() => checkExchangeEquivalence(current, requested, '/'))).toBe(expected);
  });

  it('is accepted where only other arguments differ', () => {
    const requested = { ...CURRENT, arguments: table({ 'x-other': integer(1) }) };
    expect(refusal(() => checkExchangeEquivalence(CURRENT, requested, '/'))).toBe('accepted');
    const binary: FieldValue = { tag: 'x', value: Buffer.from('y') };
    expect(refusal(() => checkExchangeEquivalence(alternate(text('y')), alternate(binary), '/'))).toBe('accepted');
  });
});

describe('declaring a new exchange', () => {
  it.each([
    ['topic', 'accepted'],
    ['nosuch', `406 unknown exchange type 'nosuch'`],
    ['x-random', 'accepted'],
    ['x-jms-topic', `406 invalid exchange type 'x-jms-topic'`],
    ['', `406 invalid exchange type ''`],
  ])('answers type %j with %j', (type, expected) => {
    expect(refusal(() => checkExchangeType(type))).toBe(expected);
  });

  it.each([
    ['amq.x', `403 exchange name 'amq.x' contains reserved prefix 'amq.*'`],
    ['amqp', 'accepted'],
    ['AMQ.x', 'accepted'],
  ])('answers name %j with %j', (name, expected) => {
    expect(refusal(() => checkExchangeName(name))).toBe(expected);
  });

  it.each([
    [alternate(text('')), 'accepted'],
    [CURRENT, 'accepted'],
    [alternate(integer(5)), `406 invalid type 'signedint' for arg 'alternate-exchange' in exchange 'x' in vhost '/'`],
    [alternate(VOID), `406 invalid type 'void' for arg 'alternate-exchange' in exchange 'x' in vhost '/'`],
  ])('takes only a string for the alternate exchange (%#)', (properties, expected) => {
    expect(refusal(() => checkAlternateExchange(properties, '/'))).toBe(expected);
  });
});

it('an exchange of the system is not deleted, nor is anything done to the default one', () => {
  expect(refusal(() => checkExchangeDeletable('amq.direct', '/'))).toBe(
    `403 deletion of system exchange 'amq.direct' in vhost '/' not allowed`,
  );
  expect(refusal(() => checkExchangeDeletable('amqp', '/'))).toBe('accepted');
  expect(refusal(() => checkNotDefaultExchange(''))).toBe('403 operation not permitted on the default exchange');
  expect(refusal(() => checkNotDefaultExchange('x'))).toBe('accepted');
});

it('every predeclared exchange can be made', () => {
  const names = PREDECLARED_EXCHANGES.map((properties) => new Exchange(properties).name);
  expect(names).toEqual([
    '',
    'amq.direct',
    'amq.fanout',
    'amq.topic',
    'amq.headers',
    'amq.match',
    'amq.rabbitmq.trace',
  ]);
});
