import type { SecureContextOptions } from 'node:tls';
import type { ManagementParts } from './context.ts';
import { HttpPorts } from './http_ports.ts';
import type { Answering } from './http_server.ts';
import type { PrometheusPortOptions } from './options.ts';

/**
 * Serves what Prometheus reads, to whoever asks, as RabbitMQ does. `material` is what the files of TLS hold. Rejects with a
 * StartError, and nothing is open then.
 */
export async function openPrometheus(
  parts: ManagementParts,
  options: PrometheusPortOptions,
  brokerHost: string,
  material: SecureContextOptions,
): Promise<HttpPorts> {
  const metrics = await parts.loadMetrics();
  const load = async (): Promise<Answering> => {
    const { prometheusApp } = await import('./prometheus_app.ts');
    return prometheusApp(parts, options);
  };
  const places = { ...options, host: options.host ?? brokerHost };
  const ports = await HttpPorts.open(load, places, material, parts.server.logger);
  metrics.start();
  parts.listeners.push(...ports.facts(places, { plain: 'http/prometheus', secured: 'https/prometheus' }));
  return ports;
}
