import { z } from 'zod';
import type { Binding } from '../../core/exchange/binding.ts';
import { type BindingRequest, bind, unbind } from '../../core/topology/exchanges.ts';
import type { VirtualHost } from '../../core/vhost.ts';
import { created, listOf, noContent, ok } from '../answer.ts';
import { objectNotFound } from '../api_error.ts';
import { changing, topologySaved } from '../changing.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { exchangeName, openableVhosts, vhostOf, vhostToChange } from '../find.ts';
import { unsorted } from '../sources.ts';
import { table, text } from '../terms_in.ts';
import { bindingsIn, type PlacedBinding } from '../topology_lists.ts';
import { bindingView, defaultBinding, isMeant, propertiesKey } from '../views/binding.ts';

const BINDING = z.object({
  source: z.string(),
  vhost: z.string(),
  destination: z.string(),
  destination_type: z.string(),
  routing_key: z.string(),
  arguments: z.record(z.string(), z.unknown()),
  properties_key: z.string(),
});

function view({ vhost, binding }: PlacedBinding): unknown {
  return bindingView(vhost, binding);
}

/** In the order in which RabbitMQ has them. */
const COLUMNS = {
  vhost: ({ vhost }: PlacedBinding) => vhost.name,
  name: ({ binding }: PlacedBinding) => [binding.source, binding.destination.name, binding.routingKey],
} as const;

interface Ends {
  readonly source: string;
  readonly dtype: string;
  readonly destination: string;
}

/** Throws for a type of destination that there is not. */
function kindOf({ dtype }: Ends): 'queue' | 'exchange' {
  if (dtype === 'q') return 'queue';
  if (dtype === 'e') return 'exchange';
  throw objectNotFound();
}

/** Those between two ends, the one to a queue by its name among them. */
function between(vhost: VirtualHost, ends: Ends): Binding[] {
  const kind = kindOf(ends);
  const source = exchangeName(ends.source);
  const name = kind === 'exchange' ? exchangeName(ends.destination) : ends.destination;
  if (source === '') return kind === 'queue' && vhost.queues.has(name) ? [defaultBinding({ kind, name })] : [];
  return vhost.bindings.ofDestination(kind, name).filter((binding) => binding.source === source);
}

/** Throws where there is none. */
function bindingNamed(vhost: VirtualHost, ends: Ends & { readonly props: string }): Binding {
  const found = between(vhost, ends).find((binding) => isMeant(binding, ends.props));
  if (found === undefined) throw objectNotFound();
  return found;
}

export const BINDINGS: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/api/bindings',
    may: 'management',
    summary: 'The bindings of all virtual hosts that he may open.',
    isList: true,
    answers: BINDING,
    handle: async (request) => listOf(await bindingsIn(openableVhosts(request)), COLUMNS, view),
  }),
  endpoint({
    method: 'GET',
    path: '/api/bindings/:vhost',
    may: 'vhost',
    summary: 'The bindings of one virtual host.',
    isList: true,
    answers: BINDING,
    handle: async (request) => listOf(await bindingsIn([vhostOf(request)]), COLUMNS, view),
  }),
  endpoint({
    method: 'GET',
    path: '/api/bindings/:vhost/e/:source/:dtype/:destination',
    may: 'vhost',
    summary: 'The bindings between an exchange and a queue (`q`) or an exchange (`e`).',
    isList: true,
    answers: BINDING,
    handle: (request) => {
      const vhost = vhostOf(request);
      const bindings = between(vhost, request.params);
      return listOf(unsorted(bindings.map((binding) => ({ vhost, binding }))), COLUMNS, view);
    },
  }),
  endpoint({
    method: 'POST',
    path: '/api/bindings/:vhost/e/:source/:dtype/:destination',
    may: 'vhost',
    summary: 'Binds, and answers in the header Location where the binding is.',
    body: z.object({ routing_key: z.unknown().optional(), arguments: z.unknown().optional() }),
    handle: async (request) => {
      const { params, body } = request;
      const vhost = vhostToChange(request);
      const binding: BindingRequest = {
        source: exchangeName(params.source),
        destination: params.destination,
        destinationKind: kindOf(params),
        routingKey: text(body.routing_key, ''),
        arguments: table(body.arguments),
      };
      changing(request, vhost, (actor) => bind(vhost, binding, actor));
      await topologySaved(vhost);
      const destination = { kind: binding.destinationKind, name: binding.destination };
      const key = propertiesKey({ ...binding, destination });
      return created(`${encodeURIComponent(binding.destination)}/${encodeURIComponent(key)}`);
    },
  }),
  endpoint({
    method: 'GET',
    path: '/api/bindings/:vhost/e/:source/:dtype/:destination/:props',
    may: 'vhost',
    summary: 'One binding, by its properties_key.',
    answers: BINDING,
    handle: (request) => {
      const vhost = vhostOf(request);
      return ok(bindingView(vhost, bindingNamed(vhost, request.params)));
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/api/bindings/:vhost/e/:source/:dtype/:destination/:props',
    may: 'vhost',
    summary: 'Unbinds.',
    handle: async (request) => {
      const vhost = vhostOf(request);
      const { source, destination, routingKey, arguments: table } = bindingNamed(vhost, request.params);
      const binding: BindingRequest = {
        source,
        destination: destination.name,
        destinationKind: destination.kind,
        routingKey,
        arguments: table,
      };
      changing(request, vhost, (actor) => unbind(vhost, binding, actor));
      await topologySaved(vhost);
      return noContent();
    },
  }),
];
