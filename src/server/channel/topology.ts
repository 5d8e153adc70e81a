import type {
  ExchangeBind,
  ExchangeDeclare,
  ExchangeDelete,
  ExchangeUnbind,
  Method,
  QueueBind,
  QueueDeclare,
  QueueDelete,
  QueuePurge,
  QueueUnbind,
} from '../../codec/methods.gen.ts';
import { stripLineBreaks } from '../../core/names.ts';
import { queueOfOwner } from '../../core/queue/access.ts';
import type { Queue } from '../../core/queue/queue.ts';
import { type BindingRequest, bind, declareExchange, deleteExchange, unbind } from '../../core/topology/exchanges.ts';
import { declareQueue, deleteQueue, purgeQueue } from '../../core/topology/queues.ts';
import type { Channel } from './channel.ts';
import { declareReplyQueue, isLiveAddress, isReplyDeclaration, refuseReplyAddress } from './reply_to.ts';

export function declareExchangeMethod(channel: Channel, method: ExchangeDeclare): void {
  declareExchange(channel.vhost, method, channel.connection);
  if (!method.noWait) channel.reply({ name: 'exchange.declare-ok' });
}

export function deleteExchangeMethod(channel: Channel, method: ExchangeDelete): void {
  deleteExchange(channel.vhost, method.exchange, method.ifUnused, channel.connection);
  if (!method.noWait) channel.reply({ name: 'exchange.delete-ok' });
}

export function exchangeBinding(channel: Channel, method: ExchangeBind | ExchangeUnbind): void {
  const { source, destination, routingKey } = method;
  const request: BindingRequest = {
    source,
    destination,
    destinationKind: 'exchange',
    routingKey,
    arguments: method.arguments,
  };
  if (method.name === 'exchange.bind') {
    bindAndAnswer(channel, request, method.noWait ? undefined : { name: 'exchange.bind-ok' });
    return;
  }
  unbind(channel.vhost, request, channel.connection);
  if (!method.noWait) channel.reply({ name: 'exchange.unbind-ok' });
}

function bindAndAnswer(channel: Channel, request: BindingRequest, answer: Method | undefined): void {
  const { vhost, connection } = channel;
  connection.holdWhile((resume) => {
    bind(vhost, request, connection, () => {
      if (answer !== undefined) channel.reply(answer);
      resume();
    });
  });
}

export function declareQueueMethod(channel: Channel, method: QueueDeclare): void {
  if (isReplyDeclaration(method)) return declareReplyQueue(channel, method);
  const queue = declareQueue(channel.vhost, method, channel.connection);
  channel.lastQueueName = queue.name;
  if (method.noWait) return;
  const { name, readyCount: messageCount, consumers } = queue;
  channel.reply({ name: 'queue.declare-ok', queue: name, messageCount, consumerCount: consumers.size });
}

export function queueBinding(channel: Channel, method: QueueBind | QueueUnbind): void {
  const destination = channel.queueName(method.queue);
  refuseReplyAddress(channel, 'bind', destination);
  // Both empty means the last declared queue, under its own name.
  const routingKey = method.queue === '' && method.routingKey === '' ? destination : method.routingKey;
  const request: BindingRequest = {
    source: method.exchange,
    destination,
    destinationKind: 'queue',
    routingKey,
    arguments: method.arguments,
  };
  if (method.name === 'queue.bind') {
    bindAndAnswer(channel, request, method.noWait ? undefined : { name: 'queue.bind-ok' });
    return;
  }
  unbind(channel.vhost, request, channel.connection);
  channel.reply({ name: 'queue.unbind-ok' });
}

export function purgeQueueMethod(channel: Channel, method: QueuePurge): void {
  const { vhost, connection } = channel;
  const name = stripLineBreaks(channel.queueName(method.queue));
  connection.access.check('read', 'queue', name);
  // Nothing waits at the address of a consumer of replies, as far as anybody else is concerned.
  const answer = (messageCount: number): void => {
    if (!method.noWait) channel.answerLate({ name: 'queue.purge-ok', messageCount });
  };
  if (isLiveAddress(channel, name)) {
    answer(0);
    return;
  }
  const queue = queueOfOwner(vhost, vhost.queue(name), connection);
  connection.holdWhile((resume) => {
    purgeQueue(vhost, queue, (messageCount) => {
      whenSafe(channel, queue, messageCount, () => answer(messageCount));
      resume();
    });
  });
}

/** What was purged does not come back after the answer: its queue may have kept it on disk. */
function whenSafe({ vhost, connection }: Channel, queue: Queue, messageCount: number, answer: () => void): void {
  const { durable } = vhost;
  const kept = queue.log !== undefined && messageCount > 0;
  if (!kept || durable === undefined || durable.failure !== undefined) answer();
  else connection.holdUntilCommitted(durable, durable.gathering, answer);
}

export function deleteQueueMethod(channel: Channel, method: QueueDelete): void {
  const { vhost, connection } = channel;
  const { ifUnused, ifEmpty } = method;
  const request = { queue: channel.queueName(method.queue), ifUnused, ifEmpty };
  channel.deletingQueue = true;
  connection.holdWhile((resume) => {
    deleteQueue(vhost, request, connection, (messageCount) => {
      const answered = (): void => {
        channel.deletingQueue = false;
        channel.tellOfCancelled();
      };
      if (method.noWait) answered();
      else channel.reply({ name: 'queue.delete-ok', messageCount }, answered);
      resume();
    });
  });
}
