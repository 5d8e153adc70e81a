import { describe, expect, it } from 'vitest';
import { EMPTY_TABLE, type FieldValue } from '../../../../src/codec/table.ts';
import { QUEUE_ARGUMENTS, queueType } from '../../../../src/core/queue/arguments.ts';
import { checkDeadLetterExchange, checkEquivalent, checkQueueArguments } from '../../../../src/core/queue/declare.ts';
import type { QueueProperties } from '../../../../src/core/queue/properties.ts';
import { refusal } from '../../codec/refusal.ts';
import { integer, table, text, VOID } from '../exchange/samples.ts';

const OWNER = {};
const PLAIN: QueueProperties = {
  name: 'q',
  durable: true,
  autoDelete: false,
  exclusiveOwner: undefined,
  arguments: EMPTY_TABLE,
};
const TRUE: FieldValue = { tag: 't', value: true };
const DOUBLE: FieldValue = { tag: 'd', value: 1 };
const QUORUM = { 'x-queue-type': text('quorum') };

type Arguments = Readonly<Record<string, FieldValue>>;

function queueWith(args: Arguments, changes: Partial<QueueProperties> = {}): QueueProperties {
  return { ...PLAIN, ...changes, arguments: table(args) };
}

function check(args: Arguments, changes?: Partial<QueueProperties>): void {
  const properties = queueWith(args, changes);
  checkDeadLetterExchange(properties, '/');
  checkQueueArguments(properties, '/');
}

/** What is wrong with a declaration, as `406 explanation`. */
function declared(args: Arguments, changes?: Partial<QueueProperties>): string {
  return explain(() => check(args, changes));
}

function explain(check: () => void): string {
  const { code, explanation } = refusal(check);
  return `${code} ${explanation}`;
}

function accepts(args: Arguments, changes?: Partial<QueueProperties>): void {
  expect(() => check(args, changes)).not.toThrow();
}

