import { type ChannelModel, type ConfirmChannel, connect } from 'amqplib';

/** Round trips in milliseconds. */
export interface Latency {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** How long a round trip may take before it counts as failed. */
const LOST_MS = 10_000;

/** A well-behaved client: publishes a message, waits until it is confirmed and back, and then sends the next one. */
export class Bystander {
  readonly #connection: ChannelModel;
  readonly #channel: ConfirmChannel;
  readonly #queue: string;
  #came: (content: string) => void = () => {};
  #sent = 0;
  #stopped = false;
  #roundTripsMs: number[] = [];
  #running: Promise<void> = Promise.resolve();

  static async beside(url: string): Promise<Bystander> {
    const connection = await connect(url);
    const channel = await connection.createConfirmChannel();
    const { queue } = await channel.assertQueue('', { exclusive: true });
    const bystander = new Bystander(connection, channel, queue);
    await channel.consume(queue, (message) => bystander.#came(`${message?.content}`), { noAck: true });
    return bystander;
  }

  private constructor(connection: ChannelModel, channel: ConfirmChannel, queue: string) {
    this.#connection = connection;
    this.#channel = channel;
    this.#queue = queue;
    connection.on('error', () => {});
    channel.on('error', () => {});
  }

  /** Goes on until it is stopped, which tells of any that failed. */
  start(): void {
    this.#stopped = false;
    this.#running = this.#run();
    // Told by `stop`, which may come later.
    this.#running.catch(() => {});
  }

  async stop(): Promise<Latency> {
    this.#stopped = true;
    await this.#running;
    const sorted = this.#roundTripsMs.splice(0).sort((left, right) => left - right);
    const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) };
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  async #run(): Promise<void> {
    do {
      const startedMs = performance.now();
      await this.#roundTrip(`${++this.#sent}`);
      this.#roundTripsMs.push(performance.now() - startedMs);
    } while (!this.#stopped);
  }

  #roundTrip(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`message ${text} was lost on its way`)), LOST_MS);
      let missing = 2;
      const arrived = (): void => {
        missing--;
        if (missing > 0) return;
        clearTimeout(timer);
        resolve();
      };
      this.#came = (content) => {
        if (content === text) arrived();
        else reject(new Error(`${content} came where ${text} was due`));
      };
      this.#channel.sendToQueue(this.#queue, Buffer.from(text), {}, (error) => (error ? reject(error) : arrived()));
    });
  }
}
