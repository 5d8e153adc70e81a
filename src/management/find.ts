import type { Exchange } from '../core/exchange/exchange.ts';
import type { Queue } from '../core/queue/queue.ts';
import type { VirtualHost } from '../core/vhost.ts';
import { eachInSlices, filterInSlices } from '../lib/slices.ts';
import type { Channel } from '../server/channel/channel.ts';
import type { Connection } from '../server/connection/connection.ts';
import { notAuthorised, notFound, objectNotFound } from './api_error.ts';
import { type ApiRequest, vhostNamed } from './request.ts';

/** What a path names, and what there is that somebody may see. Each throws the ApiError for what there is not. */

type VhostRequest = ApiRequest<'vhost'>;

/** What the default exchange, which has no name, is called in a path. */
const DEFAULT_EXCHANGE = 'amq.default';

export function exchangeName(inPath: string): string {
  return inPath === DEFAULT_EXCHANGE ? '' : inPath;
}

export function exchangeNamed(vhost: VirtualHost, inPath: string): Exchange {
  const exchange = vhost.exchanges.get(exchangeName(inPath));
  if (exchange === undefined) throw objectNotFound();
  return exchange;
}

export function queueNamed(vhost: VirtualHost, name: string): Queue {
  const queue = vhost.queues.get(name);
  if (queue === undefined) throw objectNotFound();
  return queue;
}

/** The virtual host of a request that would change something: RabbitMQ has other words for one that there is not. */
export function vhostToChange({ context, params }: VhostRequest): VirtualHost {
  const vhost = context.server.vhosts.get(params.vhost);
  if (vhost === undefined) throw notFound('vhost_not_found');
  return vhost;
}

export function vhostOf({ context, params }: VhostRequest): VirtualHost {
  return vhostNamed(context, params.vhost);
}

/** Those that he could open as a client: what is in others is not told in lists, to nobody. */
export function openableVhosts({ context, identity, headers }: ApiRequest): VirtualHost[] {
  const only = headers.get('x-vhost') ?? '';
  return [...context.server.vhosts.values()].filter(
    ({ name }) => (only === '' || name === only) && identity.mayOpen(name),
  );
}

/** Open connections, his own, or all where he monitors. */
export function visibleConnections({ context, identity }: ApiRequest, vhost?: VirtualHost): Promise<Connection[]> {
  return filterInSlices([...context.server.connections], ({ phase, userName }) => {
    if (phase.name !== 'running' || (vhost !== undefined && phase.vhost !== vhost)) return false;
    return identity.isMonitor || userName === identity.user.name;
  });
}

export async function visibleChannels(request: ApiRequest, vhost?: VirtualHost): Promise<Channel[]> {
  const found: Channel[] = [];
  await eachInSlices(await visibleConnections(request, vhost), ({ channels }) => {
    for (const channel of channels.values()) found.push(channel);
  });
  return found;
}

/** Whose is it, for who would see or, which takes more, end it. */
export function checkOwner({ identity }: ApiRequest, user: string, ends = false): void {
  if (user === identity.user.name || (ends ? identity.isAdministrator : identity.isMonitor)) return;
  throw notAuthorised('User not authorised to access object');
}

/** An open connection of that name, which he may see. */
export function connectionNamed(request: ApiRequest, name: string, ends = false): Connection {
  for (const connection of request.context.server.connections) {
    if (connection.name !== name || connection.phase.name !== 'running') continue;
    checkOwner(request, connection.userName, ends);
    return connection;
  }
  throw objectNotFound();
}
