import { z } from 'zod';
import { queueOfOwner } from '../../core/queue/access.ts';
import type { Queue } from '../../core/queue/queue.ts';
import { declareQueue, deleteQueue, purgeQueue } from '../../core/topology/queues.ts';
import type { VirtualHost } from '../../core/vhost.ts';
import { LazyList } from '../../lib/lazy_list.ts';
import { type Answer, type Column, listOf, noContent, ok, put } from '../answer.ts';
import { changing, topologySaved } from '../changing.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { figurePath } from '../figures.ts';
import { openableVhosts, queueNamed, vhostOf, vhostToChange } from '../find.ts';
import { RANGE_QUERY } from '../ranges.ts';
import type { ApiRequest } from '../request.ts';
import { unsorted } from '../sources.ts';
import { boolean, table } from '../terms_in.ts';
import { type PlacedQueue, queuesIn } from '../topology_lists.ts';
import { bindingView, defaultBinding } from '../views/binding.ts';
import { consumersOf, consumerView } from '../views/consumer.ts';
import { QUEUE_FIELDS, queueBasics, queueDetails, queueOwner, queueView } from '../views/queue.ts';
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

/** Of all lists of queues. */
const COLUMNS = {
  name: ({ queue }: PlacedQueue) => queue.name,
  vhost: ({ vhost }: PlacedQueue) => vhost.name,
  type: ({ queue }: PlacedQueue) => queue.type,
  consumers: ({ queue }: PlacedQueue) => queue.consumers.size,
  messages: ({ queue }: PlacedQueue) => queue.readyCount + queue.counts.unacked,
  messages_ready: ({ queue }: PlacedQueue) => queue.readyCount,
  messages_unacknowledged: ({ queue }: PlacedQueue) => queue.counts.unacked,
} as const;

async function queueList(request: ApiRequest, vhosts: readonly VirtualHost[]): Promise<Answer> {
  const { query } = request;
  const statistics = statisticsFor(request);
  const queues = await queuesIn(vhosts);
  if (query.get('disable_stats') !== 'true') {
    const view = ({ vhost, queue }: PlacedQueue): unknown => queueView(vhost, queue, statistics);
    return listOf(queues, COLUMNS, view, figureColumns(statistics));
  }
  const totals = query.get('enable_queue_totals') === 'true';
  return listOf(queues, COLUMNS, ({ vhost, queue }) => ({
    ...queueBasics(vhost, queue),
    ...(totals ? totalsOf(queue) : {}),
  }));
}

async function detailedList(request: ApiRequest): Promise<Answer> {
  const statistics = statisticsFor(request);
  const view = ({ vhost, queue }: PlacedQueue): unknown =>
    queueView(vhost, queue, statistics, queueDetails(vhost, queue, statistics));
  return listOf(await queuesIn(openableVhosts(request)), COLUMNS, view, figureColumns(statistics));
}

function figureColumns({ metrics }: Statistics): (name: string) => Column<PlacedQueue> | undefined {
  return (name) => {
    const path = figurePath(name);
    const field = QUEUE_FIELDS.get(name) ?? (path === undefined ? undefined : metrics.queueFigure(path));
    return field === undefined ? undefined : ({ queue }) => field(queue);
  };
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
    handle: (request) => queueList(request, openableVhosts(request)),
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
    handle: (request) => queueList(request, [vhostOf(request)]),
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
      const consumer_details = LazyList.of(consumersOf(queue), consumerView);
      const statistics = statisticsFor(request);
      const view = queueView(vhost, queue, statistics, queueDetails(vhost, queue, statistics));
      return ok({ ...view, ...queueOwner(queue), consumer_details, deliveries: [], incoming: [] });
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
      await new Promise<number>((done) => {
        changing(request, vhost, (actor) => deleteQueue(vhost, deletion, actor, done));
      });
      await topologySaved(vhost);
      return noContent();
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/api/queues/:vhost/:queue/contents',
    may: 'vhost',
    summary: 'Drops all messages that are not with a consumer.',
    handle: async (request) => {
      const vhost = vhostOf(request);
      const queue = queueNamed(vhost, request.params.queue);
      await new Promise<number>((done) => {
        changing(request, vhost, (actor) => {
          actor.access.check('read', 'queue', queue.name);
          purgeQueue(vhost, queueOfOwner(vhost, queue, actor), done);
        });
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
      return listOf(unsorted(bindings), {}, (binding) => bindingView(vhost, binding));
    },
  }),
];
