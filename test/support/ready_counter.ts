import { expect } from 'vitest';
import { dropAll } from './empty_queue.ts';
import type { Held, HostClient } from './host_client.ts';

const QUEUES = ['one', 'two', 'three'];

/** Does things to three queues, and knows how many messages have to be ready and out in each. */
export class ReadyCounter {
  readonly #client: HostClient;
  readonly #ready = new Map<string, number>(QUEUES.map((name) => [name, 0]));
  #held: Held[] = [];
  #published = 0;

  constructor(client: HostClient) {
    this.#client = client;
    client.declareExchange('all', 'fanout');
    for (const [i, name] of QUEUES.entries()) {
      client.declareQueue(name, i > 0);
      client.bindQueue('all', name);
    }
  }

  async step(kind: number, which: number): Promise<void> {
    const name = QUEUES[which % QUEUES.length] as string;
    if (kind === 0) this.#publish('', name, [name]);
    else if (kind === 1) this.#publish('all', '', QUEUES);
    else if (kind === 2) await this.#take(name);
    else if (kind === 3) this.#settle(which, 'ack');
    else if (kind === 4) this.#settle(which, 'requeue');
    else this.#purge(name);
  }

  expectAgreement(): void {
    for (const name of QUEUES) {
      const { readyCount, counts } = this.#client.vhost.queue(name);
      const out = this.#held.filter(({ queue }) => queue.name === name).length;
      expect([name, readyCount, counts.unacked]).toEqual([name, this.#ready.get(name), out]);
    }
  }

  #publish(exchange: string, routingKey: string, queues: readonly string[]): void {
    const body = new Uint8Array((this.#published * 7919) % 40_000);
    this.#client.publish({ exchange, routingKey, persistent: this.#published++ % 2 === 0, body });
    for (const name of queues) this.#count(name, 1);
  }

  async #take(name: string): Promise<void> {
    const held = await this.#client.take(this.#client.vhost.queue(name));
    expect(held === undefined).toBe(this.#ready.get(name) === 0);
    if (held === undefined) return;
    this.#held.push(held);
    this.#count(name, -1);
  }

  #settle(which: number, how: 'ack' | 'requeue'): void {
    const [held] = this.#held.splice(Math.min(which, this.#held.length - 1), 1);
    if (held === undefined) return;
    this.#client[how](held);
    if (how === 'requeue') this.#count(held.queue.name, 1);
  }

  #purge(name: string): void {
    expect(dropAll(this.#client.vhost.queue(name).purge())).toBe(this.#ready.get(name));
    this.#ready.set(name, 0);
  }

  #count(name: string, change: number): void {
    this.#ready.set(name, (this.#ready.get(name) as number) + change);
  }
}
