import type { Metrics } from './metrics/metrics.ts';
import type { OpenTelemetryOptions } from './metrics/opentelemetry/options.ts';
import type { PrometheusKind } from './metrics/prometheus/prometheus.ts';
import type { Server } from './server/server.ts';

/** What is asked for, as RabbitMQ's endpoints `/metrics`, `/metrics/per-object` and `/metrics/detailed` take it. */
export interface PrometheusOptions {
  /** `aggregated` unless told otherwise. */
  readonly kind?: PrometheusKind;
  /** OpenMetrics instead of Prometheus' own text. */
  readonly openMetrics?: boolean;
  /** Of `detailed`: the groups wanted, by RabbitMQ's names (docs/metrics.md). */
  readonly families?: readonly string[];
  /** Of `detailed`: these virtual hosts only. */
  readonly vhosts?: readonly string[];
}

/** The metrics of a broker: loaded when somebody asks for them, so that its start need not wait. */
export class BrokerMetrics {
  readonly #server: Server;
  #loaded: Promise<Metrics> | undefined;

  constructor(server: Server) {
    this.#server = server;
  }

  load(): Promise<Metrics> {
    this.#loaded ??= this.#load();
    return this.#loaded;
  }

  async *prometheus(options: PrometheusOptions): AsyncGenerator<string, void, undefined> {
    const { kind = 'aggregated', openMetrics = false, ...wanted } = options;
    const metrics = await this.load();
    yield* metrics.prometheus({ kind, format: openMetrics ? 'openmetrics' : 'text', ...wanted });
  }

  /** Sends them from now on. Rejects with a StartError where that is not installed. */
  async send(options: OpenTelemetryOptions): Promise<void> {
    await (await this.load()).send(options);
  }

  async stop(): Promise<void> {
    await (await this.#loaded)?.stop();
  }

  async #load(): Promise<Metrics> {
    const { Metrics: Loaded } = await import('./metrics/metrics.ts');
    return new Loaded(this.#server);
  }
}
