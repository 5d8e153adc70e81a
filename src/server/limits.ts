import { AmqpError, NO_METHOD } from '../codec/errors.ts';
import { BROKER_NODE } from '../core/names.ts';
import type { Server } from './server.ts';

/** What RabbitMQ lets an operator limit for a virtual host, or a user. Negative is no limit. */
export interface VhostLimits {
  readonly 'max-connections'?: number;
  readonly 'max-queues'?: number;
}

export interface UserLimits {
  readonly 'max-connections'?: number;
  readonly 'max-channels'?: number;
}

/** Of the whole node; infinity is no limit. Who has more than a limit that was lowered keeps it. */
export interface NodeLimits {
  /** Connections, with those that are not logged in yet. */
  connectionMax: number;
  channelMaxPerNode: number;
  consumerMaxPerChannel: number;
  /** What is published in one transaction. */
  channelTxMessageMax: number;
  /** Queues, exchanges and virtual hosts that are declared from now on. */
  queueMax: number;
  exchangeMax: number;
  vhostMax: number;
}

/** Those of RabbitMQ. */
export function nodeLimits(given: Partial<NodeLimits>): NodeLimits {
  const limits: NodeLimits = {
    connectionMax: Number.POSITIVE_INFINITY,
    channelMaxPerNode: Number.POSITIVE_INFINITY,
    consumerMaxPerChannel: Number.POSITIVE_INFINITY,
    channelTxMessageMax: 10_000,
    queueMax: Number.POSITIVE_INFINITY,
    exchangeMax: Number.POSITIVE_INFINITY,
    vhostMax: Number.POSITIVE_INFINITY,
  };
  setLimits(limits, given);
  return limits;
}

/** What is left out stays as it is. */
export function setLimits(limits: NodeLimits, given: Partial<NodeLimits>): void {
  for (const name of Object.keys(limits) as (keyof NodeLimits)[]) limits[name] = given[name] ?? limits[name];
}

/** Of each virtual host and user that has any. */
export interface GivenLimits {
  readonly vhosts: ReadonlyMap<string, VhostLimits>;
  readonly users: ReadonlyMap<string, UserLimits>;
}

/** How many there are of each name. */
class Tally {
  readonly #counts = new Map<string, number>();

  of(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  add(name: string, difference: 1 | -1): void {
    const count = this.of(name) + difference;
    // Names come and go for ever.
    if (count === 0) this.#counts.delete(name);
    else this.#counts.set(name, count);
  }
}

/** What is in use of that which has limits. */
export class Usage {
  /** Those that have opened their virtual host. */
  readonly connectionsOfVhost: Tally = new Tally();
  readonly connectionsOfUser: Tally = new Tally();
  readonly channelsOfUser: Tally = new Tally();
  channels = 0;

  connection(vhost: string, user: string, difference: 1 | -1): void {
    this.connectionsOfVhost.add(vhost, difference);
    this.connectionsOfUser.add(user, difference);
  }

  channel(user: string, difference: 1 | -1): void {
    this.channelsOfUser.add(user, difference);
    this.channels += difference;
  }
}

const OPEN_IDS = { classId: 10, methodId: 40 };

/** At connection.open, first of all: those that only shake hands count, as in RabbitMQ. Throws AmqpError 530. */
export function checkNodeConnections({ connections, limits }: Server): void {
  const { connectionMax } = limits;
  if (connections.size <= connectionMax) return;
  throw new AmqpError(530, `connection refused: node connection limit (${connectionMax}) is reached`, OPEN_IDS);
}

/** At connection.open, before it is asked whether the user may. Throws AmqpError 530. */
export function checkConnections({ usage, limitsOf }: Server, vhost: string, user: string): void {
  const ofVhost = limitOf(limitsOf.vhosts.get(vhost)?.['max-connections']);
  if (usage.connectionsOfVhost.of(vhost) >= ofVhost) {
    const explanation = `access to vhost '${vhost}' refused for user '${user}': connection limit (${ofVhost}) is reached`;
    throw new AmqpError(530, explanation, OPEN_IDS);
  }
  const ofUser = limitOf(limitsOf.users.get(user)?.['max-connections']);
  if (usage.connectionsOfUser.of(user) >= ofUser) {
    const explanation = `connection refused for user '${user}': user connection limit (${ofUser}) is reached`;
    throw new AmqpError(530, explanation, OPEN_IDS);
  }
}

/** At channel.open. Throws AmqpError 530. */
export function checkChannels({ usage, limits, limitsOf }: Server, user: string): void {
  const ofUser = limitOf(limitsOf.users.get(user)?.['max-channels']);
  if (usage.channelsOfUser.of(user) >= ofUser) {
    const whose = `number of channels opened for user '${user}'`;
    throw new AmqpError(530, `${whose} has reached the maximum allowed user limit of ${ofUser}`, NO_METHOD);
  }
  const { channelMaxPerNode } = limits;
  if (usage.channels < channelMaxPerNode) return;
  const whose = `number of channels opened on node '${BROKER_NODE}'`;
  throw new AmqpError(530, `${whose} has reached the maximum allowed limit of ${channelMaxPerNode}`, NO_METHOD);
}

/** A limit as it was given for a virtual host or a user. */
export function limitOf(given: number | undefined): number {
  return given === undefined || given < 0 ? Number.POSITIVE_INFINITY : given;
}
