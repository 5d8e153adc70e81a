import { AmqpError } from '../../codec/errors.ts';
import { type FieldTable, getString } from '../../codec/table.ts';
import type { Actor } from '../access.ts';
import { stripLineBreaks } from '../names.ts';
import type { QueueConsumer } from '../ports.ts';
import { lockedQueue, queueOfOwner } from '../queue/access.ts';
import { DEAD_LETTER_EXCHANGE, queueType, withDefaultType } from '../queue/arguments.ts';
import { checkDeadLetterExchange, checkEquivalent, checkQueueArguments } from '../queue/declare.ts';
import type { QueueProperties } from '../queue/properties.ts';
import { Queue } from '../queue/queue.ts';
import type { VirtualHost } from '../vhost.ts';
import { queueCreated, queueDeleted } from './events.ts';
import { autoDeleteSources, forgetBindings } from './exchanges.ts';
import { dropLeaving } from './leaving.ts';
import { checkQueueLimits } from './limits.ts';
import { applyPolicies } from './policies.ts';
import { isReplyAddress } from './reply_queues.ts';

export interface QueueDeclaration {
  readonly queue: string;
  readonly passive: boolean;
  readonly durable: boolean;
  readonly exclusive: boolean;
  readonly autoDelete: boolean;
  readonly arguments: FieldTable;
}

/** Declares, or finds the equivalent queue of that name; `owner` is the connection that asks. */
export function declareQueue(vhost: VirtualHost, request: QueueDeclaration, owner: Actor): Queue {
  const given = stripLineBreaks(request.queue);
  if (request.passive) {
    owner.access.checkAny('queue', given);
    const queue = queueOfOwner(vhost, vhost.queue(given), owner);
    queue.rules?.used();
    return queue;
  }
  // Even of a queue that is there: a client cannot declare again what the server has named.
  if (given.startsWith('amq.')) {
    throw new AmqpError(403, `queue name '${given}' contains reserved prefix 'amq.*'`);
  }
  const name = given === '' ? `amq.gen-${vhost.uniqueName()}` : given;
  const properties: QueueProperties = {
    name,
    // An exclusive queue ends with its connection: RabbitMQ stores it as not durable, whatever was asked for.
    durable: request.durable && !request.exclusive,
    autoDelete: request.autoDelete,
    exclusiveOwner: request.exclusive ? owner : undefined,
    arguments: withDefaultType(request, vhost.defaultQueueType),
  };
  owner.access.check('configure', 'queue', name);
  const existing = vhost.queues.get(name);
  if (existing !== undefined) {
    if (existing.properties.exclusiveOwner !== properties.exclusiveOwner) throw lockedQueue(vhost.name, name);
    checkEquivalent(existing.properties, properties, vhost.name);
    existing.rules?.used();
    vhost.counts.queuesDeclared++;
    return existing;
  }
  checkDeadLetterExchange(properties, vhost.name);
  const deadLetterExchange = getString(properties.arguments, DEAD_LETTER_EXCHANGE);
  if (deadLetterExchange !== undefined) {
    owner.access.check('read', 'queue', name);
    owner.access.check('write', 'exchange', deadLetterExchange);
  }
  return addQueue(vhost, properties);
}

/**
 * Of a name that is not there yet: also of one that only the server gives, since definitions have those too. Throws AmqpError 406
 * for arguments that cannot be, and where there are too many.
 */
export function addQueue(vhost: VirtualHost, properties: QueueProperties): Queue {
  checkDeadLetterExchange(properties, vhost.name);
  checkQueueArguments(properties, vhost.name);
  checkQueueLimits(vhost, properties.name);
  const { name, exclusiveOwner } = properties;
  const queue = new Queue(properties, vhost.store.pages, vhost.turn, vhost.host);
  vhost.queues.set(name, queue);
  applyPolicies(vhost, queue);
  if (properties.durable) queue.log = vhost.durable?.queueDeclared(queue);
  vhost.topologyVersion++;
  vhost.counts.queuesDeclared++;
  vhost.counts.queuesCreated++;
  if (exclusiveOwner !== undefined) addExclusive(vhost, queue, exclusiveOwner);
  queueCreated(vhost, queue);
  return queue;
}

export interface QueueDeletion {
  readonly queue: string;
  readonly ifUnused: boolean;
  readonly ifEmpty: boolean;
}

/** Told how many messages went, when they are gone. Very many take several turns. */
type Done = (messageCount: number) => void;

