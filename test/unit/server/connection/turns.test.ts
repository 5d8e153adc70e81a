import { expect, test } from 'vitest';
import { ManualClock } from '../../../../src/lib/clock.ts';
import { FakeClient, frameOf, handshakeBytes } from '../../../support/fake_client.ts';
import { testServer } from '../../../support/test_server.ts';

/** Every look at it takes a tenth of a millisecond. */
class BusyClock extends ManualClock {
  #looks = 0;

  override monotonicMs(): number {
    return this.#looks++ / 10;
  }
}

const DECLARES = Array.from({ length: 100 }, (_, index) => frameOf(1, 'queue.declare', { queue: `q${index}` }));

test('a client that asks for very much at once does not stall the others: each has its turn', async () => {
  const server = testServer(new BusyClock());
  const [busy, other] = [new FakeClient(server), new FakeClient(server)];
  busy.chunk(handshakeBytes());
  other.chunk(handshakeBytes());
  await busy.seen();
  const { queues } = [...server.vhosts.values()][0] as { queues: ReadonlyMap<string, unknown> };
  busy.chunk(Buffer.concat(DECLARES));
  expect(queues.size).toBeLessThan(20);
  expect(busy.socket.paused).toBe(true);
  other.send(1, 'queue.declare', { queue: 'other' });
  expect(queues.has('other')).toBe(true);
  while (queues.size < DECLARES.length + 1) await new Promise(setImmediate);
  const answers = (await busy.seen()).filter((line) => line.includes('queue.declare-ok'));
  expect(answers.map((line) => /q\d+/.exec(line)?.[0])).toEqual(DECLARES.map((_, index) => `q${index}`));
  expect(busy.socket.paused).toBe(false);
});

test('what comes while a client waits for its next turn is kept', async () => {
  const server = testServer(new BusyClock());
  const client = new FakeClient(server);
  client.chunk(handshakeBytes());
  await client.seen();
  client.chunk(Buffer.concat(DECLARES));
  client.send(1, 'queue.delete', { queue: 'q0' });
  const { queues } = [...server.vhosts.values()][0] as { queues: ReadonlyMap<string, unknown> };
  while (!queues.has('q99')) await new Promise(setImmediate);
  await client.seen();
  expect(queues.has('q0')).toBe(false);
  expect(queues.size).toBe(99);
});
