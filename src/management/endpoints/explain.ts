import { z } from 'zod';
import { propertiesFromJson } from '../../admin/messages/properties_json.ts';
import { EMPTY_TABLE, toPlain } from '../../codec/table.ts';
import { type ExplainedExchange, explainRoute } from '../../core/explain.ts';
import { readCopies } from '../../server/channel/carbon_copy.ts';
import { ok } from '../answer.ts';
import { badRequest } from '../api_error.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { exchangeNamed, vhostOf } from '../find.ts';
import { hasNull } from '../terms_in.ts';

function view({ exchange, via, matched, bindings, moreBindings }: ExplainedExchange): unknown {
  return {
    exchange: exchange.name,
    type: exchange.properties.type,
    via: via.kind,
    ...(via.from === undefined ? {} : { from: via.from }),
    matched,
    bindings: bindings.map(({ binding, matches, why }) => ({
      destination: binding.destination.name,
      destination_type: binding.destination.kind,
      routing_key: binding.routingKey,
      arguments: toPlain(binding.arguments),
      matches,
      why,
    })),
    more_bindings: moreBindings,
  };
}

export const EXPLAIN: readonly Endpoint[] = [
  endpoint({
    method: 'POST',
    path: '/api/exchanges/:vhost/:exchange/explain',
    may: 'vhost',
    summary: 'Says where a message would go and why, and why other queues would not get it; nothing is published.',
    body: z.strictObject({
      routing_key: z.string().default(''),
      headers: z.record(z.string(), z.unknown()).default({}),
      properties: z.record(z.string(), z.unknown()).default({}),
    }),
    answers: z.object({
      routed: z.boolean(),
      queues: z.array(z.string()),
      exchanges: z.array(z.looseObject({ exchange: z.string(), matched: z.boolean() })),
      others: z.array(z.object({ queue: z.string(), why: z.string() })),
    }),
    handle: (request) => {
      const { body, params } = request;
      const vhost = vhostOf(request);
      const { name: exchange } = exchangeNamed(vhost, params.exchange);
      const json = { ...body.properties, headers: body.headers };
      const properties = hasNull(json) ? undefined : propertiesFromJson(json);
      if (properties === undefined || 'expected' in properties) throw badRequest('properties that no message can have');
      const copies = readCopies(properties.headers ?? EMPTY_TABLE);
      const routingKeys = [body.routing_key, ...copies.routingKeys];
      const routed = { ...properties, headers: copies.headers };
      const { exchanges, queues, others } = explainRoute(vhost, { exchange, routingKeys, properties: routed });
      return ok({ routed: queues.length > 0, queues, exchanges: exchanges.map(view), others });
    },
  }),
];
