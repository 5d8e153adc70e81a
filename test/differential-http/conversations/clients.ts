import type { AmqpClient } from '../amqp_client.ts';
import { get, type HttpConversation, literally, remove, type Step } from '../conversation.ts';

const VHOST = 'http-clients';

/** While a client is connected, of which `$connection` is the name in paths. */
function connected(
  name: string,
  steps: readonly Step[],
  work: (client: AmqpClient) => Promise<void>,
): HttpConversation {
  return { name, client: { vhost: VHOST, work }, steps };
}

export const CLIENTS: readonly HttpConversation[] = [
  connected(
    'a consumer and a publisher',
    [
      get('connections'),
      get(`vhosts/${VHOST}/connections`),
      get('connections/username/guest'),
      literally('connections/username/http-nobody'),
      get('connections/$connection'),
      get('connections/$connection/channels'),
      get('connections/$connection/sessions'),
      get('channels'),
      get(`vhosts/${VHOST}/channels`),
      get('channels/$connection%20(1)'),
      get('consumers'),
      get(`consumers/${VHOST}`),
      get(`queues/${VHOST}`),
      get(`queues/${VHOST}/q`),
      get(`queues/${VHOST}/single`),
      get(`queues/${VHOST}/own`),
      get(`queues/${VHOST}/quorum`),
      get(`queues/${VHOST}?page=1&page_size=2`),
      get(`queues/${VHOST}?disable_stats=true`),
      get(`queues/${VHOST}?disable_stats=true&enable_queue_totals=true`),
      get('queues/detailed'),
      get('users/guest/queues'),
      get(`exchanges/${VHOST}`),
      get(`exchanges/${VHOST}/x`),
      get('connections/nope'),
      get('channels/nope'),
      get('consumers/http-nowhere'),
      get('vhosts/http-nowhere/connections'),
      remove(`queues/${VHOST}/own`),
      remove(`queues/${VHOST}/q?if-unused=true`),
      remove(`queues/${VHOST}/q?if-empty=true`),
      remove('connections/nope'),
      remove('connections/username/http-nobody'),
      remove('connections/$connection'),
    ],
    async ({ channel }) => {
      await channel.assertExchange('x', 'fanout');
      await channel.assertQueue('q');
      await channel.assertQueue('single', { arguments: { 'x-single-active-consumer': true } });
      await channel.assertQueue('own', { exclusive: true });
      await channel.assertQueue('quorum', { durable: true, arguments: { 'x-queue-type': 'quorum' } });
      await channel.bindQueue('q', 'x', '');
      for (let i = 0; i < 3; i++) channel.publish('x', '', Buffer.from('hello'));
      channel.publish('x', 'k', Buffer.from('hello'), { persistent: true });
      await channel.waitForConfirms();
      await channel.prefetch(2);
      await channel.consume('q', () => {}, { arguments: { 'x-priority': 5 } });
      for (const consumerTag of ['first', 'second']) await channel.consume('single', () => {}, { consumerTag });
    },
  ),
];
