import { bodyFrame, headerFrame } from '../../src/codec/frames.ts';
import { fromPlain } from '../../src/codec/table.ts';
import { frameOf } from '../support/fake_client.ts';
import { fresh, Intruder, type Target, withIntruders } from './intruder.ts';

const BODY = Buffer.alloc(10);

function message(queue: string, expiration?: string): Buffer {
  return Buffer.concat([
    frameOf(1, 'basic.publish', { routingKey: queue }),
    headerFrame(1, BODY.length, expiration === undefined ? {} : { expiration }),
    bodyFrame(1, BODY),
  ]);
}

async function publish(intruder: Intruder, one: Buffer, count: number): Promise<void> {
  const some = Buffer.alloc(one.length * 1_000, one);
  for (let left = count; left > 0; left -= 1_000) intruder.send(some);
  const before = intruder.count('basic.qos-ok');
  intruder.send(frameOf(1, 'basic.qos'));
  await intruder.see('basic.qos-ok', before + 1);
}

function deadLettering(queue: string): ReturnType<typeof fromPlain> {
  return fromPlain({ 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': queue });
}

/** Filled to be emptied at once, by purging it and by deleting it. */
export async function massPurge(target: Target, effort: number): Promise<void> {
  const queue = fresh('purged');
  await withIntruders([await Intruder.open(target)], async (intruders) => {
    const [intruder] = intruders as [Intruder];
    intruder.send(frameOf(1, 'queue.declare', { queue, exclusive: true }));
    await publish(intruder, message(queue), 10_000 * effort);
    intruder.send(frameOf(1, 'queue.purge', { queue }));
    await intruder.see('queue.purge-ok');
    await publish(intruder, message(queue), 10_000 * effort);
    intruder.send(frameOf(1, 'queue.delete', { queue }));
    await intruder.see('queue.delete-ok');
  });
}

/** All that waits behind one message expires with it, and goes elsewhere. */
export async function massExpiry(target: Target, effort: number): Promise<void> {
  const [queue, dead] = [fresh('expiring'), fresh('dead')];
  const count = 2_000 * effort;
  await withIntruders([await Intruder.open(target)], async (intruders) => {
    const [intruder] = intruders as [Intruder];
    intruder.send(frameOf(1, 'queue.declare', { queue: dead, exclusive: true }));
    intruder.send(frameOf(1, 'queue.declare', { queue, exclusive: true, arguments: deadLettering(dead) }));
    intruder.send(message(queue, '1000'));
    await publish(intruder, message(queue, '1'), count);
    intruder.send(frameOf(1, 'basic.consume', { queue: dead, noAck: true }));
    await intruder.see('basic.deliver', count + 1);
  });
}

/** Takes everything, refuses it in one go, takes it again, and refuses it for good. */
export async function massRefusal(target: Target, effort: number): Promise<void> {
  const [queue, dead] = [fresh('refused'), fresh('dead')];
  const count = 2_000 * effort;
  const refuse = { deliveryTag: 0, multiple: true };
  await withIntruders([await Intruder.open(target)], async (intruders) => {
    const [intruder] = intruders as [Intruder];
    intruder.send(frameOf(1, 'queue.declare', { queue: dead, exclusive: true }));
    intruder.send(frameOf(1, 'queue.declare', { queue, exclusive: true, arguments: deadLettering(dead) }));
    await publish(intruder, message(queue), count);
    intruder.send(frameOf(1, 'basic.consume', { queue }));
    await intruder.see('basic.deliver', count);
    intruder.send(frameOf(1, 'basic.nack', { ...refuse, requeue: true }));
    await intruder.see('basic.deliver', 2 * count);
    intruder.send(frameOf(1, 'basic.nack', { ...refuse, requeue: false }));
    intruder.send(frameOf(1, 'basic.consume', { queue: dead, noAck: true }));
    await intruder.see('basic.deliver', 3 * count);
  });
}
