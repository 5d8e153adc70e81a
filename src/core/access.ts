import { AmqpError } from '../codec/errors.ts';
import type { Exchange } from './exchange/exchange.ts';

/** What RabbitMQ asks a user's permission for. */
export const PERMISSIONS = ['configure', 'write', 'read'] as const;

export type Permission = (typeof PERMISSIONS)[number];

/**
 * What a user may do in a virtual host. Each of the checks throws 403, in RabbitMQ's words, where he may not.
 *
 * | operation                         | configure | write                            | read                             |
 * | --------------------------------- | --------- | -------------------------------- | -------------------------------- |
 * | queue.declare                     | queue     |                                  |                                  |
 * | of a new one that dead-letters    | queue     | dead-letter exchange             | queue                            |
 * | queue.declare, passive            | queue     | or queue                         | or queue                         |
 * | queue.delete                      | queue     |                                  |                                  |
 * | queue.purge, basic.get, consume   |           |                                  | queue                            |
 * | queue.bind, queue.unbind          |           | queue                            | exchange, and its topic          |
 * | exchange.declare                  | exchange  |                                  |                                  |
 * | of a new one with an alternate    | exchange  | alternate exchange               | exchange                         |
 * | exchange.declare, passive         | exchange  | or exchange                      | or exchange                      |
 * | exchange.delete                   | exchange  |                                  |                                  |
 * | exchange.bind, exchange.unbind    |           | destination                      | source, and its topic            |
 * | basic.publish                     |           | exchange, and its topics         |                                  |
 */
export interface Access {
  check(permission: Permission, kind: 'exchange' | 'queue', name: string): void;
  /** For whoever only looks whether it is there: any permission will do, and without one it is configure that is missed. */
  checkAny(kind: 'exchange' | 'queue', name: string): void;
  /** Beyond the exchange's own permission, for a routing key; of exchanges that are not topic exchanges, nothing. */
  checkTopic(permission: 'write' | 'read', exchange: Exchange, routingKey: string): void;
}

/** Somebody who declares, binds and deletes: a connection. Exclusive queues are his alone. */
export interface Actor {
  readonly access: Access;
}

/** May do everything. */
export const FULL_ACCESS: Access = { check: () => {}, checkAny: () => {}, checkTopic: () => {} };

/** `resource` is a kind and its name, `queue 'q'`. */
export function accessRefused(permission: Permission, resource: string, vhost: string, user: string): AmqpError {
  return new AmqpError(403, `${permission} access to ${resource} in vhost '${vhost}' refused for user '${user}'`);
}
