import { bodyFrame, headerFrame } from '../../src/codec/frames.ts';
import type { Queue } from '../../src/core/queue/queue.ts';
import type { VirtualHost } from '../../src/core/vhost.ts';
import { ManualClock } from '../../src/lib/clock.ts';
import type { FiguresByGroup } from '../../src/metrics/figures.ts';
import { Metrics } from '../../src/metrics/metrics.ts';
import type { SamplerOptions } from '../../src/metrics/sampler.ts';
import type { Channel } from '../../src/server/channel/channel.ts';
import type { Server } from '../../src/server/server.ts';
import { FakeClient, frameOf, handshakeBytes } from './fake_client.ts';
import { testServer } from './test_server.ts';

/** A client of a broker whose clock stands still and whose counts are looked at. */
export class CountingBench {
  /** Begins at a moment when samples are taken. */
  readonly clock = new ManualClock(1_700_000_000_000);
  readonly server: Server = testServer(this.clock);
  readonly metrics: Metrics;
  readonly client: FakeClient;

  constructor(options: Pick<SamplerOptions, 'historyBytesMax' | 'later'> = {}) {
    this.metrics = new Metrics(this.server, { later: (next) => next(), ...options });
    this.client = this.join();
  }

  join(): FakeClient {
    const client = new FakeClient(this.server);
    client.chunk(handshakeBytes());
    return client;
  }

  get vhost(): VirtualHost {
    return this.server.vhosts.get('/') as VirtualHost;
  }

  queue(name = 'q'): Queue {
    return this.vhost.queue(name);
  }

  channel(number = 1): Channel {
    return this.client.connection.channels.get(number) as Channel;
  }

  declare(...queues: readonly string[]): void {
    for (const queue of queues) this.client.send(1, 'queue.declare', { queue });
  }

  openChannel(number: number): void {
    this.client.send(number, 'channel.open');
  }

  publish(routingKey: string, { exchange = '', mandatory = false, channel = 1, count = 1, bodyBytes = 3 } = {}): void {
    for (let i = 0; i < count; i++) {
      const body = bodyBytes === 0 ? [] : [bodyFrame(channel, Buffer.alloc(bodyBytes))];
      const publish = frameOf(channel, 'basic.publish', { exchange, routingKey, mandatory });
      this.client.chunk(Buffer.concat([publish, headerFrame(channel, bodyBytes, {}), ...body]));
    }
  }

  async endOfTurn(): Promise<string[]> {
    return await this.client.seen();
  }

  /** Only the numbers. */
  static values(figures: FiguresByGroup, group: keyof FiguresByGroup = 'msg_rates'): Record<string, number> {
    const entries = Object.entries(figures[group]).filter((entry): entry is [string, number] => {
      return typeof entry[1] === 'number' && entry[1] !== 0;
    });
    return Object.fromEntries(entries);
  }

  /** What the whole virtual host has counted. */
  totals(): Record<string, number> {
    const { node } = this.metrics.totals();
    return CountingBench.values(this.metrics.overview(node));
  }
}
