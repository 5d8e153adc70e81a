import { z } from 'zod';
import type { VirtualHost } from '../../core/vhost.ts';
import type { Connection } from '../../server/connection/connection.ts';
import { type Answer, type Column, listOf, noContent, ok } from '../answer.ts';
import { badRequest } from '../api_error.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { figurePath } from '../figures.ts';
import { checkOwner, connectionNamed, vhostOf, visibleConnections } from '../find.ts';
import { RANGE_QUERY } from '../ranges.ts';
import type { ApiRequest } from '../request.ts';
import { unsorted } from '../sources.ts';
import { channelView } from '../views/channel.ts';
import { briefConnection, connectionView } from '../views/connection.ts';
import { statisticsFor } from '../views/statistics.ts';

const CONNECTION = z.looseObject({
  name: z.string(),
  vhost: z.string(),
  user: z.string(),
  state: z.string(),
  peer_host: z.string(),
  peer_port: z.number(),
  channels: z.number(),
});
const BRIEF = z.object({ name: z.string(), vhost: z.string(), user: z.string(), node: z.string() });

const COLUMNS = {
  name: ({ name }: Connection) => name,
  vhost: ({ openedIn }: Connection) => openedIn?.name,
  user: ({ userName }: Connection) => userName,
  channels: ({ channels }: Connection) => channels.size,
} as const;

/** What a client is told, unless the header X-Reason says something else. */
const REASON = 'Closed via management plugin';

function ofUser(
  { context }: { context: { server: { connections: ReadonlySet<Connection> } } },
  user: string,
): Connection[] {
  return [...context.server.connections].filter(({ userName, phase }) => userName === user && phase.name === 'running');
}

async function connectionList(request: ApiRequest, vhost?: VirtualHost): Promise<Answer> {
  const statistics = statisticsFor(request);
  const { metrics } = statistics;
  const figures = (name: string): Column<Connection> | undefined => {
    const path = figurePath(name);
    return path === undefined ? undefined : metrics.connectionFigure(path);
  };
  const connections = await visibleConnections(request, vhost);
  return listOf(unsorted(connections), COLUMNS, (connection) => connectionView(connection, true, statistics), figures);
}

function close(connection: Connection, headers: Headers): void {
  const reason = headers.get('x-reason') ?? REASON;
  connection.forceClose(reason, reason);
}

export const CONNECTIONS: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/api/connections',
    may: 'management',
    summary: 'Open connections: his own, or all, to who monitors.',
    isList: true,
    answers: CONNECTION,
    query: RANGE_QUERY,
    handle: (request) => connectionList(request),
  }),
  endpoint({
    method: 'GET',
    path: '/api/vhosts/:vhost/connections',
    may: 'vhost',
    summary: 'Open connections to one virtual host.',
    isList: true,
    answers: CONNECTION,
    query: RANGE_QUERY,
    handle: (request) => connectionList(request, vhostOf(request)),
  }),
  endpoint({
    method: 'GET',
    path: '/api/connections/username/:username',
    may: 'management',
    summary: "One user's open connections.",
    isList: true,
    answers: BRIEF,
    handle: (request) => {
      checkOwner(request, request.params.username);
      return listOf(unsorted(ofUser(request, request.params.username)), {}, briefConnection);
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/api/connections/username/:username',
    may: 'management',
    summary: "Closes one user's connections, for the reason in the header X-Reason.",
    handle: (request) => {
      checkOwner(request, request.params.username, true);
      for (const connection of ofUser(request, request.params.username)) close(connection, request.headers);
      return noContent();
    },
  }),
  endpoint({
    method: 'GET',
    path: '/api/connections/:connection',
    may: 'management',
    summary: 'One open connection.',
    answers: CONNECTION,
    query: RANGE_QUERY,
    handle: (request) => {
      const connection = connectionNamed(request, request.params.connection);
      return ok(connectionView(connection, false, statisticsFor(request)));
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/api/connections/:connection',
    may: 'management',
    summary: 'Closes a connection, for the reason in the header X-Reason.',
    handle: (request) => {
      close(connectionNamed(request, request.params.connection, true), request.headers);
      return noContent();
    },
  }),
  endpoint({
    method: 'GET',
    path: '/api/connections/:connection/channels',
    may: 'management',
    summary: 'The channels of one connection.',
    isList: true,
    handle: (request) => {
      const { channels } = connectionNamed(request, request.params.connection);
      const statistics = statisticsFor(request);
      return listOf(unsorted([...channels.values()]), {}, (channel) => channelView(channel, statistics));
    },
  }),
  endpoint({
    method: 'GET',
    path: '/api/connections/:connection/sessions',
    may: 'management',
    summary: 'Sessions of AMQP 1.0, which no connection here has.',
    handle: (request) => {
      connectionNamed(request, request.params.connection);
      throw badRequest('connection does not use AMQP 1.0');
    },
  }),
];
