import { AmqpError } from '../../codec/errors.ts';
import type { Method } from '../../codec/methods.gen.ts';
import type { Channel } from './channel.ts';
import { Confirms } from './confirms.ts';
import { cancel, consume, flow, get, qos, recover } from './consume.ts';
import { settle } from './settle.ts';
import {
  declareExchangeMethod,
  declareQueueMethod,
  deleteExchangeMethod,
  deleteQueueMethod,
  exchangeBinding,
  purgeQueueMethod,
  queueBinding,
} from './topology.ts';
import { Transaction } from './transaction.ts';
import { refuseUnstorable } from './unstorable.ts';

/** Does what a method asks, for the user who does. Throws AmqpError. */
export function dispatch(channel: Channel, method: Method): void {
  refuseUnstorable(channel, method);
  const { connection, vhost } = channel;
  vhost.events.actingFor(connection.userName);
  try {
    perform(channel, method);
  } finally {
    vhost.events.actingFor(undefined);
  }
}

/**
 * What a channel does with each method: basic.publish, basic.ack, basic.nack and basic.reject as well when they do not
 * take the read loop's short cut.
 */
function perform(channel: Channel, method: Method): void {
  switch (method.name) {
    case 'channel.flow':
      return flow(channel, method);
    case 'channel.flow-ok':
      return;
    case 'access.request':
      return channel.send({ name: 'access.request-ok', ticket: 1 });
    case 'exchange.declare':
      return declareExchangeMethod(channel, method);
    case 'exchange.delete':
      return deleteExchangeMethod(channel, method);
    case 'exchange.bind':
    case 'exchange.unbind':
      return exchangeBinding(channel, method);
    case 'queue.declare':
      return declareQueueMethod(channel, method);
    case 'queue.bind':
    case 'queue.unbind':
      return queueBinding(channel, method);
    case 'queue.purge':
      return purgeQueueMethod(channel, method);
    case 'queue.delete':
      return deleteQueueMethod(channel, method);
    case 'basic.qos':
      return qos(channel, method);
    case 'basic.consume':
      return consume(channel, method);
    case 'basic.cancel':
      return cancel(channel, method);
    case 'basic.get':
      return get(channel, method);
    case 'basic.ack':
      return settle(channel, method.deliveryTag, method.multiple, 'ack');
    case 'basic.nack':
      return settle(channel, method.deliveryTag, method.multiple, method.requeue ? 'nack' : 'discard');
    case 'basic.reject':
      return settle(channel, method.deliveryTag, false, method.requeue ? 'reject' : 'discard');
    case 'basic.recover':
      return recover(channel, () => channel.answerLate({ name: 'basic.recover-ok' }));
    case 'basic.recover-async':
      return recover(channel);
    case 'confirm.select':
      selectConfirm(channel);
      if (!method.noWait) channel.send({ name: 'confirm.select-ok' });
      return;
    case 'tx.select':
      selectTransaction(channel);
      return channel.send({ name: 'tx.select-ok' });
    case 'tx.commit':
      return commit(channel);
    case 'tx.rollback':
      transactionOf(channel).rollback(channel);
      return channel.send({ name: 'tx.rollback-ok' });
    default:
      // What only a server sends, and connection methods on a channel.
      throw new AmqpError(503, 'unimplemented method');
  }
}

function selectConfirm(channel: Channel): void {
  if (channel.mode.name === 'transaction') throw new AmqpError(406, 'cannot switch from tx to confirm mode');
  if (channel.mode.name === 'confirm') return;
  const { outbox, server } = channel.connection;
  channel.mode = { name: 'confirm', confirms: new Confirms(channel.number, outbox, server.turn) };
}

function selectTransaction(channel: Channel): void {
  if (channel.mode.name === 'confirm') throw new AmqpError(406, 'cannot switch from confirm to tx mode');
  if (channel.mode.name === 'transaction') return;
  channel.mode = { name: 'transaction', transaction: new Transaction() };
}

/** Answered when what is durable of the transaction is on disk: at once, where nothing is. */
function commit(channel: Channel): void {
  const committed = transactionOf(channel).commit(channel);
  const { durable } = channel.vhost;
  const answer = (): void => channel.answerLate({ name: 'tx.commit-ok' });
  if (durable === undefined) answer();
  else channel.connection.holdUntilCommitted(durable, committed, answer);
}

function transactionOf(channel: Channel): Transaction {
  if (channel.mode.name !== 'transaction') throw new AmqpError(406, 'channel is not transactional');
  return channel.mode.transaction;
}
