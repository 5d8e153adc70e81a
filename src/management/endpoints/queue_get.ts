import { z } from 'zod';
import { ACK_MODES, type AckMode, getMessages } from '../../admin/messages/get.ts';
import { AmqpError } from '../../codec/errors.ts';
import { queueOfOwner } from '../../core/queue/access.ts';
import type { Queue } from '../../core/queue/queue.ts';
import type { VirtualHost } from '../../core/vhost.ts';
import { list } from '../answer.ts';
import { badRequest, notAuthorised, notFound } from '../api_error.ts';
import { changing } from '../changing.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { vhostToChange } from '../find.ts';
import type { ApiRequest } from '../request.ts';
import { integer } from '../terms_in.ts';
import { messageView, type PayloadEncoding } from '../views/message.ts';

const ENCODINGS = ['auto', 'base64'];
const VALID = 'ack_requeue_true, ack_requeue_false, reject_requeue_true, reject_requeue_false';
const PRESENT = z.unknown().refine((value) => value !== undefined);

export const QUEUE_GET: readonly Endpoint[] = [
  endpoint({
    method: 'POST',
    path: '/api/queues/:vhost/:queue/get',
    may: 'vhost',
    summary: 'Takes messages out of a queue, and puts them back or settles them, as `ackmode` says.',
    body: z.object({
      ackmode: z.string(),
      count: z.union([z.number(), z.string()]),
      encoding: z.string(),
      truncate: PRESENT.optional(),
    }),
    handle: async (request) => {
      const { body } = request;
      const vhost = vhostToChange(request);
      const queue = vhost.queues.get(request.params.queue);
      if (queue === undefined) throw notFound('queue_not_found');
      const ackMode = body.ackmode as AckMode;
      if (!ACK_MODES.includes(ackMode)) {
        throw badRequest(`Invalid ackmode value: ${body.ackmode}. Valid values are: ${VALID}`);
      }
      if (!ENCODINGS.includes(body.encoding)) throw badRequest('Unsupported encoding. Please use auto or base64.');
      const count = integer(body.count);
      const bodyBytesMax = body.truncate === undefined ? Number.POSITIVE_INFINITY : integer(body.truncate);
      checkReadable(request, vhost, queue);
      const user = request.identity.user.name;
      // As in RabbitMQ, a count below zero is as many as there are.
      const most = count < 0 ? Number.POSITIVE_INFINITY : count;
      const messages = await getMessages(vhost, queue, { user, count: most, ackMode, bodyBytesMax });
      return list(
        messages.map(({ messageCount, ...message }) => {
          const { payload, payload_encoding, properties, ...view } = messageView(
            message,
            body.encoding as PayloadEncoding,
          );
          return { ...view, message_count: messageCount, properties, payload, payload_encoding };
        }),
      );
    },
  }),
];

/** What a channel is told here, the API tells with its code and name. */
function checkReadable(request: ApiRequest<'vhost'>, vhost: VirtualHost, queue: Queue): void {
  try {
    changing(request, vhost, (actor) => {
      actor.access.check('read', 'queue', queue.name);
      queueOfOwner(vhost, queue, actor);
    });
  } catch (error) {
    if (!(error instanceof AmqpError)) throw error;
    throw error.code === 403 ? notAuthorised(error.message) : badRequest(`${error.code} ${error.message}`);
  }
}
