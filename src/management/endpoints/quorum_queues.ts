import { z } from 'zod';
import { BROKER_NODE } from '../../core/names.ts';
import { queueType } from '../../core/queue/arguments.ts';
import type { Queue } from '../../core/queue/queue.ts';
import { type Answer, noContent, ok } from '../answer.ts';
import { ApiError } from '../api_error.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { queueNamed, vhostOf } from '../find.ts';
import type { ApiRequest } from '../request.ts';
import { checkNode, isThisNode } from '../this_node.ts';

/** What RabbitMQ answers of quorum queues whose only replica is on the node that is asked. */

const NODE = z.object({ node: z.string() });

function unavailable(reason: string): ApiError {
  return new ApiError(503, 'service_unavailable', reason);
}

/** Throws for a queue of another type. */
function quorumQueue(request: ApiRequest<'vhost' | 'queue'>): Queue {
  const queue = queueNamed(vhostOf(request), request.params.queue);
  if (queueType(queue.properties) !== 'quorum') throw unavailable('classic_queue_not_supported');
  return queue;
}

function status(request: ApiRequest<'vhost' | 'queue'>): Answer {
  const queue = queueNamed(vhostOf(request), request.params.queue);
  if (queueType(queue.properties) !== 'quorum') {
    return { status: 503, json: { status: 'failed', reason: 'classic_queue_not_supported' } };
  }
  const index = queue.nextSequence - 1;
  return ok([
    {
      'Node Name': BROKER_NODE,
      'Raft State': 'leader',
      Membership: 'voter',
      'Last Log Index': index,
      'Last Written': index,
      'Last Applied': index,
      'Commit Index': index,
      'Snapshot Index': -1,
      Term: 1,
      'Machine Version': 8,
    },
  ]);
}

export const QUORUM_QUEUES: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/api/queues/quorum/:vhost/:queue/status',
    may: 'vhost',
    summary: 'The state of the only replica of a quorum queue.',
    handle: status,
  }),
  endpoint({
    method: 'POST',
    path: '/api/queues/quorum/:vhost/:queue/replicas/add',
    may: 'administrator',
    summary: 'Nothing is left to do for the node that there is; there are no others.',
    body: NODE,
    handle: (request) => {
      quorumQueue(request);
      if (!isThisNode(request.body.node)) throw unavailable('node_not_running');
      return noContent();
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/api/queues/quorum/:vhost/:queue/replicas/delete',
    may: 'administrator',
    summary: 'The last replica of a queue cannot go.',
    body: NODE,
    handle: (request) => {
      quorumQueue(request);
      throw unavailable(isThisNode(request.body.node) ? 'last_node' : 'not_a_member');
    },
  }),
  endpoint({
    method: 'POST',
    path: '/api/queues/quorum/replicas/on/:node/grow',
    may: 'administrator',
    summary: 'All quorum queues have a replica on the only node already.',
    body: z.object({ vhost_pattern: z.string(), queue_pattern: z.string(), strategy: z.string() }),
    handle: ({ params }) => {
      checkNode(params.node);
      return noContent();
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/api/queues/quorum/replicas/on/:node/shrink',
    may: 'administrator',
    summary: 'The last replicas of queues cannot go: they stay.',
    handle: ({ params }) => {
      checkNode(params.node);
      return noContent();
    },
  }),
];