/** Messages that are not with a consumer go with it; a queue that is not there is no error. */
export function deleteQueue(vhost: VirtualHost, request: QueueDeletion, owner: Actor, done: Done = () => {}): void {
  const name = stripLineBreaks(request.queue);
  owner.access.check('configure', 'queue', name);
  const queue = vhost.queues.get(name);
  if (queue === undefined) {
    done(0);
    return;
  }
  queueOfOwner(vhost, queue, owner);
  if (request.ifEmpty && queue.readyCount + queue.waiting.length > 0) {
    throw new AmqpError(406, `queue '${queue.name}' in vhost '${vhost.name}' not empty`);
  }
  if (request.ifUnused && queue.consumers.size > 0) {
    throw new AmqpError(406, `queue '${queue.name}' in vhost '${vhost.name}' in use`);
  }
  removeQueue(vhost, queue, done);
}

/** Drops every message of the queue that is not with a consumer. It is empty at once, and what comes from now on stays. */
export function purgeQueue(vhost: VirtualHost, queue: Queue, done: Done = () => {}): void {
  const leaving = queue.purge();
  dropLeaving(vhost, leaving, () => done(leaving.count));
}

/** Takes the queue and its bindings out of the vhost, at once, and then drops its messages. */
export function removeQueue(vhost: VirtualHost, queue: Queue, done: Done = () => {}): void {
  if (queue.deleted) {
    done(0);
    return;
  }
  if (!vhost.queues.delete(queue.name)) vhost.replyQueues.delete(queue.name);
  const { exclusiveOwner } = queue.properties;
  if (exclusiveOwner !== undefined) removeExclusive(vhost, queue, exclusiveOwner);
  const removed = vhost.bindings.removeAllOfDestination('queue', queue.name);
  forgetBindings(vhost, removed);
  vhost.durable?.queueDeleted(queue);
  vhost.topologyVersion++;
  if (!isReplyAddress(queue.name)) vhost.counts.queuesDeleted++;
  vhost.counts.diskReads += queue.counts.diskReads;
  vhost.counts.diskWrites += queue.counts.diskWrites;
  const leaving = queue.delete();
  queueDeleted(vhost, queue);
  autoDeleteSources(vhost, removed);
  dropLeaving(vhost, leaving, () => done(leaving.count));
}

/** Throws 403 as RabbitMQ does when the queue is, or would have to be, in exclusive use. */
export function checkConsumable(vhost: VirtualHost, queue: Queue, exclusive: boolean): void {
  const cannotBeExclusive = queue.consumers.single && queueType(queue.properties) === 'classic';
  if (queue.exclusiveConsumer !== undefined || (exclusive && (queue.consumers.size > 0 || cannotBeExclusive))) {
    throw new AmqpError(403, `queue '${queue.name}' in vhost '${vhost.name}' in exclusive use`);
  }
}

/** An auto-delete queue goes with its last consumer (one that never had any stays). */
export function removeConsumer(vhost: VirtualHost, queue: Queue, consumer: QueueConsumer): void {
  if (queue.removeConsumer(consumer)) autoDeleteUnused(vhost, queue);
}

/** Deletes an auto-delete queue that has just lost a consumer, if that was the last. */
export function autoDeleteUnused(vhost: VirtualHost, queue: Queue): void {
  if (queue.properties.autoDelete && queue.consumers.size === 0) removeQueue(vhost, queue);
}

/**
 * The connection `owner` is gone, and its exclusive queues with it, as many as there is time for: true when all are removed. Their
 * messages may still be on their way out then.
 */
export function removeExclusiveQueues(vhost: VirtualHost, owner: object, timeIsUp: () => boolean): boolean {
  for (const queue of vhost.exclusiveQueues.get(owner) ?? []) {
    removeQueue(vhost, queue);
    if (timeIsUp()) return !vhost.exclusiveQueues.has(owner);
  }
  return true;
}

function addExclusive(vhost: VirtualHost, queue: Queue, owner: object): void {
  const queues = vhost.exclusiveQueues.get(owner);
  if (queues === undefined) vhost.exclusiveQueues.set(owner, new Set([queue]));
  else queues.add(queue);
}

function removeExclusive(vhost: VirtualHost, queue: Queue, owner: object): void {
  const queues = vhost.exclusiveQueues.get(owner);
  queues?.delete(queue);
  if (queues?.size === 0) vhost.exclusiveQueues.delete(owner);
}
