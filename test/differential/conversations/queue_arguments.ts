import { type FieldTable, fromPlain } from '../../../src/codec/table.ts';
import type { Conversation } from '../stage.ts';
import { queueTalk, redeclared, talk } from '../talk.ts';

const args = (plain: Parameters<typeof fromPlain>[0]): { arguments: FieldTable } => ({ arguments: fromPlain(plain) });

const tagged = (name: string, tag: 'l' | 'T', value: number): { arguments: FieldTable } => ({
  arguments: new Map([[name, { tag, value }]]),
});

export const QUEUE_ARGUMENTS: readonly Conversation[] = [
  redeclared('an argument more', {}, args({ 'x-message-ttl': 100 })),
  redeclared('an argument less', args({ 'x-message-ttl': 100 }), {}),
  redeclared('another argument', args({ 'x-message-ttl': 100 }), args({ 'x-message-ttl': 200 })),
  redeclared('the same argument in another width', args({ 'x-message-ttl': 100 }), tagged('x-message-ttl', 'l', 100)),
  redeclared('a timestamp for an integer', args({ 'x-message-ttl': 100 }), tagged('x-message-ttl', 'T', 100)),
  redeclared('another timestamp for an integer', args({ 'x-message-ttl': 100 }), tagged('x-message-ttl', 'T', 101)),
  redeclared('a void argument more', {}, args({ 'x-message-ttl': null })),
  redeclared('a void for an integer', args({ 'x-message-ttl': 100 }), args({ 'x-message-ttl': null })),
  redeclared('an argument as a string', args({ 'x-max-length': 100 }), args({ 'x-max-length': '100' })),
  redeclared(
    'another string argument',
    args({ 'x-dead-letter-exchange': 'a' }),
    args({ 'x-dead-letter-exchange': 'b' }),
  ),
  redeclared('an unknown argument', {}, args({ 'x-other': 1 })),
  redeclared('another durability and argument', {}, { durable: true, ...args({ 'x-message-ttl': 100 }) }),
  redeclared('the queue type spelled out', {}, args({ 'x-queue-type': 'classic' })),
  redeclared('another queue type', { durable: true }, { durable: true, ...args({ 'x-queue-type': 'quorum' }) }),
  talk('queue of an unknown type', 'the queue type is one of those there are', (channel, stage) =>
    channel.call('queue.declare', { queue: stage.queue('q'), durable: true, ...args({ 'x-queue-type': 'zz' }) }),
  ),
  talk('queue type that is no string', 'the queue type is a string', (channel, stage) =>
    channel.call('queue.declare', { queue: stage.queue('q'), durable: true, ...args({ 'x-queue-type': 5 }) }),
  ),
  queueTalk(
    'stream argument on a classic queue',
    'an argument of another queue type is 406',
    async (channel, queue) => {
      await channel.call('basic.consume', { queue, arguments: fromPlain({ 'x-stream-offset': 'first' }) });
    },
  ),
  queueTalk('stream argument and a bad priority', 'values are looked at before names', async (channel, queue) => {
    const wrong = fromPlain({ 'x-stream-filter': 'f', 'x-priority': 'high' });
    await channel.call('basic.consume', { queue, arguments: wrong });
  }),
  ...badArguments(),
];

function badArguments(): Conversation[] {
  const cases: readonly (readonly [string, Parameters<typeof fromPlain>[0]])[] = [
    ['x-message-ttl as a string', { 'x-message-ttl': '100' }],
    ['x-message-ttl below zero', { 'x-message-ttl': -1 }],
    ['x-message-ttl as a float', { 'x-message-ttl': 1.5 }],
    ['x-expires of zero', { 'x-expires': 0 }],
    ['x-max-length below zero', { 'x-max-length': -1 }],
    ['x-max-priority of 256', { 'x-max-priority': 256 }],
    ['x-overflow of no kind', { 'x-overflow': 'zz' }],
    ['x-dead-letter-exchange as a number', { 'x-dead-letter-exchange': 5 }],
    ['x-dead-letter-routing-key alone', { 'x-dead-letter-routing-key': 'k' }],
    ['x-single-active-consumer as a string', { 'x-single-active-consumer': 'yes' }],
    ['x-delivery-limit on a classic queue', { 'x-delivery-limit': 1 }],
  ];
  return cases.map(([what, plain]) =>
    talk(`queue with ${what}`, 'an argument of the wrong kind or range is 406', (channel, stage) =>
      channel.call('queue.declare', { queue: stage.queue('q'), ...args(plain) }),
    ),
  );
}
