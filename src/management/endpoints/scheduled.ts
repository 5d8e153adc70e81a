import { z } from 'zod';
import { propertiesJson } from '../../admin/messages/properties_json.ts';
import { type Scheduled, type ScheduledMessage, type ScheduledPlace, scheduledIn } from '../../admin/scheduled.ts';
import { fromPlain } from '../../codec/table.ts';
import type { Access } from '../../core/access.ts';
import { type Answer, noContent, ok } from '../answer.ts';
import { badRequest, objectNotFound } from '../api_error.ts';
import { changing } from '../changing.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { exchangeNamed, queueNamed, vhostOf } from '../find.ts';
import type { ApiRequest } from '../request.ts';

/** Messages that wait for their time: in a queue, or in an exchange of type x-delayed-message. */

const COUNT = 100;
const COUNT_MAX = 500;
const RESCHEDULE = z.strictObject({ ready_at: z.number().int().min(0) });

type PlaceKind = 'queues' | 'exchanges';

/** Of which one may look into, who could get its messages: of a queue, read from it; of an exchange, bind to it. */
function scheduledOf(kind: PlaceKind, request: ApiRequest<'vhost' | 'name'>): Scheduled {
  const vhost = vhostOf(request);
  const { name } = request.params;
  const found = kind === 'queues' ? queueNamed(vhost, name) : exchangeNamed(vhost, name);
  changing(request, vhost, ({ access }) => checkRead(access, kind, found.name));
  const place: ScheduledPlace = kind === 'queues' ? { queue: found.name } : { exchange: found.name };
  return scheduledIn(vhost, place);
}

function checkRead(access: Access, kind: PlaceKind, name: string): void {
  access.check('read', kind === 'queues' ? 'queue' : 'exchange', name);
}

function view(message: ScheduledMessage): unknown {
  const { id, readyAtMs, redelivered, exchange, routingKey, properties, headers, bodyBytes } = message;
  const table = Object.keys(headers).length === 0 ? {} : { headers: fromPlain(headers) };
  return {
    id,
    ready_at: readyAtMs,
    redelivered,
    exchange,
    routing_key: routingKey,
    properties: propertiesJson({ ...properties, ...table }),
    payload_bytes: bodyBytes,
  };
}

function idOf(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw objectNotFound();
  return Number(text);
}

function range(query: URLSearchParams, name: string, otherwise: number, most: number): number {
  const text = query.get(name);
  if (text === null) return otherwise;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value <= most)) throw badRequest(`${name} must be a whole number, at most ${most}`);
  return value;
}

async function listed(scheduled: Scheduled, query: URLSearchParams): Promise<Answer> {
  const skip = range(query, 'from', 0, Number.MAX_SAFE_INTEGER);
  const count = range(query, 'count', COUNT, COUNT_MAX);
  const messages = await scheduled.list({ skip, count });
  return ok({ total: scheduled.length, bytes: scheduled.bytes, items: messages.map(view) });
}

function endpointsOf(kind: PlaceKind, thing: string): readonly Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: `/api/${kind}/:vhost/:name/scheduled`,
      may: 'vhost',
      summary: `The messages that wait for their time in ${thing}, those that are due first first.`,
      query: { from: 'How many of the first to pass over.', count: `How many to answer, at most ${COUNT_MAX}.` },
      answers: z.object({ total: z.number(), bytes: z.number(), items: z.array(z.looseObject({ id: z.number() })) }),
      handle: (request) => listed(scheduledOf(kind, request), request.query),
    }),
    endpoint({
      method: 'PUT',
      path: `/api/${kind}/:vhost/:name/scheduled/:id`,
      may: 'vhost',
      summary: `Gives a message that waits in ${thing} another time, in milliseconds since 1970.`,
      body: RESCHEDULE,
      handle: async (request) => {
        const scheduled = scheduledOf(kind, request);
        const done = await scheduled
          .reschedule(idOf(request.params.id), request.body.ready_at)
          .catch((error: Error) => {
            throw error instanceof RangeError ? badRequest(error.message) : error;
          });
        if (!done) throw objectNotFound();
        return noContent();
      },
    }),
    endpoint({
      method: 'DELETE',
      path: `/api/${kind}/:vhost/:name/scheduled/:id`,
      may: 'vhost',
      summary: `Drops a message that waits in ${thing}.`,
      handle: async (request) => {
        const scheduled = scheduledOf(kind, request);
        if ((await scheduled.cancel([idOf(request.params.id)])) === 0) throw objectNotFound();
        return noContent();
      },
    }),
  ];
}

export const SCHEDULED: readonly Endpoint[] = [
  ...endpointsOf('queues', 'a queue'),
  ...endpointsOf('exchanges', 'an exchange of type x-delayed-message'),
];
