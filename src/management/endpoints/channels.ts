import { z } from 'zod';
import type { Channel } from '../../server/channel/channel.ts';
import { type Answer, listOf, ok } from '../answer.ts';
import { objectNotFound } from '../api_error.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { checkOwner, vhostOf, visibleChannels } from '../find.ts';
import { RANGE_QUERY } from '../ranges.ts';
import { type ApiRequest, vhostNamed, visibleVhosts } from '../request.ts';
import { channelName, channelView } from '../views/channel.ts';
import { allConsumers, consumerView } from '../views/consumer.ts';
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
} as const;

function channelList(request: ApiRequest, channels: readonly Channel[]): Answer {
  const statistics = statisticsFor(request);
  return listOf(channels, COLUMNS, (channel) => channelView(channel, statistics));
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
    handle: (request) => channelList(request, visibleChannels(request)),
  }),
  endpoint({
    method: 'GET',
    path: '/api/vhosts/:vhost/channels',
    may: 'vhost',
    summary: 'Channels in one virtual host.',
    isList: true,
    answers: CHANNEL,
    query: RANGE_QUERY,
    handle: (request) => channelList(request, visibleChannels(request, vhostOf(request))),
  }),
  endpoint({
    method: 'GET',
    path: '/api/channels/:channel',
    may: 'management',
    summary: 'One channel, and its consumers.',
    answers: CHANNEL,
    handle: (request) => {
      const channel = channelNamed(request, request.params.channel);
      const consumers = [...channel.consumers.values()];
      const view = channelView(channel, statisticsFor(request));
      return ok({ ...view, consumer_details: consumers.map(consumerView), deliveries: [], publishes: [] });
    },
  }),
  endpoint({
    method: 'GET',
    path: '/api/consumers',
    may: 'management',
    summary: 'The consumers in all virtual hosts that he may see.',
    isList: true,
    answers: CONSUMER,
    handle: (request) => listOf(visibleVhosts(request).flatMap(allConsumers), {}, consumerView),
  }),
  endpoint({
    method: 'GET',
    path: '/api/consumers/:vhost',
    may: 'visible vhost',
    summary: 'The consumers in one virtual host.',
    isList: true,
    answers: CONSUMER,
    handle: ({ context, params }) => listOf(allConsumers(vhostNamed(context, params.vhost)), {}, consumerView),
  }),
];
