import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { handshakeBytes } from '../support/fake_client.ts';
import { ArrivalReader } from '../support/raw_arrivals.ts';
import type { Arguments, MethodName } from '../support/raw_methods.ts';
import { Wakeup } from '../support/wakeup.ts';

/** The broker to attack. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

/** Longer than the broker takes to let go of whoever breaks its rules. */
const END_MS = 15_000;

/** A client that keeps none of the rules. It looks at what it is answered, as long as it reads at all. */
export class Intruder {
  readonly socket: Socket;
  readonly #seen = new Map<MethodName, number>();
  #ended = false;
  readonly #wakeup = new Wakeup();

  static async dial({ host, port }: Target): Promise<Intruder> {
    const socket = connect({ host, port, noDelay: true });
    await once(socket, 'connect');
    return new Intruder(socket);
  }

  /** Logged in, with channel 1 open. */
  static async open(target: Target, tune: Partial<Arguments<'connection.tune-ok'>> = {}): Promise<Intruder> {
    const intruder = await Intruder.dial(target);
    intruder.send(handshakeBytes(tune));
    await intruder.see('channel.open-ok');
    return intruder;
  }

  private constructor(socket: Socket) {
    this.socket = socket;
    const reader = new ArrivalReader(({ name }) => {
      if (name !== 'heartbeat' && name !== 'bytes' && name !== 'end') this.#seen.set(name, this.count(name) + 1);
      this.#wakeup.wake();
    });
    socket.on('data', (chunk) => reader.read(chunk));
    socket.on('error', () => {});
    socket.on('drain', () => this.#wakeup.wake());
    socket.on('close', () => {
      this.#ended = true;
      this.#wakeup.wake();
    });
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** How many of a method have come. */
  count(name: MethodName): number {
    return this.#seen.get(name) ?? 0;
  }

  send(...bytes: readonly Uint8Array[]): void {
    for (const part of bytes) if (!this.#ended) this.socket.write(part);
  }

  /** Sends the same again and again, as fast as it is taken, for a while. */
  async pour(bytes: Uint8Array, milliseconds: number): Promise<void> {
    const deadline = performance.now() + milliseconds;
    while (performance.now() < deadline && !this.#ended) {
      if (this.socket.write(bytes)) await new Promise(setImmediate);
      else await this.#until(() => !this.socket.writableNeedDrain, deadline);
    }
  }

  /** Throws where so many of the method do not come. */
  async see(name: MethodName, count = 1): Promise<void> {
    await this.#until(() => this.count(name) >= count, performance.now() + END_MS);
    if (this.count(name) < count) throw new Error(`${this.count(name)} of ${count} ${name} came`);
  }

  /** Throws where the broker does not end it. */
  async end(): Promise<void> {
    await this.#until(() => false, performance.now() + END_MS);
    if (!this.#ended) throw new Error('the broker keeps a connection that it should drop');
  }

  /** Reads nothing any more. */
  deafen(): void {
    this.socket.pause();
  }

  cut(): void {
    this.socket.destroy();
  }

  async #until(done: () => boolean, deadline: number): Promise<void> {
    await this.#wakeup.until(() => done() || this.#ended, deadline);
  }
}

let named = 0;

/** A name that was not used before: what an attack of before had may not be gone yet. */
export function fresh(word: string): string {
  return `${word}-${++named}`;
}

/** Cuts them all when `work` is done, however it ends. */
export async function withIntruders(
  intruders: readonly Intruder[],
  work: (intruders: readonly Intruder[]) => Promise<void>,
): Promise<void> {
  try {
    await work(intruders);
  } finally {
    for (const intruder of intruders) intruder.cut();
  }
}

/** So many logged in, a few at a time. */
export async function openMany(target: Target, count: number): Promise<Intruder[]> {
  const intruders: Intruder[] = [];
  while (intruders.length < count) {
    const some = Array.from({ length: Math.min(100, count - intruders.length) }, () => Intruder.open(target));
    intruders.push(...(await Promise.all(some)));
  }
  return intruders;
}
