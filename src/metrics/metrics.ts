import type { Exchange } from '../core/exchange/exchange.ts';
import type { Queue } from '../core/queue/queue.ts';
import type { VirtualHost } from '../core/vhost.ts';
import type { Channel } from '../server/channel/channel.ts';
import type { Connection } from '../server/connection/connection.ts';
import type { Server } from '../server/server.ts';
import { inChunks } from './chunks.ts';
import { CHANNEL, CONNECTION, EXCHANGE, type Kind, NODE, QUEUE, VHOST } from './columns.ts';
import { EventLoop } from './event_loop.ts';
import { type FigurePath, type FiguresByGroup, figureReader, figuresOf, type Ranges } from './figures.ts';
import { FileDescriptors } from './file_descriptors.ts';
import { journalsOf, nodeFigures } from './node_figures.ts';
import type { OpenTelemetryOptions } from './opentelemetry/options.ts';
import type { Sender } from './opentelemetry/sender.ts';
import { type PrometheusRequest, prometheusLines } from './prometheus/prometheus.ts';
import type { Source } from './prometheus/source.ts';
import { consumerCapacity, headMessageTimestamp, oldestAgeMs } from './queue_facts.ts';
import { Sampler, type SamplerOptions } from './sampler.ts';
import { type AllTotals, type Totals, totalsLater, totalsOf } from './totals.ts';
import type { Track } from './track.ts';

/** What a queue is like now, beside what is counted of it. */
export interface QueueFacts {
  /** In seconds since 1970, as its publisher gave it. */
  readonly headMessageTimestamp: number | undefined;
  /** Of the first ready message, at most; 0 if there is none; undefined while nobody has looked. */
  readonly oldestMessageAgeMs: number | undefined;
}

/** Whoever wants to know what goes on in a broker asks here. Messages are never walked to find out. */
export class Metrics {
  readonly #server: Server;
  readonly #options: Pick<SamplerOptions, 'later' | 'historyBytesMax'>;
  readonly #eventLoop: EventLoop;
  readonly #files: FileDescriptors;
  #sampler: Sampler | undefined;
  #sender: Sender | undefined;

  constructor(server: Server, options: Pick<SamplerOptions, 'later' | 'historyBytesMax'> = {}) {
    this.#server = server;
    this.#options = options;
    this.#eventLoop = new EventLoop(server.clock);
    this.#files = new FileDescriptors(server.clock);
  }

