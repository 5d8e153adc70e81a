import { z } from 'zod';
import { type BrowsedMessage, browse } from '../../admin/messages/browse.ts';
import { deleteMessages, moveMessage } from '../../admin/messages/move.ts';
import { replay } from '../../admin/messages/replay.ts';
import { unackedOf } from '../../admin/messages/unacked.ts';
import { queueOfOwner } from '../../core/queue/access.ts';
import type { Queue } from '../../core/queue/queue.ts';
import type { VirtualHost } from '../../core/vhost.ts';
import { list, noContent, ok } from '../answer.ts';
import { badRequest, notFound, objectNotFound } from '../api_error.ts';
import { changing } from '../changing.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { queueNamed, vhostOf } from '../find.ts';
import type { ApiRequest } from '../request.ts';
import { channelName } from '../views/channel.ts';
import { messageView, type PayloadEncoding } from '../views/message.ts';

/** Messages in one answer, and bytes of each body unless more are asked for. */
const COUNT_MAX = 500;
const TRUNCATE = 50_000;
const TRUNCATE_MAX = 16 * 1024 * 1024;
const REPLAYED_MAX = 10_000;
/** Of a filter, each of which is looked at for every message. */
const CRITERIA_MAX = 50;

const CRITERIA = z.record(z.string(), z.unknown()).refine((all) => Object.keys(all).length <= CRITERIA_MAX, {
  message: `must not have more than ${CRITERIA_MAX} members`,
});
const FILTER = z.strictObject({
  exchange: z.string().optional(),
  routing_key: z.string().optional(),
  headers: CRITERIA.optional(),
  properties: CRITERIA.optional(),
  body: CRITERIA.optional(),
});
const POSITION = z.number().int().min(0).default(0);

type QueueRequest = ApiRequest<'vhost' | 'queue'>;

interface Place {
  readonly vhost: VirtualHost;
  readonly queue: Queue;
}

/** A queue that he may read from. Throws as for a client. */
function readable(request: QueueRequest): Place {
  const vhost = vhostOf(request);
  const queue = queueNamed(vhost, request.params.queue);
  changing(request, vhost, (actor) => {
    actor.access.check('read', 'queue', queue.name);
    queueOfOwner(vhost, queue, actor);
  });
  return { vhost, queue };
}

function idOf(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw objectNotFound();
  return Number(text);
}

function browsedView(browsed: BrowsedMessage, state: string, encoding: PayloadEncoding): unknown {
  const { place, position, message, redelivered, body } = browsed;
  const { expiresAtMs = 0, channel } = place;
  return {
    id: place.sequence,
    position,
    state,
    ...messageView({ ...message, redelivered, bodyBytes: place.bodyBytes, body }, encoding),
    ...(state === 'scheduled' ? { ready_at: place.readyAtMs } : {}),
    ...(expiresAtMs === 0 ? {} : { expires_at: expiresAtMs }),
    ...(channel === undefined
      ? {}
      : { channel: channelName(channel), consumer_tag: place.consumer?.tag ?? null, delivery_tag: place.tag }),
  };
}

