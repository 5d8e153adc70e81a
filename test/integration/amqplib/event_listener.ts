import type { Channel, GetMessage } from 'amqplib';
import type { Broker } from '../../../src/index.ts';
import { channelOn, connectTo } from './support.ts';

export interface Heard {
  readonly key: string;
  readonly headers: Record<string, unknown>;
}

/** What happens from now on, and was asked for by somebody else. */
export class Listener {
  readonly #channel: Channel;

  private constructor(channel: Channel) {
    this.#channel = channel;
  }

  static async on(broker: Broker, pattern = '#'): Promise<Listener> {
    const { connection } = await connectTo(broker);
    const channel = await channelOn(connection);
    await channel.assertQueue('events', { durable: true });
    await channel.bindQueue('events', 'amq.rabbitmq.event', pattern);
    const listener = new Listener(channel);
    await listener.messages();
    return listener;
  }

  async messages(): Promise<GetMessage[]> {
    const messages: GetMessage[] = [];
    for (;;) {
      const message = await this.#channel.get('events', { noAck: true });
      if (message === false) return messages;
      messages.push(message);
    }
  }

  async heard(): Promise<Heard[]> {
    return (await this.messages()).map(({ fields, properties }) => {
      const { timestamp_in_ms: _when, ...headers } = properties.headers ?? {};
      return { key: fields.routingKey, headers };
    });
  }
}
