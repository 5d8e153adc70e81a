import { setTimeout as sleep } from 'node:timers/promises';
import { type ChannelModel, type ConfirmChannel, connect } from 'amqplib';

/** Round trips in milliseconds. */
export interface Latency {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** From one message to the next, whether the one before is back or not. */
const PACE_MS = 2;
/** How long a round trip may take before it counts as failed. */
const LOST_MS = 10_000;

/** A message on its way. */
interface RoundTrip {
  readonly text: string;
  readonly sentMs: number;
  /** To be confirmed, and to come back. */
  missing: number;
}

/**
 * A well-behaved client: publishes a message every now and then, which is confirmed and comes back. It keeps its pace however
 * long that takes: one that waited would send few while the broker is slow, and so count few of the slow ones.
 */
export class Bystander {
  readonly #connection: ChannelModel;
  readonly #channel: ConfirmChannel;
  readonly #queue: string;
  /** Not back yet, the oldest first. */
  readonly #expected: RoundTrip[] = [];
  #underWay = 0;
  #sent = 0;
  #stopped = false;
  #failure: Error | undefined;
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
    connection.on('error', (error: Error) => this.#failed(error));
    channel.on('error', (error: Error) => this.#failed(error));
  }

  /** Goes on until it is stopped, which tells of any that failed. */
  start(): void {
    this.#stopped = false;
    this.#running = this.#run();
  }

  async stop(): Promise<Latency> {
    this.#stopped = true;
    await this.#running;
    const deadline = performance.now() + LOST_MS;
    while (this.#underWay > 0 && this.#failure === undefined) {
      if (performance.now() > deadline) throw new Error(`${this.#underWay} messages were lost on their way`);
      await sleep(1);
    }
    if (this.#failure !== undefined) throw this.#failure;
    const sorted = this.#roundTripsMs.splice(0).sort((left, right) => left - right);
    const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) };
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  async #run(): Promise<void> {
    do {
      this.#send();
      await sleep(PACE_MS);
    } while (!this.#stopped && this.#failure === undefined);
  }

  #send(): void {
    const roundTrip = { text: `${++this.#sent}`, sentMs: performance.now(), missing: 2 };
    this.#expected.push(roundTrip);
    this.#underWay++;
    this.#channel.sendToQueue(this.#queue, Buffer.from(roundTrip.text), {}, (error) => {
      if (error) this.#failed(error);
      else this.#arrived(roundTrip);
    });
  }

  #came(text: string): void {
    const roundTrip = this.#expected.shift();
    if (roundTrip?.text === text) this.#arrived(roundTrip);
    else this.#failed(new Error(`${text} came where ${roundTrip?.text} was due`));
  }

  #arrived(roundTrip: RoundTrip): void {
    roundTrip.missing--;
    if (roundTrip.missing > 0) return;
    this.#underWay--;
    this.#roundTripsMs.push(performance.now() - roundTrip.sentMs);
  }

  #failed(error: Error): void {
    this.#failure ??= error;
  }
}
