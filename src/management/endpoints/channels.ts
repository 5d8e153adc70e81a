import { z } from 'zod';
import type { VirtualHost } from '../../core/vhost.ts';
import { LazyList } from '../../lib/lazy_list.ts';
import type { Channel } from '../../server/channel/channel.ts';
import type { Consumer } from '../../server/channel/consumer.ts';
import { type Answer, type Column, listOf, ok } from '../answer.ts';
import { objectNotFound } from '../api_error.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { figurePath } from '../figures.ts';
import { checkOwner, vhostOf, visibleChannels } from '../find.ts';
import { RANGE_QUERY } from '../ranges.ts';
import { type ApiRequest, vhostNamed, visibleVhosts } from '../request.ts';
import { unsorted } from '../sources.ts';
import { channelName, channelView } from '../views/channel.ts';
import { consumersIn, consumerView } from '../views/consumer.ts';
import { statisticsFor } from '../views/statistics.ts';

const CHANNEL = z.looseObject({
  name: z.string(),
  number: z.number(),
  vhost: z.string(),
  user: z.string(),
  consumer_count: z.number(),
  messages_unacknowledged: z.number(),
  prefetch_count: z.number(),
});
const CONSUMER = z.looseObject({
  consumer_tag: z.string(),
  ack_required: z.boolean(),
  active: z.boolean(),
  prefetch_count: z.number(),
});

const COLUMNS = {
  name: channelName,
  vhost: ({ vhost }: Channel) => vhost.name,
  user: ({ connection }: Channel) => connection.userName,
  number: ({ number }: Channel) => number,
  consumer_count: ({ consumers }: Channel) => consumers.size,
  messages_unacknowledged: ({ unacked }: Channel) => unacked.count,
  prefetch_count: ({ prefetch }: Channel) => prefetch,
} as const;
/** Consumers have neither, and so are listed as they come. */
const CONSUMER_COLUMNS = {
  name: () => undefined,
  vhost: () => undefined,
  consumer_tag: ({ tag }: Consumer) => tag,
} as const;

async function channelList(request: ApiRequest, vhost?: VirtualHost): Promise<Answer> {
  const statistics = statisticsFor(request);
  const { metrics } = statistics;
  const figures = (name: string): Column<Channel> | undefined => {
    const path = figurePath(name);
    return path === undefined ? undefined : metrics.channelFigure(path);
  };
  const channels = await visibleChannels(request, vhost);
  return listOf(unsorted(channels), COLUMNS, (channel) => channelView(channel, statistics), figures);
}

async function consumerList(vhosts: readonly VirtualHost[]): Promise<Answer> {
  return listOf(unsorted(await consumersIn(vhosts)), CONSUMER_COLUMNS, consumerView);
}

/** Throws where there is none of that name, or he may not see it. */
function channelNamed(request: ApiRequest, name: string): Channel {
  for (const { channels, userName } of request.context.server.connections) {
    for (const channel of channels.values()) {
      if (channelName(channel) !== name) continue;
      checkOwner(request, userName);
      return channel;
    }
  }
  throw objectNotFound();
}

export const CHANNELS: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/api/channels',
    may: 'management',
    summary: 'Channels of open connections: his own, or all, to who monitors.',
    isList: true,
    answers: CHANNEL,
    query: RANGE_QUERY,
    handle: (request) => channelList(request),
  }),
  endpoint({
    method: 'GET',
    path: '/api/vhosts/:vhost/channels',
    may: 'vhost',
    summary: 'Channels in one virtual host.',
    isList: true,
    answers: CHANNEL,
    query: RANGE_QUERY,
    handle: (request) => channelList(request, vhostOf(request)),
  }),
  endpoint({
    method: 'GET',
    path: '/api/channels/:channel',
    may: 'management',
    summary: 'One channel, and its consumers.',
    answers: CHANNEL,
    handle: (request) => {
      const channel = channelNamed(request, request.params.channel);
      const consumer_details = LazyList.of([...channel.consumers.values()], consumerView);
      const view = channelView(channel, statisticsFor(request));
      return ok({ ...view, consumer_details, deliveries: [], publishes: [] });
    },
  }),
  endpoint({
    method: 'GET',
    path: '/api/consumers',
    may: 'management',
    summary: 'The consumers in all virtual hosts that he may see.',
    isList: true,
    answers: CONSUMER,
    handle: (request) => consumerList(visibleVhosts(request)),
  }),
  endpoint({
    method: 'GET',
    path: '/api/consumers/:vhost',
    may: 'visible vhost',
    summary: 'The consumers in one virtual host.',
    isList: true,
    answers: CONSUMER,
    handle: ({ context, params }) => consumerList([vhostNamed(context, params.vhost)]),
  }),
];
