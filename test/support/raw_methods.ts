import type { Method } from '../../src/codec/methods.gen.ts';
import { EMPTY_TABLE } from '../../src/codec/table.ts';

export type MethodName = Method['name'];
export type Arguments<N extends MethodName> = Omit<Extract<Method, { name: N }>, 'name'>;

const NO_BYTES = new Uint8Array();

/** What a client may send, with the arguments that a conversation does not mention. */
const BLANK = {
  'connection.start-ok': {
    clientProperties: EMPTY_TABLE,
    mechanism: 'PLAIN',
    response: Buffer.from('\0guest\0guest'),
    locale: 'en_US',
  },
  'connection.secure-ok': { response: NO_BYTES },
  'connection.tune-ok': { channelMax: 2047, frameMax: 131072, heartbeat: 0 },
  'connection.open': { virtualHost: '/' },
  'connection.close': { replyCode: 200, replyText: 'bye', classId: 0, methodId: 0 },
  'connection.close-ok': {},
  'connection.update-secret': { newSecret: NO_BYTES, reason: '' },
  'connection.update-secret-ok': {},
  'channel.open': {},
  'channel.flow': { active: true },
  'channel.flow-ok': { active: true },
  'channel.close': { replyCode: 200, replyText: 'bye', classId: 0, methodId: 0 },
  'channel.close-ok': {},
  'access.request': {
    realm: '/data',
    exclusive: false,
    passive: true,
    active: true,
    write: true,
    read: true,
  },
  'exchange.declare': {
    exchange: '',
    type: 'direct',
    passive: false,
    durable: false,
    autoDelete: false,
    internal: false,
    noWait: false,
    arguments: EMPTY_TABLE,
  },
  'exchange.delete': { exchange: '', ifUnused: false, noWait: false },
  'exchange.bind': { destination: '', source: '', routingKey: '', noWait: false, arguments: EMPTY_TABLE },
  'exchange.unbind': { destination: '', source: '', routingKey: '', noWait: false, arguments: EMPTY_TABLE },
  'queue.declare': {
    queue: '',
    passive: false,
    durable: false,
    exclusive: false,
    autoDelete: false,
    noWait: false,
    arguments: EMPTY_TABLE,
  },
  'queue.declare-ok': { queue: '', messageCount: 0, consumerCount: 0 },
  'queue.bind': { queue: '', exchange: '', routingKey: '', noWait: false, arguments: EMPTY_TABLE },
  'queue.unbind': { queue: '', exchange: '', routingKey: '', arguments: EMPTY_TABLE },
  'queue.purge': { queue: '', noWait: false },
  'queue.delete': { queue: '', ifUnused: false, ifEmpty: false, noWait: false },
  'basic.qos': { prefetchSize: 0, prefetchCount: 0, global: false },
  'basic.consume': {
    queue: '',
    consumerTag: '',
    noLocal: false,
    noAck: false,
    exclusive: false,
    noWait: false,
    arguments: EMPTY_TABLE,
  },
  'basic.cancel': { consumerTag: '', noWait: false },
  'basic.cancel-ok': { consumerTag: '' },
  'basic.publish': { exchange: '', routingKey: '', mandatory: false, immediate: false },
  'basic.deliver': { consumerTag: '', deliveryTag: 0, redelivered: false, exchange: '', routingKey: '' },
  'basic.get': { queue: '', noAck: false },
  'basic.ack': { deliveryTag: 0, multiple: false },
  'basic.nack': { deliveryTag: 0, multiple: false, requeue: true },
  'basic.reject': { deliveryTag: 0, requeue: true },
  'basic.recover': { requeue: true },
  'basic.recover-async': { requeue: true },
  'confirm.select': { noWait: false },
  'tx.select': {},
  'tx.commit': {},
  'tx.rollback': {},
} satisfies { [N in MethodName]?: Arguments<N> };

export type Sendable = keyof typeof BLANK;

export function method<N extends Sendable>(name: N, given: Partial<Arguments<N>> = {}): Method {
  return { name, ...BLANK[name], ...given } as unknown as Method;
}

/** The method that answers, where it is not the same name with `-ok`. */
const ANSWERS: Partial<Record<Sendable, readonly MethodName[]>> = {
  'connection.start-ok': ['connection.tune', 'connection.secure'],
  'connection.secure-ok': ['connection.tune', 'connection.secure'],
  'basic.get': ['basic.get-ok', 'basic.get-empty'],
};

export function answersOf(name: Sendable): readonly MethodName[] {
  return ANSWERS[name] ?? [`${name}-ok` as MethodName];
}