  /** Looks at everything every five seconds from now on, which rates and charts need. */
  start(): void {
    if (this.#sampler !== undefined) return;
    const figures: SamplerOptions['figures'] = (totals) => {
      void this.#files.refresh();
      return this.#nodeFigures(totals);
    };
    this.#sampler = new Sampler({ server: this.#server, figures, ...this.#options });
    this.#sampler.start();
  }

  /** Forgets all samples. What has been counted stays, as counters never fall. */
  clearSamples(): void {
    this.#sampler?.clear();
  }

  /** Sends what goes on from now on. Rejects with a StartError where OpenTelemetry is not installed. */
  async send(options: OpenTelemetryOptions): Promise<void> {
    const { startSender } = await import('./opentelemetry/sender.ts');
    this.#sender = await startSender(this.#server, options, () => this.#look());
  }

  async stop(): Promise<void> {
    this.#sampler?.stop();
    this.#sampler = undefined;
    // It looks once more, and sends what it finds.
    if (this.#sender !== undefined) await this.#sender.stop();
    this.#sender = undefined;
    this.#eventLoop.stop();
  }

  /** Bytes that histories may come to take. */
  get historyBytes(): number {
    return this.#sampler?.historyBytes ?? 0;
  }

  /** Files and sockets that may be open at a time; 0 where nobody knows. */
  get fileDescriptorsMax(): number {
    return this.#files.max;
  }

  /** Of the node, and of each virtual host. Looks at every connection, channel and queue once. */
  totals(): AllTotals {
    return totalsOf(this.#server);
  }

  /** As totals, when there is time for it. */
  totalsLater(): Promise<AllTotals> {
    return totalsLater(this.#server);
  }

  overview(totals: Totals, ranges: Ranges = {}): FiguresByGroup {
    return this.#figures(VHOST, totals, this.#sampler?.overview, ranges);
  }

  vhost(vhost: VirtualHost, totals: Totals, ranges: Ranges = {}): FiguresByGroup {
    return this.#figures(VHOST, totals, this.#sampler?.vhost(vhost), ranges);
  }

  node(totals: Totals, ranges: Ranges = {}): FiguresByGroup {
    return this.#figures(NODE, this.#nodeFigures(totals), this.#sampler?.node, ranges);
  }

  queue(queue: Queue, ranges: Ranges = {}): FiguresByGroup {
    return this.#figures(QUEUE, queue, this.#sampler?.of(queue), ranges);
  }

  queueFacts(vhost: VirtualHost, queue: Queue): QueueFacts {
    const track = this.#sampler?.of(queue);
    return {
      headMessageTimestamp: headMessageTimestamp(queue, vhost.store.pages),
      oldestMessageAgeMs: oldestAgeMs(queue, track, this.#server.clock.nowMs()),
    };
  }

  consumerCapacity(queue: Queue): number {
    return consumerCapacity(queue, this.#sampler?.of(queue));
  }

  exchange(exchange: Exchange, ranges: Ranges = {}): FiguresByGroup {
    return this.#figures(EXCHANGE, exchange, this.#sampler?.of(exchange), ranges);
  }

  channel(channel: Channel, ranges: Ranges = {}): FiguresByGroup {
    return this.#figures(CHANNEL, channel, this.#sampler?.of(channel), ranges);
  }

  connection(connection: Connection, ranges: Ranges = {}): FiguresByGroup {
    return this.#figures(CONNECTION, connection, this.#sampler?.of(connection), ranges);
  }

  /** What tells one figure of each queue, and undefined of those of which it is not told; undefined where there is no such figure. */
  queueFigure(path: FigurePath): ((queue: Queue) => number | undefined) | undefined {
    return this.#figureOf(QUEUE, path);
  }

  /** As queueFigure. */
  exchangeFigure(path: FigurePath): ((exchange: Exchange) => number | undefined) | undefined {
    return this.#figureOf(EXCHANGE, path);
  }

  /** As queueFigure. */
  channelFigure(path: FigurePath): ((channel: Channel) => number | undefined) | undefined {
    return this.#figureOf(CHANNEL, path);
  }

  /** As queueFigure. */
  connectionFigure(path: FigurePath): ((connection: Connection) => number | undefined) | undefined {
    return this.#figureOf(CONNECTION, path);
  }

  /** When something was last seen to happen to it, in milliseconds since 1970; undefined before anybody looked. */
  changedAtMs(object: Queue | Exchange | Channel | Connection): number | undefined {
    return this.#sampler?.of(object)?.changedAtMs;
  }

  /** What Prometheus reads, a part at a time. */
  async *prometheus(request: PrometheusRequest): AsyncGenerator<string, void, undefined> {
    yield* inChunks(prometheusLines(await this.#look(), request));
  }

  async #look(): Promise<Source> {
    await this.#files.refresh();
    const server = this.#server;
    const { node, vhosts } = await totalsLater(server);
    const [vhost] = server.vhosts.values();
    return {
      server,
      node,
      vhosts,
      figures: this.#nodeFigures(node),
      files: this.#files,
      journals: journalsOf(server),
      pages: vhost?.store.pages,
      eventLoop: this.#eventLoop.look(),
      nowMs: server.clock.nowMs(),
      trackOf: (object) => this.#sampler?.of(object),
    };
  }

  #nodeFigures(totals: Totals): ReturnType<typeof nodeFigures> {
    return nodeFigures(this.#server, totals, { eventLoop: this.#eventLoop, files: this.#files });
  }

  #figureOf<T extends object>(kind: Kind<T>, path: FigurePath): ((object: T) => number | undefined) | undefined {
    const reader = figureReader(kind, path);
    if (reader === undefined) return undefined;
    const row = new Float64Array(kind.columns.length);
    return (object) => {
      kind.read(object, row);
      return reader(row, this.#sampler?.of(object));
    };
  }

  #figures<T>(kind: Kind<T>, object: T, track: Track | undefined, ranges: Ranges): FiguresByGroup {
    const row = new Float64Array(kind.columns.length);
    kind.read(object, row);
    return figuresOf(kind, row, track, ranges, this.#server.clock.nowMs());
  }
}
