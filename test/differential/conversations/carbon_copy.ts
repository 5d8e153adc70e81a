import { fromPlain, type PlainTableInput } from '../../../src/codec/table.ts';
import type { Conversation } from '../stage.ts';
import { drain, queueTalk, talk } from '../talk.ts';

const REFUSED = 'a message that cannot be is refused';

/** A publish with these headers, and what comes of it. */
function published(name: string, rule: string, headers: PlainTableInput): Conversation {
  return queueTalk(name, rule, async (channel, queue) => {
    channel.publish({ routingKey: queue, properties: { headers: fromPlain(headers) } });
    await channel.call('basic.get', { queue, noAck: true });
  });
}

export const CARBON_COPY: readonly Conversation[] = [
  published('CC that is no array', REFUSED, { CC: 'a' }),
  published('BCC that is no array', REFUSED, { BCC: 5 }),
  published('CC with what is no string', 'items that are no strings are passed over', { CC: [5, true] }),
  talk('bad CC and another user', 'CC is looked at before the user', async (channel) => {
    channel.publish({ routingKey: 'nosuch', properties: { userId: 'bob', headers: fromPlain({ CC: 'a' }) } });
    await channel.refused();
  }),
  queueTalk(
    'CC and BCC',
    'keys in CC and BCC are routed to as well, and BCC is taken out',
    async (channel, queue, stage) => {
      const carbon = stage.queue('cc');
      const blind = stage.queue('bcc');
      await channel.call('queue.declare', { queue: carbon });
      await channel.call('queue.declare', { queue: blind });
      channel.publish({ routingKey: queue, properties: { headers: fromPlain({ CC: [carbon, queue], BCC: [blind] }) } });
      await drain(channel, queue);
      await drain(channel, carbon);
      await drain(channel, blind);
    },
  ),
  queueTalk(
    'CC where the key itself leads nowhere',
    'what is routed by CC does not come back',
    async (channel, queue) => {
      channel.publish({ routingKey: 'nosuch', mandatory: true, properties: { headers: fromPlain({ CC: [queue] }) } });
      await drain(channel, queue);
    },
  ),
];
