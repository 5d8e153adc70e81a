import type { Method } from '../../src/codec/methods.gen.ts';
import type { BasicProperties } from '../../src/codec/properties.ts';
import type { RawClient } from './raw_client.ts';
import type { Arguments, MethodName, Sendable } from './raw_methods.ts';

export interface Publish extends Partial<Arguments<'basic.publish'>> {
  readonly properties?: BasicProperties;
  /** The body, or the body frames that it comes in. */
  readonly body?: string | readonly Uint8Array[];
}

/** One channel of a raw client: what conversations mostly talk to. */
export class RawChannel {
  readonly client: RawClient;
  readonly number: number;

  constructor(client: RawClient, number: number) {
    this.client = client;
    this.number = number;
  }

  send<N extends Sendable>(name: N, given: Partial<Arguments<N>> = {}): void {
    this.client.send(this.number, name, given);
  }

  call<N extends Sendable>(name: N, given: Partial<Arguments<N>> = {}): Promise<Method | undefined> {
    return this.client.call(this.number, name, given);
  }

  publish(publish: Publish): void {
    const { properties = {}, body = 'm', ...given } = publish;
    this.send('basic.publish', given);
    const parts = typeof body === 'string' ? (body === '' ? [] : [Buffer.from(body)]) : body;
    this.client.sendContent(this.number, properties, parts);
  }

  see<N extends MethodName>(name: N, count = 1): Promise<Extract<Method, { name: N }> | undefined> {
    return this.client.see(name, count);
  }

  /** Waits until the server closes this channel, or the connection. */
  async refused(): Promise<void> {
    await this.client.answer(this.number, []);
  }
}
