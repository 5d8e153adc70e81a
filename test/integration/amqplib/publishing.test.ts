import type { Message } from 'amqplib';
import { expect, test } from 'vitest';
import { startBroker, until } from '../../support/broker.ts';
import { channelOn, confirmChannelOn, connectTo, depth, refusal, send } from './support.ts';

async function stage() {
  const broker = await startBroker();
  const { connection, errors } = await connectTo(broker);
  const channel = await channelOn(connection);
  await channel.assertQueue('q');
  return { broker, connection, channel, errors };
}

test('every publish is confirmed, routable or not', async () => {
  const { connection, channel } = await stage();
  const confirming = await confirmChannelOn(connection);
  let confirmed = 0;
  for (let i = 0; i < 1_000; i++) {
    confirming.sendToQueue(i % 2 === 0 ? 'q' : 'nowhere', Buffer.from(`${i}`), {}, (error) => {
      if (error === null || error === undefined) confirmed++;
    });
  }
  await confirming.waitForConfirms();
  expect(confirmed).toBe(1_000);
  expect(await depth(channel, 'q')).toBe(500);
});

test('closing a channel right behind its publishes loses no confirm and harms nothing', async () => {
  const { connection, errors } = await stage();
  for (let i = 0; i < 20; i++) {
    const confirming = await confirmChannelOn(connection);
    let confirmed = 0;
    for (let j = 0; j < 50; j++) confirming.sendToQueue('q', Buffer.from('m'), {}, () => confirmed++);
    await confirming.close();
    expect(confirmed).toBe(50);
  }
  expect(errors).toEqual([]);
  expect(await depth(await channelOn(connection), 'q')).toBe(1_000);
});

test('a mandatory message that goes nowhere comes back before it is confirmed', async () => {
  const { connection } = await stage();
  const confirming = await confirmChannelOn(connection);
  const events: string[] = [];
  confirming.on('return', ({ fields, properties, content }: Message) => {
    const { replyCode, replyText, exchange, routingKey } = fields as unknown as Record<string, unknown>;
    events.push([replyCode, replyText, exchange, routingKey, properties.messageId, content].join(' '));
  });
  confirming.publish('amq.direct', 'nowhere', Buffer.from('body'), { mandatory: true, messageId: 'id' }, () => {
    events.push('confirmed');
  });
  await confirming.waitForConfirms();
  expect(events).toEqual(['312 NO_ROUTE amq.direct nowhere id body', 'confirmed']);
});

test('a publish to a missing exchange closes its channel, not the connection', async () => {
  const { connection, channel } = await stage();
  const other = await channelOn(connection);
  const text = await refusal(other, () => other.publish('nosuch', 'k', Buffer.from('m')));
  expect(text).toMatch(/^404 .*no exchange 'nosuch' in vhost '\/'/);
  send(channel, 'q', 1);
  expect(await depth(channel, 'q')).toBe(1);
});

test('many channels of many connections publish at once, and every message arrives once', async () => {
  const { broker, channel } = await stage();
  await Promise.all(
    Array.from({ length: 5 }, async (_, connectionIndex) => {
      const { connection } = await connectTo(broker);
      for (let channelIndex = 0; channelIndex < 4; channelIndex++) {
        const confirming = await confirmChannelOn(connection);
        for (let i = 0; i < 250; i++) send(confirming, 'q', `${connectionIndex}-${channelIndex}-${i}`);
        await confirming.waitForConfirms();
      }
    }),
  );
  const seen = new Map<string, number>();
  await channel.consume('q', (message) => {
    const body = `${message?.content}`;
    seen.set(body, (seen.get(body) ?? 0) + 1);
  });
  await until(() => seen.size === 5_000, 10_000);
  expect([...seen.values()].every((count) => count === 1)).toBe(true);
  // Each publisher's own messages came in the order in which it sent them.
  const last = new Map<string, number>();
  for (const body of seen.keys()) {
    const at = body.lastIndexOf('-');
    const number = Number(body.slice(at + 1));
    expect(number).toBeGreaterThan(last.get(body.slice(0, at)) ?? -1);
    last.set(body.slice(0, at), number);
  }
});
