import type { Channel, ChannelModel, ConfirmChannel, ConsumeMessage, Options } from 'amqplib';
import { connect } from 'amqplib';
import type { Broker } from '../../../src/index.ts';
import { closing, until } from '../../support/broker.ts';

/** A connection whose errors are kept rather than thrown out of nowhere. */
export async function connectTo(
  broker: Broker,
  socket: object = {},
): Promise<{ connection: ChannelModel; errors: Error[] }> {
  const connection = closing(await connect(broker.url, socket));
  const errors: Error[] = [];
  connection.on('error', (error: Error) => errors.push(error));
  return { connection, errors };
}

export async function channelOn(connection: ChannelModel): Promise<Channel> {
  const channel = await connection.createChannel();
  channel.on('error', () => {});
  return channel;
}

export async function confirmChannelOn(connection: ChannelModel): Promise<ConfirmChannel> {
  const channel = await connection.createConfirmChannel();
  channel.on('error', () => {});
  return channel;
}

/** The code and text of the close that ends `channel` when `offence` is committed on it. */
export async function refusal(channel: Channel, offence: (channel: Channel) => unknown): Promise<string> {
  const closed = new Promise<string>((resolve) => channel.once('error', (error: Error) => resolve(error.message)));
  await Promise.resolve(offence(channel)).catch(() => undefined);
  return (await closed).replace(/^Channel closed by server: /, '').replaceAll('"', '');
}

/** What one subscription has received. */
export class Subscription {
  readonly messages: ConsumeMessage[] = [];
  cancelled = false;
  consumerTag = '';
  readonly #channel: Channel;

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  static async to(channel: Channel, queue: string, options: Options.Consume = {}): Promise<Subscription> {
    const subscription = new Subscription(channel);
    const { consumerTag } = await channel.consume(
      queue,
      (message) => {
        if (message === null) subscription.cancelled = true;
        else subscription.messages.push(message);
      },
      options,
    );
    subscription.consumerTag = consumerTag;
    return subscription;
  }

  get bodies(): string[] {
    return this.messages.map(({ content }) => content.toString());
  }

  /** Waits for so many messages in all. */
  async received(count: number, withinMs?: number): Promise<string[]> {
    await until(() => this.messages.length >= count, withinMs);
    return this.bodies;
  }

  ackAll(): void {
    for (const message of this.messages.splice(0)) this.#channel.ack(message);
  }
}

/** Publishes each body to the queue. */
export function send(channel: Channel, queue: string, ...bodies: readonly (string | number)[]): void {
  for (const body of bodies) channel.sendToQueue(queue, Buffer.from(`${body}`));
}

/** One round trip: everything sent on the channel before has been dealt with. */
export async function settled(channel: Channel): Promise<void> {
  await channel.checkExchange('amq.direct');
}

export async function depth(channel: Channel, queue: string): Promise<number> {
  return (await channel.checkQueue(queue)).messageCount;
}
