import { z } from 'zod';
import { queueOfOwner } from '../../core/queue/access.ts';
import type { Queue } from '../../core/queue/queue.ts';
import { declareQueue, deleteQueue } from '../../core/topology/queues.ts';
import type { VirtualHost } from '../../core/vhost.ts';
import { type Answer, list, listOf, noContent, ok, put } from '../answer.ts';
import { changing, topologySaved } from '../changing.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { figuresView } from '../figures.ts';
import { openableVhosts, queueNamed, vhostOf, vhostToChange } from '../find.ts';
import { RANGE_QUERY } from '../ranges.ts';
import type { ApiRequest } from '../request.ts';
import { boolean, table } from '../terms_in.ts';
import { bindingView, defaultBinding } from '../views/binding.ts';
import { consumersOf, consumerView } from '../views/consumer.ts';
import { queueBasics, queueDetails, queueOwner, queueView } from '../views/queue.ts';
import { type Statistics, statisticsFor } from '../views/statistics.ts';

const QUEUE = z.looseObject({
  name: z.string(),
  vhost: z.string(),
  type: z.string(),
  durable: z.boolean(),
  auto_delete: z.boolean(),
  exclusive: z.boolean(),
  arguments: z.record(z.string(), z.unknown()),
  state: z.string(),
  messages: z.number(),
  messages_ready: z.number(),
  messages_unacknowledged: z.number(),
  consumers: z.number(),
});
const DECLARATION = z.object({
  durable: z.unknown().optional(),
  auto_delete: z.unknown().optional(),
  arguments: z.unknown().optional(),
});
const LIST_QUERY = {
  ...RANGE_QUERY,
  disable_stats: '`true` to leave out all that changes as messages come and go.',
  enable_queue_totals: '`true` to have the numbers of messages all the same.',
} as const;

interface Placed {
  readonly vhost: VirtualHost;
  readonly queue: Queue;
}

const COLUMNS = {
  name: ({ queue }: Placed) => queue.name,
  vhost: ({ vhost }: Placed) => vhost.name,
  type: ({ queue }: Placed) => queue.type,
  consumers: ({ queue }: Placed) => queue.consumers.size,
  messages: ({ queue }: Placed) => queue.readyCount + queue.counts.unacked,
  messages_ready: ({ queue }: Placed) => queue.readyCount,
  messages_unacknowledged: ({ queue }: Placed) => queue.counts.unacked,
} as const;

function queuesOf(vhosts: readonly VirtualHost[]): Placed[] {
  const placed: Placed[] = [];
  for (const vhost of vhosts) {
    for (const queue of vhost.queues.values()) placed.push({ vhost, queue });
  }
  return placed;
}

function queueList(request: ApiRequest, placed: readonly Placed[]): Answer {
  const { query } = request;
  const statistics = statisticsFor(request);
  if (query.get('disable_stats') !== 'true') {
    return listOf(placed, COLUMNS, ({ vhost, queue }) => queueView(vhost, queue, statistics), countedOf(statistics));
  }
  const totals = query.get('enable_queue_totals') === 'true';
  return listOf(placed, COLUMNS, ({ vhost, queue }) => ({
    ...queueBasics(vhost, queue),
    ...(totals ? totalsOf(queue) : {}),
  }));
}

function detailedList(request: ApiRequest): Answer {
  const statistics = statisticsFor(request);
  const view = ({ vhost, queue }: Placed): unknown => ({
    ...queueView(vhost, queue, statistics),
    ...queueDetails(vhost, queue, statistics),
  });
  return listOf(queuesOf(openableVhosts(request)), COLUMNS, view, countedOf(statistics));
}

function countedOf({ metrics, ranges }: Statistics): (placed: Placed) => unknown {
  return ({ queue }) => figuresView(metrics.queue(queue, ranges));
}

function totalsOf({ readyCount, counts: { unacked } }: Queue): Readonly<Record<string, number>> {
  return { messages: readyCount + unacked, messages_ready: readyCount, messages_unacknowledged: unacked };
}