export const MESSAGES: readonly Endpoint[] = [
  endpoint({
    method: 'POST',
    path: '/api/queues/:vhost/:queue/browse',
    may: 'vhost',
    summary: 'Looks at messages where they are: neither their order nor their marks change.',
    body: z.strictObject({
      state: z.enum(['ready', 'unacked', 'scheduled']).default('ready'),
      from: POSITION,
      count: z.number().int().min(1).max(COUNT_MAX).default(50),
      truncate: z.number().int().min(0).max(TRUNCATE_MAX).default(TRUNCATE),
      encoding: z.enum(['auto', 'base64']).default('auto'),
      filter: FILTER.optional(),
    }),
    answers: z.object({
      items: z.array(z.looseObject({ id: z.number(), position: z.number(), state: z.string() })),
      examined: z.number(),
      next: z.number().nullable(),
    }),
    handle: async (request) => {
      const { vhost, queue } = readable(request);
      const { state, from, count, truncate, encoding, filter } = request.body;
      const { connections } = request.context.server;
      const asked = { state, from, count, filter, bodyBytesMax: truncate };
      const { messages, examined, next } = await browse(vhost, queue, connections, asked);
      const items = messages.map((message) => browsedView(message, state, encoding));
      return ok({ items, examined, next: next ?? null });
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/api/queues/:vhost/:queue/messages/:id',
    may: 'vhost',
    summary: 'Drops one message that is ready or waits for its time, by the id that browsing tells.',
    handle: async (request) => {
      const { vhost, queue } = readable(request);
      const dropped = await deleteMessages(vhost, queue, new Set([idOf(request.params.id)]));
      if (dropped === 0) throw objectNotFound();
      return noContent();
    },
  }),
  endpoint({
    method: 'POST',
    path: '/api/queues/:vhost/:queue/messages/:id/move',
    may: 'vhost',
    summary: 'Moves one message that is ready or waits for its time to the end of another queue.',
    body: z.strictObject({ queue: z.string() }),
    handle: async (request) => {
      const { vhost, queue } = readable(request);
      const target = vhost.queues.get(request.body.queue);
      if (target === undefined) throw notFound('queue_not_found');
      if (target === queue) throw badRequest('a message cannot be moved to the queue that it is in');
      changing(request, vhost, (actor) => {
        actor.access.check('write', 'queue', target.name);
        queueOfOwner(vhost, target, actor);
      });
      if (!(await moveMessage(vhost, queue, idOf(request.params.id), target))) throw objectNotFound();
      return noContent();
    },
  }),
  endpoint({
    method: 'POST',
    path: '/api/queues/:vhost/:queue/replay',
    may: 'vhost',
    summary:
      'Brings dead-lettered messages back to where they came from; with `dry_run`, only says what would go where.',
    body: z.strictObject({
      to: z.enum(['queue', 'exchange']).default('queue'),
      from: POSITION,
      count: z.number().int().min(1).max(REPLAYED_MAX).default(REPLAYED_MAX),
      filter: FILTER.optional(),
      dry_run: z.boolean().default(false),
    }),
    answers: z.object({
      dry_run: z.boolean(),
      examined: z.number(),
      replayed: z.number(),
      destinations: z.array(z.looseObject({ messages: z.number(), queues: z.array(z.string()) })),
      skipped: z.record(z.string(), z.number()),
      next: z.number().nullable(),
    }),
    handle: async (request) => {
      const { vhost, queue } = readable(request);
      const { to, from, count, filter, dry_run: dryRun } = request.body;
      const access = request.identity.access(vhost.name);
      const done = await replay(vhost, queue, access, { to, from, count, filter, dryRun });
      return ok({
        dry_run: dryRun,
        examined: done.examined,
        replayed: done.replayed,
        destinations: done.destinations.map(({ queue: died_in, exchange, routingKeys, queues, messages }) => ({
          died_in,
          exchange,
          routing_keys: routingKeys,
          queues,
          messages,
        })),
        skipped: Object.fromEntries(done.skipped),
        next: done.next ?? null,
      });
    },
  }),
  endpoint({
    method: 'GET',
    path: '/api/queues/:vhost/:queue/unacked',
    may: 'vhost',
    summary: 'Which messages are out with which consumers. LavinMQ has the same.',
    isList: true,
    answers: z.looseObject({ delivery_tag: z.number(), consumer_tag: z.string(), channel_name: z.string() }),
    handle: (request) => {
      const vhost = vhostOf(request);
      const queue = queueNamed(vhost, request.params.queue);
      return list(
        unackedOf(request.context.server.connections, vhost, queue).map(({ sequence, tag, consumer, channel }) => ({
          id: sequence,
          delivery_tag: tag,
          consumer_tag: consumer?.tag ?? '',
          channel_name: channelName(channel),
        })),
      );
    },
  }),
];
