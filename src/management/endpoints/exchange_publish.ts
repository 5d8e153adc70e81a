import { z } from 'zod';
import { propertiesFromJson } from '../../admin/messages/properties_json.ts';
import { publishMessage } from '../../admin/messages/publish.ts';
import { AmqpError } from '../../codec/errors.ts';
import type { BasicProperties } from '../../codec/properties.ts';
import { ok } from '../answer.ts';
import { badRequest, notFound } from '../api_error.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { exchangeName, vhostToChange } from '../find.ts';
import { hasNull } from '../terms_in.ts';

const NOT = { string: 'not_string', number: 'not_int', table: 'not_table' } as const;
const ROUTING_KEY_BYTES_MAX = 255;

export const EXCHANGE_PUBLISH: readonly Endpoint[] = [
  endpoint({
    method: 'POST',
    path: '/api/exchanges/:vhost/:exchange/publish',
    may: 'vhost',
    summary: 'Publishes a message, and answers whether it was routed to a queue.',
    body: z.object({
      properties: z.union([z.record(z.string(), z.unknown()), z.array(z.never())]),
      routing_key: z.string(),
      payload: z.unknown().refine((value) => value !== undefined),
      payload_encoding: z.string(),
    }),
    answers: z.object({ routed: z.boolean() }),
    handle: async (request) => {
      const { body, identity, params } = request;
      const vhost = vhostToChange(request);
      const exchange = exchangeName(params.exchange);
      if (!vhost.exchanges.has(exchange)) throw notFound('exchange_not_found');
      const message = {
        exchange,
        routingKey: checkKey(body.routing_key),
        body: readPayload(body.payload, body.payload_encoding),
        properties: readProperties(body.properties),
      };
      const { name, tags } = identity.user;
      const publisher = {
        name,
        impersonates: tags.includes('impersonator'),
        access: identity.access(vhost.name),
        sizes: request.context.server.counters.sizes,
      };
      const outcome = await publishMessage(vhost, publisher, message).catch((error: unknown) => {
        throw error instanceof AmqpError ? badRequest(`${error.code} ${error.message}`) : error;
      });
      if (outcome === 'refused') throw badRequest('rejected Unable to publish message. Check queue limits.');
      return ok({ routed: outcome === 'routed' });
    },
  }),
];

function checkKey(key: string): string {
  if (Buffer.byteLength(key) > ROUTING_KEY_BYTES_MAX) throw badRequest('routing_key_too_long');
  return key;
}

function readPayload(payload: unknown, encoding: string): Uint8Array {
  if (typeof payload !== 'string') throw badRequest('payload_not_string');
  if (encoding === 'string') return Buffer.from(payload);
  if (encoding !== 'base64') throw badRequest(['unsupported_encoding', encoding]);
  const compact = payload.replace(/\s/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(compact) || compact.length % 4 !== 0) throw badRequest(['not_base64', payload]);
  return Buffer.from(compact, 'base64');
}

function readProperties(json: Readonly<Record<string, unknown>> | readonly never[]): BasicProperties {
  if (Array.isArray(json)) return {};
  if (hasNull(json)) throw badRequest('null_not_allowed');
  const properties = propertiesFromJson(json as Readonly<Record<string, unknown>>);
  if ('expected' in properties) throw badRequest([NOT[properties.expected], properties.name]);
  return properties;
}