export const QUEUES: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/api/queues',
    may: 'management',
    summary: 'The queues of all virtual hosts that he may open.',
    isList: true,
    query: LIST_QUERY,
    answers: QUEUE,
    handle: (request) => queueList(request, queuesOf(openableVhosts(request))),
  }),
  endpoint({
    method: 'GET',
    path: '/api/queues/detailed',
    may: 'management',
    summary: 'The same, with all that is told of a queue that is asked for by itself but its consumers.',
    isList: true,
    answers: QUEUE,
    handle: detailedList,
  }),
  endpoint({
    method: 'GET',
    path: '/api/queues/:vhost',
    may: 'vhost',
    summary: 'The queues of one virtual host.',
    isList: true,
    query: LIST_QUERY,
    answers: QUEUE,
    handle: (request) => queueList(request, queuesOf([vhostOf(request)])),
  }),
  endpoint({
    method: 'GET',
    path: '/api/users/:user/queues',
    may: 'management',
    summary: 'The queues of all virtual hosts that he may open, whoever made them.',
    isList: true,
    answers: QUEUE,
    handle: detailedList,
  }),
  endpoint({
    method: 'GET',
    path: '/api/queues/:vhost/:queue',
    may: 'vhost',
    summary: 'One queue, and its consumers.',
    answers: QUEUE,
    handle: (request) => {
      const vhost = vhostOf(request);
      const queue = queueNamed(vhost, request.params.queue);
      const consumer_details = consumersOf(queue).map(consumerView);
      const details = { ...queueOwner(queue), consumer_details, deliveries: [], incoming: [] };
      const statistics = statisticsFor(request);
      return ok({ ...queueView(vhost, queue, statistics), ...queueDetails(vhost, queue, statistics), ...details });
    },
  }),
  endpoint({
    method: 'PUT',
    path: '/api/queues/:vhost/:queue',
    may: 'vhost',
    summary: 'Declares a queue, as queue.declare does.',
    body: DECLARATION,
    handle: async (request) => {
      const { body, params } = request;
      const vhost = vhostToChange(request);
      const declaration = {
        queue: params.queue,
        passive: false,
        durable: boolean(body.durable),
        exclusive: false,
        autoDelete: boolean(body.auto_delete),
        arguments: table(body.arguments),
      };
      const isNew = !vhost.queues.has(declaration.queue);
      changing(request, vhost, (actor) => declareQueue(vhost, declaration, actor));
      await topologySaved(vhost);
      return put(isNew);
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/api/queues/:vhost/:queue',
    may: 'vhost',
    summary: 'Deletes a queue; with `if-empty=true` or `if-unused=true`, only if it has no messages or consumers.',
    query: {
      'if-empty': '`true` to delete it only if it has no messages.',
      'if-unused': '`true` to delete it only if it has no consumers.',
    },
    handle: async (request) => {
      const vhost = vhostOf(request);
      const { name } = queueNamed(vhost, request.params.queue);
      const deletion = {
        queue: name,
        ifEmpty: request.query.get('if-empty') === 'true',
        ifUnused: request.query.get('if-unused') === 'true',
      };
      changing(request, vhost, (actor) => deleteQueue(vhost, deletion, actor));
      await topologySaved(vhost);
      return noContent();
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/api/queues/:vhost/:queue/contents',
    may: 'vhost',
    summary: 'Drops all messages that are not with a consumer.',
    handle: (request) => {
      const vhost = vhostOf(request);
      const queue = queueNamed(vhost, request.params.queue);
      changing(request, vhost, (actor) => {
        actor.access.check('read', 'queue', queue.name);
        queueOfOwner(vhost, queue, actor).purge();
      });
      return noContent();
    },
  }),
  endpoint({
    method: 'GET',
    path: '/api/queues/:vhost/:queue/bindings',
    may: 'vhost',
    summary: 'The bindings that lead to a queue.',
    isList: true,
    handle: (request) => {
      const vhost = vhostOf(request);
      const { queue: name } = request.params;
      const bindings = [defaultBinding({ kind: 'queue', name }), ...vhost.bindings.ofDestination('queue', name)];
      return list(bindings.map((binding) => bindingView(vhost, binding)));
    },
  }),
];