describe('the arguments of a new queue', () => {
  it.each<[string, FieldValue]>([
    ['x-expires', integer(1)],
    ['x-expires', integer(315_360_000_000, 'l')],
    ['x-message-ttl', integer(0, 'b')],
    ['x-max-length', { tag: 'l', value: 9_223_372_036_854_775_807n }],
    ['x-max-length-bytes', integer(0)],
    ['x-max-priority', integer(255, 's')],
    ['x-overflow', text('drop-head')],
    ['x-overflow', text('reject-publish-dlx')],
    ['x-dead-letter-exchange', text('')],
    ['x-single-active-consumer', { tag: 't', value: false }],
    ['x-queue-version', integer(2)],
    ['x-queue-mode', text('lazy')],
    ['x-queue-leader-locator', text('balanced')],
    ['x-queue-type', text('classic')],
    ['x-queue-type', text('')],
    ['x-queue-type', text('undefined')],
    ['x-queue-type', text('quorum')],
    ['x-nobody-knows', VOID],
  ])('may have %s of %o', (name, field) => {
    accepts({ [name]: field });
  });

  it.each<[string, FieldValue, string]>([
    ['x-expires', integer(0), '{value_zero,0}'],
    ['x-expires', integer(-1), '{value_negative,-1}'],
    ['x-expires', integer(315_360_000_001, 'l'), '{value_too_large,315360000001}'],
    ['x-message-ttl', text('1'), '"expected integer, got longstr"'],
    ['x-message-ttl', DOUBLE, '"expected integer, got double"'],
    ['x-message-ttl', VOID, '"expected integer, got void"'],
    ['x-message-ttl', integer(-1, 'b'), '{value_negative,-1}'],
    ['x-message-ttl', { tag: 'l', value: 9_223_372_036_854_775_807n }, '{value_too_large,9223372036854775807}'],
    ['x-max-length', integer(-1), '{value_negative,-1}'],
    ['x-max-length-bytes', TRUE, '"expected integer, got bool"'],
    ['x-max-priority', integer(256), '{max_value_exceeded,256}'],
    ['x-max-priority', integer(-1), '{value_negative,-1}'],
    ['x-overflow', text('zz'), 'invalid_overflow'],
    ['x-overflow', integer(1), '{unacceptable_type,signedint}'],
    ['x-overflow', { tag: 'x', value: Buffer.from('drop-head') }, '{unacceptable_type,binary}'],
    ['x-single-active-consumer', text('true'), '{unacceptable_type,longstr}'],
    ['x-dead-letter-routing-key', text('k'), 'routing_key_but_no_dlx_defined'],
    ['x-dead-letter-routing-key', integer(1), '{unacceptable_type,signedint}'],
    ['x-queue-version', integer(1), `"unsupported queue version '1'"`],
    ['x-queue-leader-locator', text('zz'), 'invalid_queue_locator_arg'],
    ['x-queue-type', text('zz'), `"unsupported queue type 'zz'"`],
    ['x-queue-type', text('stream'), `"unsupported queue type 'stream'"`],
    ['x-queue-type', text('a"b\\'), `"unsupported queue type 'a\\"b\\\\'"`],
    ['x-queue-type', integer(5), '{unacceptable_type,signedint}'],
  ])('may not have %s of %o', (name, field, problem) => {
    expect(declared({ [name]: field })).toBe(`406 invalid arg '${name}' for queue 'q' in vhost '/': ${problem}`);
  });

  it.each<[string, FieldValue, string]>([
    ['x-dead-letter-strategy', text('zz'), 'invalid_dlx_strategy'],
    ['x-quorum-initial-group-size', integer(0), '{value_zero,0}'],
    ['x-quorum-initial-group-size', integer(-1), '{value_negative,-1}'],
    ['x-max-in-memory-length', integer(-1), '{value_negative,-1}'],
    ['x-consumer-timeout', text('1'), '"expected integer, got longstr"'],
  ])('of a quorum queue may not have %s of %o', (name, field, problem) => {
    const expected = `406 invalid arg '${name}' for queue 'q' in vhost '/': ${problem}`;
    expect(declared({ ...QUORUM, [name]: field })).toBe(expected);
  });

  it('may say where dead letters go by an exchange and a key, but the exchange has to be a string', () => {
    accepts({ 'x-dead-letter-exchange': text('x'), 'x-dead-letter-routing-key': text('k') });
    expect(declared({ 'x-dead-letter-exchange': integer(1) })).toBe(
      `406 invalid type 'signedint' for arg 'x-dead-letter-exchange' in queue 'q' in vhost '/'`,
    );
  });

  it.each(QUEUE_ARGUMENTS.filter(({ queueTypes }) => !queueTypes.includes('classic')).map(({ name }) => name))(
    'of a classic queue do not have %s, whatever its value',
    (name) => {
      expect(declared({ [name]: VOID })).toBe(
        `406 invalid arg '${name}' for queue 'q' in vhost '/' of queue type rabbit_classic_queue`,
      );
    },
  );

  it.each(QUEUE_ARGUMENTS.filter(({ queueTypes }) => !queueTypes.includes('quorum')).map(({ name }) => name))(
    'of a quorum queue do not have %s, whatever its value',
    (name) => {
      expect(declared({ ...QUORUM, [name]: VOID })).toBe(
        `406 invalid arg '${name}' for queue 'q' in vhost '/' of queue type rabbit_quorum_queue`,
      );
    },
  );

  it.each<[Arguments, RegExp]>([
    [
      { 'x-message-ttl': integer(-1), 'x-dead-letter-exchange': VOID, 'x-queue-type': VOID },
      /'x-dead-letter-exchange'/,
    ],
    [{ 'x-message-ttl': integer(-1), 'x-queue-type': VOID }, /'x-queue-type'/],
    [{ 'x-message-ttl': integer(-1), 'x-expires': integer(0) }, /'x-expires'/],
    [{ 'x-delivery-limit': integer(1), 'x-message-ttl': integer(-1) }, /'x-message-ttl'/],
    [{ 'x-max-age': integer(1), 'x-delayed-retry-min': integer(1) }, /'x-delayed-retry-min'/],
    [{ ...QUORUM, 'x-stream-filter-size-bytes': VOID, 'x-max-age': VOID }, /'x-stream-filter-size-bytes'/],
  ])('are refused by the first mistake in %o', (args, first) => {
    expect(declared(args)).toMatch(first);
  });
});

describe('a quorum queue', () => {
  it.each<[Partial<QueueProperties>, string]>([
    [{ autoDelete: true, exclusiveOwner: OWNER, durable: false }, 'auto-delete'],
    [{ exclusiveOwner: OWNER, durable: false }, 'exclusive-owner'],
    [{ durable: false }, 'non-durable'],
  ])('may not be %o', (changes, property) => {
    expect(declared(QUORUM, changes)).toBe(`406 invalid property '${property}' for queue 'q' in vhost '/'`);
    accepts({}, changes);
  });

  it('has its arguments checked before its properties', () => {
    expect(declared({ ...QUORUM, 'x-message-ttl': integer(-1) }, { durable: false })).toMatch(/value_negative/);
  });

  it('is one only by its argument', () => {
    expect([{}, QUORUM, { 'x-queue-type': text('') }].map((args) => queueType(queueWith(args)))).toEqual([
      'classic',
      'quorum',
      'classic',
    ]);
  });
});

