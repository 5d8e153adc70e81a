import { z } from 'zod';
import type { Binding } from '../../core/exchange/binding.ts';
import { declareExchange, deleteExchange } from '../../core/topology/exchanges.ts';
import type { VirtualHost } from '../../core/vhost.ts';
import { type Answer, type Column, listOf, noContent, ok, put } from '../answer.ts';
import { changing, topologySaved } from '../changing.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { figurePath } from '../figures.ts';
import { exchangeName, exchangeNamed, openableVhosts, vhostOf, vhostToChange } from '../find.ts';
import { RANGE_QUERY } from '../ranges.ts';
import type { ApiRequest } from '../request.ts';
import { unsorted } from '../sources.ts';
import { boolean, table, text } from '../terms_in.ts';
import { exchangesIn, type PlacedExchange } from '../topology_lists.ts';
import { bindingView } from '../views/binding.ts';
import { exchangeView, isTold } from '../views/exchange.ts';
import { statisticsFor } from '../views/statistics.ts';

const EXCHANGE = z.looseObject({
  name: z.string(),
  vhost: z.string(),
  type: z.string(),
  durable: z.boolean(),
  auto_delete: z.boolean(),
  internal: z.boolean(),
  arguments: z.record(z.string(), z.unknown()),
});
const DECLARATION = z.object({
  type: z.unknown().optional(),
  durable: z.unknown().optional(),
  auto_delete: z.unknown().optional(),
  internal: z.unknown().optional(),
  arguments: z.unknown().optional(),
});

const COLUMNS = {
  name: ({ exchange }: PlacedExchange) => exchange.name,
  vhost: ({ vhost }: PlacedExchange) => vhost.name,
  type: ({ exchange }: PlacedExchange) => exchange.properties.type,
} as const;

async function exchangeList(request: ApiRequest, vhosts: readonly VirtualHost[]): Promise<Answer> {
  const statistics = statisticsFor(request);
  const view = ({ vhost, exchange }: PlacedExchange): unknown => exchangeView(vhost, exchange, statistics);
  const figures = (name: string): Column<PlacedExchange> | undefined => {
    const path = figurePath(name);
    if (path === undefined || !isTold(path.name)) return undefined;
    const figure = statistics.metrics.exchangeFigure(path);
    return figure === undefined ? undefined : ({ exchange }) => figure(exchange);
  };
  return listOf(await exchangesIn(vhosts), COLUMNS, view, figures);
}

function bindingList(vhost: VirtualHost, bindings: readonly Binding[]): Answer {
  return listOf(unsorted(bindings), {}, (binding) => bindingView(vhost, binding));
}

export const EXCHANGES: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/api/exchanges',
    may: 'management',
    summary: 'The exchanges of all virtual hosts that he may open.',
    isList: true,
    answers: EXCHANGE,
    query: RANGE_QUERY,
    handle: (request) => exchangeList(request, openableVhosts(request)),
  }),
  endpoint({
    method: 'GET',
    path: '/api/exchanges/:vhost',
    may: 'vhost',
    summary: 'The exchanges of one virtual host.',
    isList: true,
    answers: EXCHANGE,
    query: RANGE_QUERY,
    handle: (request) => exchangeList(request, [vhostOf(request)]),
  }),
  endpoint({
    method: 'GET',
    path: '/api/exchanges/:vhost/:exchange',
    may: 'vhost',
    summary: 'One exchange; `amq.default` is the default exchange.',
    answers: EXCHANGE,
    handle: (request) => {
      const vhost = vhostOf(request);
      const exchange = exchangeNamed(vhost, request.params.exchange);
      return ok({ ...exchangeView(vhost, exchange, statisticsFor(request)), incoming: [], outgoing: [] });
    },
  }),
  endpoint({
    method: 'PUT',
    path: '/api/exchanges/:vhost/:exchange',
    may: 'vhost',
    summary: 'Declares an exchange, as exchange.declare does.',
    body: DECLARATION,
    handle: async (request) => {
      const { body, params } = request;
      const vhost = vhostToChange(request);
      const type = text(body.type, 'direct');
      const declaration = {
        exchange: exchangeName(params.exchange),
        type,
        passive: false,
        durable: boolean(body.durable),
        autoDelete: boolean(body.auto_delete),
        internal: boolean(body.internal),
        arguments: table(body.arguments),
      };
      const isNew = !vhost.exchanges.has(declaration.exchange);
      changing(request, vhost, (actor) => declareExchange(vhost, declaration, actor));
      await topologySaved(vhost);
      return put(isNew);
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/api/exchanges/:vhost/:exchange',
    may: 'vhost',
    summary: 'Deletes an exchange; with `if-unused=true`, only if nothing is bound to it.',
    query: { 'if-unused': '`true` to delete it only if it is the source of no binding.' },
    handle: async (request) => {
      const vhost = vhostOf(request);
      const { name } = exchangeNamed(vhost, request.params.exchange);
      const ifUnused = request.query.get('if-unused') === 'true';
      changing(request, vhost, (actor) => deleteExchange(vhost, name, ifUnused, actor));
      await topologySaved(vhost);
      return noContent();
    },
  }),
  endpoint({
    method: 'GET',
    path: '/api/exchanges/:vhost/:exchange/bindings/source',
    may: 'vhost',
    summary: 'The bindings of which an exchange is the source.',
    isList: true,
    handle: (request) => {
      const vhost = vhostOf(request);
      return bindingList(vhost, vhost.bindings.ofSource(exchangeName(request.params.exchange)));
    },
  }),
  endpoint({
    method: 'GET',
    path: '/api/exchanges/:vhost/:exchange/bindings/destination',
    may: 'vhost',
    summary: 'The bindings of which an exchange is the destination.',
    isList: true,
    handle: (request) => {
      const vhost = vhostOf(request);
      return bindingList(vhost, vhost.bindings.ofDestination('exchange', exchangeName(request.params.exchange)));
    },
  }),
];
