import { once } from 'node:events';
import { connect } from 'amqplib';
import { expect, test } from 'vitest';
import { placeForEachTest, startDaemon } from '../support/daemon.ts';

/** More than is dropped in one turn, of which some may be on disk before the rest. */
const MANY = 20_000;

const place = placeForEachTest('leveret-purged-');

async function filled(url: string): Promise<Awaited<ReturnType<typeof connect>>> {
  const connection = await connect(url);
  connection.on('error', () => {});
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue('q', { durable: true });
  for (let i = 0; i < MANY; i++) channel.sendToQueue('q', Buffer.from(`${i}`), { persistent: true });
  await channel.waitForConfirms();
  return connection;
}

test('what was purged does not come back where the broker is killed right after the answer', async () => {
  const first = await startDaemon(place.folder);
  const connection = await filled(first.url);
  const channel = await connection.createChannel();
  expect((await channel.purgeQueue('q')).messageCount).toBe(MANY);
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  const second = await startDaemon(place.folder);
  const again = await connect(second.url);
  expect((await (await again.createChannel()).checkQueue('q')).messageCount).toBe(0);
  await again.close();
});

test('a queue that was being purged when the broker was killed has what is left of its messages, in order', async () => {
  const first = await startDaemon(place.folder);
  const connection = await filled(first.url);
  const channel = await connection.createChannel();
  const purging = channel.purgeQueue('q').catch(() => undefined);
  // Some are dropped by then, or all, or none.
  await new Promise((resolve) => setTimeout(resolve, 2));
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  await purging;
  const second = await startDaemon(place.folder);
  const again = await connect(second.url);
  const reader = await again.createChannel();
  const { messageCount } = await reader.checkQueue('q');
  const bodies: number[] = [];
  const all = new Promise<void>((resolve) => {
    if (messageCount === 0) resolve();
    else {
      void reader.consume('q', (message) => bodies.push(Number(message?.content)) === messageCount && resolve(), {
        noAck: true,
      });
    }
  });
  await all;
  expect(bodies).toEqual(Array.from({ length: messageCount }, (_, index) => MANY - messageCount + index));
  await again.close();
});