describe('a queue that the server names', () => {
  const named = { name: 'amq.gen-1', exclusiveOwner: OWNER, durable: false };

  it.each<[FieldValue, string]>([
    [text('quorum'), '406 Cannot declare a server-named queue for type rabbit_quorum_queue'],
    [text('stream'), '406 Cannot declare a server-named queue for type rabbit_stream_queue'],
    [text('zz'), `406 unknown queue type 'zz'`],
    [VOID, `406 invalid arg 'x-queue-type' for queue 'amq.gen-1' in vhost '/': {unacceptable_type,void}`],
  ])('is not of type %o, which is told first', (type, expected) => {
    expect(declared({ 'x-queue-type': type, 'x-message-ttl': integer(-1) }, named)).toBe(expected);
  });

  it('is classic', () => {
    accepts({}, named);
    accepts({ 'x-queue-type': text('classic') }, named);
  });
});

describe('declaring a queue again', () => {
  function differs(current: QueueProperties, requested: QueueProperties): string {
    return explain(() => checkEquivalent(current, requested, '/'));
  }

  it.each<[Partial<QueueProperties>, string, string]>([
    [{ durable: false, autoDelete: true }, 'durable', `received 'false' but current is 'true'`],
    [{ autoDelete: true }, 'auto_delete', `received 'true' but current is 'false'`],
  ])('as %o is refused by the first difference', (changes, name, difference) => {
    const requested = queueWith({ 'x-message-ttl': integer(1) }, changes);
    expect(differs(PLAIN, requested)).toBe(`406 inequivalent arg '${name}' for queue 'q' in vhost '/': ${difference}`);
  });

  it.each<[Arguments, Arguments, string, string]>([
    [
      {},
      { 'x-message-ttl': integer(100) },
      'x-message-ttl',
      `received the value '100' of type 'signedint' but current is none`,
    ],
    [
      { 'x-message-ttl': integer(100) },
      {},
      'x-message-ttl',
      `received none but current is the value '100' of type 'signedint'`,
    ],
    [
      { 'x-max-length': integer(100) },
      { 'x-max-length': text('100') },
      'x-max-length',
      `received '100' but current is '100'`,
    ],
    [{}, QUORUM, 'x-queue-type', `received 'quorum' but current is 'classic'`],
    [QUORUM, {}, 'x-queue-type', `received 'classic' but current is 'quorum'`],
    [{}, { 'x-queue-type': text('zz') }, 'x-queue-type', `received 'zz' but current is 'classic'`],
    [{}, { 'x-queue-type': integer(5) }, 'x-queue-type', `received '5' but current is 'classic'`],
    [{ 'x-queue-type': text('') }, {}, 'x-queue-type', `received 'classic' but current is ''`],
    [
      QUORUM,
      { ...QUORUM, 'x-delivery-limit': integer(5) },
      'x-delivery-limit',
      `received the value '5' of type 'signedint' but current is none`,
    ],
    [
      {},
      { ...QUORUM, 'x-message-ttl': integer(1) },
      'x-message-ttl',
      `received the value '1' of type 'signedint' but current is none`,
    ],
  ])('with other arguments is refused: %o, then %o', (current, requested, name, difference) => {
    expect(differs(queueWith(current), queueWith(requested))).toBe(
      `406 inequivalent arg '${name}' for queue 'q' in vhost '/': ${difference}`,
    );
  });

  it.each<[Arguments, Arguments]>([
    [{}, { 'x-queue-type': text('classic') }],
    [{ 'x-queue-type': text('classic') }, {}],
    [{ 'x-message-ttl': integer(100) }, { 'x-message-ttl': integer(100, 'l') }],
    [{}, { 'x-nobody-knows': integer(1) }],
    [{}, { 'x-quorum-initial-group-size': integer(1), 'x-max-age': text('1D') }],
    [QUORUM, { ...QUORUM, 'x-max-priority': integer(1) }],
  ])('may differ where nothing depends on it: %o, then %o', (current, requested) => {
    expect(() => checkEquivalent(queueWith(current), queueWith(requested), '/')).not.toThrow();
  });
});

it('no argument is in the table twice', () => {
  const names = QUEUE_ARGUMENTS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
