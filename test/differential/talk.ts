import { type FieldTable, fromPlain } from '../../src/codec/table.ts';
import type { frame } from '../support/raw_bytes.ts';
import type { Publish, RawChannel } from '../support/raw_channel.ts';
import type { RawClient } from '../support/raw_client.ts';
import { CLIENT_CAPABILITIES, type Conversation, type Stage } from './stage.ts';

/** A conversation on channel 1 of one connection. */
export function talk(
  name: string,
  rule: string,
  say: (channel: RawChannel, stage: Stage) => Promise<unknown>,
): Conversation {
  return {
    name,
    rule,
    run: async (stage) => {
      await say(await stage.open(), stage);
    },
  };
}

/** The same, with one queue declared. */
export function queueTalk(
  name: string,
  rule: string,
  say: (channel: RawChannel, queue: string, stage: Stage) => Promise<unknown>,
): Conversation {
  return talk(name, rule, async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue });
    await say(channel, queue, stage);
  });
}

/** Publishes a message for each body, straight to the queue. */
export function fill(channel: RawChannel, queue: string, ...bodies: readonly string[]): void {
  for (const body of bodies) channel.publish({ routingKey: queue, body });
}

/** Takes every message out, in order. */
export async function drain(channel: RawChannel, queue: string): Promise<void> {
  let answer = await channel.call('basic.get', { queue, noAck: true });
  while (answer?.name === 'basic.get-ok') answer = await channel.call('basic.get', { queue, noAck: true });
}

/** A conversation in which the client does something that the server closes the channel or connection for. */
export function offence(name: string, rule: string, say: (channel: RawChannel) => void | Promise<void>): Conversation {
  return {
    name,
    rule,
    run: async (stage) => {
      const channel = await stage.open();
      await say(channel);
      await channel.refused();
    },
  };
}

/** The same, where it is one frame. */
export function garbage(name: string, rule: string, shape: Parameters<typeof frame>[0]): Conversation {
  return offence(name, rule, ({ client }) => client.frame(shape));
}

/** Declares a queue, and declares it again otherwise. */
export function redeclared(what: string, first: object, second: object): Conversation {
  return talk(`queue redeclared with ${what}`, 'a redeclaration has to say the same', async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue, ...first });
    await channel.call('queue.declare', { queue, ...second });
  });
}

/** Arguments of a declaration. */
export function args(plain: Parameters<typeof fromPlain>[0]): { arguments: FieldTable } {
  return { arguments: fromPlain(plain) };
}

/** For what happens in its own time. Both brokers have real clocks here. */
export function pause(forMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, forMs));
}

/** As talk, on a channel that confirms. */
export function confirmTalk(
  name: string,
  rule: string,
  say: (channel: RawChannel, stage: Stage) => Promise<unknown>,
): Conversation {
  return talk(name, rule, async (channel, stage) => {
    await channel.call('confirm.select');
    await say(channel, stage);
  });
}

/** Publishes, on a channel that confirms, and waits until the queue has it. */
export async function put(channel: RawChannel, publish: Publish): Promise<void> {
  channel.publish(publish);
  await channel.client.confirms(1);
}

/** As fill, one confirm after the other. */
export async function putAll(channel: RawChannel, routingKey: string, ...bodies: readonly string[]): Promise<void> {
  for (const body of bodies) await put(channel, { routingKey, body });
}

/** As put, on disk where the queue is durable. */
export async function keep(channel: RawChannel, publish: Publish): Promise<void> {
  await put(channel, { ...publish, properties: { deliveryMode: 2, ...publish.properties } });
}

/** As putAll, on disk where the queue is durable. */
export async function keepAll(channel: RawChannel, routingKey: string, ...bodies: readonly string[]): Promise<void> {
  for (const body of bodies) await keep(channel, { routingKey, body });
}

/** A conversation in which the broker is restarted, on a channel that confirms until then. */
export function restarted(
  name: string,
  rule: string,
  say: (channel: RawChannel, stage: Stage) => Promise<unknown>,
): Conversation {
  return confirmTalk(`restarted: ${name}`, rule, say);
}

/** The same, once for each kind of queue, with one declared. */
export function restartedQueue(
  name: string,
  rule: string,
  table: Parameters<typeof fromPlain>[0],
  say: (channel: RawChannel, queue: string, stage: Stage) => Promise<unknown>,
  types: readonly ('classic' | 'quorum')[] = ['classic', 'quorum'],
): Conversation[] {
  return types.map((type) =>
    restarted(`${name}, ${type} queue`, rule, async (channel, stage) => {
      const queue = stage.queue('q');
      await channel.call('queue.declare', { queue, durable: true, ...args({ 'x-queue-type': type, ...table }) });
      await say(channel, queue, stage);
    }),
  );
}

/** Everything up to the answer to connection.open, which is all that is told. */
export async function tryToOpen(stage: Stage, user: string, vhost: string, label: string): Promise<RawClient> {
  const client = await stage.dial(label);
  const before = stage.transcript.length;
  client.header();
  await client.answer(0, ['connection.start']);
  const response = Buffer.from(`\0${user}\0${user}`);
  await client.call(0, 'connection.start-ok', { clientProperties: CLIENT_CAPABILITIES, response });
  client.send(0, 'connection.tune-ok');
  stage.transcript.length = before;
  await client.call(0, 'connection.open', { virtualHost: vhost });
  return client;
}
