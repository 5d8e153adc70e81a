/** What can happen in a broker, under the routing keys that RabbitMQ's event exchange has for it. */
export type EventKey =
  | 'alarm.cleared'
  | 'alarm.set'
  | 'binding.created'
  | 'binding.deleted'
  | 'channel.closed'
  | 'channel.created'
  | 'connection.closed'
  | 'connection.created'
  | 'consumer.created'
  | 'consumer.deleted'
  | 'exchange.created'
  | 'exchange.deleted'
  | 'operator.policy.cleared'
  | 'parameter.cleared'
  | 'parameter.set'
  | 'permission.created'
  | 'permission.deleted'
  | 'policy.cleared'
  | 'policy.set'
  | 'queue.created'
  | 'queue.deleted'
  | 'topic.permission.created'
  | 'topic.permission.deleted'
  | 'user.authentication.failure'
  | 'user.authentication.success'
  | 'user.created'
  | 'user.deleted'
  | 'user.limits.cleared'
  | 'user.limits.set'
  | 'user.password.changed'
  | 'user.password.cleared'
  | 'user.tags.set'
  | 'vhost.created'
  | 'vhost.deleted'
  | 'vhost.down'
  | 'vhost.limits.cleared'
  | 'vhost.limits.set'
  | 'vhost.updated';

export type EventValue = string | number | boolean | readonly EventValue[] | EventFields;

/** What is told of it. Fields that are undefined are left out. */
export interface EventFields {
  readonly [name: string]: EventValue | undefined;
}

/** Told of what happens, at the places where it does. Only the control plane tells. */
export interface Events {
  /** Whether anybody listens: if not, nothing is told, so that nothing is put together for it. */
  readonly heard: boolean;
  happened(key: EventKey, fields: EventFields): void;
  /** Who asked for what happens from now on; undefined for what the broker does by itself. */
  actingFor(user: string | undefined): void;
  /** The user last given, or RabbitMQ's name for the broker itself. */
  readonly actor: string;
  /** A name by which events tell that they are about the same connection or channel. */
  identityOf(thing: object): string;
  /** Nothing is published any more. */
  stop(): void;
}

/** RabbitMQ's name for itself where a user did not ask for something. */
export const BROKER_ITSELF = 'rmq-internal';

/** Of a broker whose events are off. */
export const NO_EVENTS: Events = {
  heard: false,
  happened: () => {},
  actingFor: () => {},
  actor: BROKER_ITSELF,
  identityOf: () => '',
  stop: () => {},
};
