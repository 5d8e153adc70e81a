import { z } from 'zod';
import type { Channel } from '../../server/channel/channel.ts';
import { listOf, ok } from '../answer.ts';
import { objectNotFound } from '../api_error.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { checkOwner, vhostOf, visibleChannels } from '../find.ts';
import { type ApiRequest, vhostNamed, visibleVhosts } from '../request.ts';
import { channelName, channelView } from '../views/channel.ts';
import { allConsumers, consumerView } from '../views/consumer.ts';

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
    handle: (request) => listOf(visibleChannels(request), COLUMNS, channelView),
  }),
  endpoint({
    method: 'GET',
    path: '/api/vhosts/:vhost/channels',
    may: 'vhost',
    summary: 'Channels in one virtual host.',
    isList: true,
    answers: CHANNEL,
    handle: (request) => listOf(visibleChannels(request, vhostOf(request)), COLUMNS, channelView),
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
      return ok({ ...channelView(channel), consumer_details: consumers.map(consumerView) });
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
