import { expect, test } from 'vitest';
import { type AllTotals, totalsInSteps, totalsOf } from '../../../src/metrics/totals.ts';
import { CountingBench } from '../../support/counting_bench.ts';

const CHANNELS = 60;

/** Each channel has published, with confirms, and had messages. */
async function busy(): Promise<CountingBench> {
  const bench = new CountingBench();
  bench.declare('q');
  for (let channel = 2; channel <= CHANNELS; channel++) {
    bench.openChannel(channel);
    if (channel % 2 === 0) bench.client.send(channel, 'confirm.select');
    bench.publish('q', { channel, count: channel % 7 });
    bench.client.send(channel, 'basic.get', { queue: 'q', noAck: true });
  }
  await bench.endOfTurn();
  return bench;
}

function counted({ node: { counts, ...totals } }: AllTotals): object {
  const { publishes, deliveries, publishedForConfirm, recvOct, diskWrites } = counts;
  const { messagesReady, messagesUnacknowledged } = totals;
  return {
    ...publishes,
    ...deliveries.classic,
    publishedForConfirm,
    recvOct,
    diskWrites,
    messagesReady,
    messagesUnacknowledged,
  };
}

/** After so many steps, something else has its turn. */
function interrupted(bench: CountingBench, after: number, meanwhile: () => void): AllTotals {
  const steps = totalsInSteps(bench.server);
  for (let count = 0; ; count++) {
    if (count === after) meanwhile();
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

test.each([0, 1, 2, 3])('what closes after %i steps of adding up is counted once', async (after) => {
  const bench = await busy();
  const expected = counted(totalsOf(bench.server));
  expect(expected).toMatchObject({ publishedForConfirm: 90 });
  const found = counted(interrupted(bench, after, () => bench.client.socket.emit('close')));
  expect(found).toEqual(expected);
  expect(counted(totalsOf(bench.server))).toEqual(expected);
});

test('a channel that closes meanwhile and one that opens are no more than they are', async () => {
  const bench = await busy();
  const expected = counted(totalsOf(bench.server));
  const { recvOct: _, ...found } = counted(
    interrupted(bench, 1, () => {
      for (const channel of [3, 40, 59]) bench.client.send(channel, 'channel.close');
      bench.openChannel(90);
    }),
  ) as { recvOct: number };
  expect(expected).toMatchObject(found);
});
