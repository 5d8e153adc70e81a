import type { ManagementParts } from './context.ts';
import { type Answering, HttpServer } from './http_server.ts';
import type { PrometheusPortOptions } from './options.ts';

/** Serves what Prometheus reads, to whoever asks, as RabbitMQ does. Rejects with a StartError. */
export async function openPrometheus(
  parts: ManagementParts,
  options: PrometheusPortOptions,
  brokerHost: string,
): Promise<HttpServer> {
  const { port = 0, host = brokerHost } = options;
  const metrics = await parts.loadMetrics();
  const load = async (): Promise<Answering> => {
    const { prometheusApp } = await import('./prometheus_app.ts');
    return prometheusApp(parts, options);
  };
  const server = await HttpServer.open(load, { host, port }, parts.server.logger);
  metrics.start();
  parts.listeners.push({ protocol: 'http/prometheus', host, port: server.port });
  return server;
}
