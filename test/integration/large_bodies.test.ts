import { createHash, randomBytes } from 'node:crypto';
import { connect } from 'amqplib';
import { expect, test } from 'vitest';
import { closing, startBroker } from '../support/broker.ts';
import { channelOn, confirmChannelOn, connectTo, refusal } from './amqplib/support.ts';

const MIB = 1024 * 1024;

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** amqplib waits for its own socket between writes only where it is asked to. */
async function carry(url: string, bodies: readonly Buffer[]): Promise<void> {
  const connection = closing(await connect(url));
  const channel = await confirmChannelOn(connection);
  await channel.assertQueue('q');
  const received: string[] = [];
  const all = new Promise<void>((resolve) => {
    channel.consume(
      'q',
      (message) => {
        received.push(digest(message?.content ?? Buffer.alloc(0)));
        if (received.length === bodies.length) resolve();
      },
      { noAck: true },
    );
  });
  for (const body of bodies) channel.sendToQueue('q', body);
  await channel.waitForConfirms();
  await all;
  expect(received).toEqual(bodies.map(digest));
}

test.each([
  ['the usual frames', ''],
  ['the smallest frames', '?frameMax=4096'],
])('bodies of 5 and 20 MB arrive whole in %s, with small ones between them', async (_what, query) => {
  const broker = await startBroker();
  const sizes = [1, 5 * MIB, 0, 20 * MIB, 70_000, 48 * 1024, 48 * 1024 + 1, 131_064, 131_065, 5];
  await carry(
    broker.url + query,
    sizes.map((size) => randomBytes(size)),
  );
});

test('a body of a frame_max of 4096 reaches a consumer with larger frames, and the other way round', async () => {
  const broker = await startBroker();
  const small = closing(await connect(`${broker.url}?frameMax=4096`));
  const large = closing(await connect(broker.url));
  const body = randomBytes(MIB);
  for (const [from, to] of [
    [small, large],
    [large, small],
  ] as const) {
    const publishing = await confirmChannelOn(from);
    await publishing.assertQueue('q');
    publishing.sendToQueue('q', body);
    await publishing.waitForConfirms();
    const message = await (await channelOn(to)).get('q', { noAck: true });
    expect(digest((message || undefined)?.content ?? Buffer.alloc(0))).toBe(digest(body));
  }
});

test('a large message to ten queues is delivered ten times, and every byte of it let go afterwards', async () => {
  const broker = await startBroker();
  const { connection } = await connectTo(broker);
  const channel = await confirmChannelOn(connection);
  const body = randomBytes(3 * MIB);
  for (let i = 0; i < 10; i++) {
    await channel.assertQueue(`q${i}`);
    await channel.bindQueue(`q${i}`, 'amq.fanout', '');
  }
  channel.publish('amq.fanout', '', body);
  await channel.waitForConfirms();
  for (let i = 0; i < 10; i++) {
    const message = await channel.get(`q${i}`);
    if (message === false) throw new Error(`q${i} is empty`);
    expect(digest(message.content)).toBe(digest(body));
    channel.ack(message);
  }
});

test('a message beyond the configured size closes its channel with 406', async () => {
  const broker = await startBroker({ maxMessageSizeBytes: 100_000 });
  const { connection } = await connectTo(broker);
  const channel = await channelOn(connection);
  await channel.assertQueue('q');
  channel.sendToQueue('q', Buffer.alloc(100_000));
  const text = await refusal(channel, () => channel.sendToQueue('q', Buffer.alloc(100_001)));
  expect(text).toMatch(/^406 .*message size 100001 is larger than configured max size 100000/);
  const again = await channelOn(connection);
  expect((await again.checkQueue('q')).messageCount).toBe(1);
});
