import { z } from 'zod';
import type { Queue } from '../../core/queue/queue.ts';
import { pauseQueue, resumeQueue } from '../../core/topology/pause.ts';
import type { VirtualHost } from '../../core/vhost.ts';
import { type Answer, noContent } from '../answer.ts';
import { badRequest, notFound } from '../api_error.ts';
import { changing, topologySaved } from '../changing.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { queueNamed, vhostOf, vhostToChange } from '../find.ts';
import type { ApiRequest } from '../request.ts';

type QueueRequest = ApiRequest<'vhost' | 'queue'>;

/** For who may configure the queue. */
async function change(request: QueueRequest, act: (vhost: VirtualHost, queue: Queue) => void): Promise<Answer> {
  const vhost = vhostOf(request);
  const queue = queueNamed(vhost, request.params.queue);
  changing(request, vhost, (actor) => {
    actor.access.check('configure', 'queue', queue.name);
    act(vhost, queue);
  });
  await topologySaved(vhost);
  return noContent();
}

export const QUEUE_ACTIONS: readonly Endpoint[] = [
  endpoint({
    method: 'PUT',
    path: '/api/queues/:vhost/:queue/pause',
    may: 'vhost',
    summary: 'Pauses a queue: it takes messages, and delivers none. LavinMQ has the same.',
    handle: (request) => change(request, pauseQueue),
  }),
  endpoint({
    method: 'PUT',
    path: '/api/queues/:vhost/:queue/resume',
    may: 'vhost',
    summary: 'Has a paused queue deliver again.',
    handle: (request) => change(request, resumeQueue),
  }),
  endpoint({
    method: 'POST',
    path: '/api/queues/:vhost/:queue/actions',
    may: 'administrator',
    summary: "Pauses or resumes a queue; RabbitMQ's sync and cancel_sync are unknown, as they are there since 4.0.",
    body: z.object({ action: z.string() }),
    handle: (request) => {
      const { action } = request.body;
      const vhost = vhostToChange(request);
      if (!vhost.queues.has(request.params.queue)) throw notFound('queue_not_found');
      if (action === 'pause') return change(request, pauseQueue);
      if (action === 'resume') return change(request, resumeQueue);
      throw badRequest(['unknown', action]);
    },
  }),
];
