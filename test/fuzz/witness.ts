import { type Channel, type ChannelModel, connect } from 'amqplib';
import type { Broker } from '../../src/index.ts';

/** A well-behaved client, beside the hostile ones: whatever they do, it must not notice. */
export class Witness {
  readonly #connection: ChannelModel;
  readonly #channel: Channel;
  readonly #errors: Error[] = [];
  #received = 0;
  #sent = 0;

  static async beside(broker: Broker): Promise<Witness> {
    const connection = await connect(broker.url);
    const channel = await connection.createChannel();
    const witness = new Witness(connection, channel);
    await channel.assertQueue('witness', { exclusive: true });
    await channel.consume('witness', (message) => {
      if (message !== null) channel.ack(message);
      witness.#take(message?.content);
    });
    return witness;
  }

  private constructor(connection: ChannelModel, channel: Channel) {
    this.#connection = connection;
    this.#channel = channel;
    connection.on('error', (error: Error) => this.#errors.push(error));
    channel.on('error', (error: Error) => this.#errors.push(error));
  }

  /** Sends a few messages, and throws unless they come back, once each and in order. */
  async check(): Promise<void> {
    const due = this.#sent + 5;
    while (this.#sent < due) this.#channel.sendToQueue('witness', Buffer.from(`${++this.#sent}`));
    const deadline = performance.now() + 5_000;
    while (this.#received < due && performance.now() < deadline && this.#errors.length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    if (this.#errors[0] !== undefined) throw this.#errors[0];
    if (this.#received !== due) throw new Error(`the witness sent ${due} messages and received ${this.#received}`);
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  #take(content: Buffer | undefined): void {
    const number = Number(`${content}`);
    if (number !== this.#received + 1) this.#errors.push(new Error(`${number} came after ${this.#received}`));
    this.#received = number;
  }
}
