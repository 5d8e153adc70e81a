import { frameOf } from '../support/fake_client.ts';
import { fresh, Intruder, type Target, withIntruders } from './intruder.ts';

/** Channels opened and closed without end. */
export async function channelChurn(target: Target, effort: number): Promise<void> {
  const pairs = 5_000;
  const some = Buffer.concat(
    Array.from({ length: pairs }, (_, index) => {
      const channel = 2 + (index % 1_000);
      return Buffer.concat([frameOf(channel, 'channel.open'), frameOf(channel, 'channel.close')]);
    }),
  );
  await withIntruders([await Intruder.open(target)], async ([intruder]) => {
    const before = intruder?.count('channel.open-ok') ?? 0;
    for (let round = 1; round <= effort; round++) {
      intruder?.send(some);
      await intruder?.see('channel.close-ok', round * pairs);
    }
    await intruder?.see('channel.open-ok', before + effort * pairs);
  });
}

/** Queues, exchanges and bindings declared as fast as they are taken; all of it is the connection's and goes with it. */
export async function declareStorm(target: Target, effort: number): Promise<void> {
  const count = 2_000 * effort;
  await withIntruders([await Intruder.open(target)], async ([intruder]) => {
    for (let index = 0; index < count; index++) {
      const queue = fresh('storm');
      const binding = { queue, exchange: queue, routingKey: `${index}` };
      intruder?.send(
        frameOf(1, 'exchange.declare', { exchange: queue, type: 'topic', autoDelete: true }),
        frameOf(1, 'queue.declare', { queue, exclusive: true }),
        frameOf(1, 'queue.bind', binding),
        frameOf(1, 'queue.bind', { ...binding, exchange: 'amq.topic', routingKey: `#.${index}.#` }),
      );
    }
    await intruder?.see('queue.bind-ok', 2 * count);
  });
}

/** Tags that were never given: each costs the channel, which is opened again. */
export async function strangeAcks(target: Target, effort: number): Promise<void> {
  const count = 500 * effort;
  const mistake = [
    frameOf(1, 'basic.ack', { deliveryTag: 2 ** 40, multiple: true }),
    frameOf(1, 'channel.close-ok'),
    frameOf(1, 'channel.open'),
  ];
  await withIntruders([await Intruder.open(target)], async ([intruder]) => {
    for (let index = 0; index < count; index++) intruder?.send(...mistake);
    await intruder?.see('channel.close', count);
  });
}

/** Pauses and goes on, with as many consumers as it may have to be told of it each time. */
export async function flowStorm(target: Target, effort: number): Promise<void> {
  const consumers = 500 * effort;
  const pause = Buffer.concat([
    frameOf(1, 'channel.flow', { active: false }),
    frameOf(1, 'channel.flow', { active: true }),
    frameOf(1, 'basic.qos', { prefetchCount: 0, global: true }),
  ]);
  const pauses = Buffer.alloc(pause.length * 1_000, pause);
  const queue = fresh('storm');
  await withIntruders([await Intruder.open(target)], async ([intruder]) => {
    intruder?.send(frameOf(1, 'queue.declare', { queue, exclusive: true }));
    for (let index = 0; index < consumers; index++) {
      intruder?.send(frameOf(1, 'basic.consume', { queue, consumerTag: `${index}` }));
    }
    await intruder?.see('basic.consume-ok', consumers);
    await intruder?.pour(pauses, 500 * effort);
  });
}
