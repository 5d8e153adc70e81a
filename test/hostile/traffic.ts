import { bodyFrame, headerFrame } from '../../src/codec/frames.ts';
import { fromPlain } from '../../src/codec/table.ts';
import { frameOf } from '../support/fake_client.ts';
import { fresh, Intruder, type Target, withIntruders } from './intruder.ts';

const FEW = fromPlain({ 'x-max-length': 10_000 });

function message(queue: string, bodyBytes: number): Buffer {
  return Buffer.concat([
    frameOf(1, 'basic.publish', { routingKey: queue }),
    headerFrame(1, bodyBytes, {}),
    bodyFrame(1, Buffer.alloc(bodyBytes)),
  ]);
}

function many(bytes: Buffer, count: number): Buffer {
  return Buffer.alloc(bytes.length * count, bytes);
}

/** Consumes what it publishes, without limit, and reads none of it. */
export async function deafConsumer(target: Target, effort: number): Promise<void> {
  const queue = fresh('deaf');
  await withIntruders([await Intruder.open(target)], async ([intruder]) => {
    intruder?.send(frameOf(1, 'queue.declare', { queue, exclusive: true }));
    intruder?.send(frameOf(1, 'basic.consume', { queue, noAck: true }));
    await intruder?.see('basic.consume-ok');
    intruder?.deafen();
    // Beyond what is sent to it, which is little, its messages wait in the queue.
    intruder?.send(many(message(queue, 1_000), 20_000 * effort));
    await intruder?.pour(frameOf(1, 'queue.declare', { queue, passive: true }), 300 * effort);
  });
}

/** Publishes as fast as it is taken, on several connections, to a queue that keeps only so much. */
export async function endlessPublisher(target: Target, effort: number): Promise<void> {
  const intruders = await Promise.all([Intruder.open(target), Intruder.open(target), Intruder.open(target)]);
  await withIntruders(intruders, async () => {
    await Promise.all(
      intruders.map(async (intruder) => {
        const queue = fresh('endless');
        intruder.send(frameOf(1, 'queue.declare', { queue, exclusive: true, arguments: FEW }));
        await intruder.see('queue.declare-ok');
        await intruder.pour(many(message(queue, 100), 500), 700 * effort);
      }),
    );
  });
}

/** Takes everything and acknowledges nothing, asks for it all again, and goes. */
export async function unboundedUnacked(target: Target, effort: number): Promise<void> {
  const count = 20_000 * effort;
  const queue = fresh('unacked');
  await withIntruders([await Intruder.open(target)], async ([intruder]) => {
    intruder?.send(frameOf(1, 'queue.declare', { queue, exclusive: true }));
    intruder?.send(frameOf(1, 'basic.consume', { queue }));
    intruder?.send(many(message(queue, 10), count));
    await intruder?.see('basic.deliver', count);
    intruder?.send(many(frameOf(1, 'basic.recover'), 10));
    await intruder?.see('basic.recover-ok', 10);
  });
}
