import type { Settings } from '../config/options.ts';
import type { OpenTelemetryOptions } from '../index.ts';
import { StartError } from '../lib/start_error.ts';

/** What the settings say of where metrics are sent; undefined where they are not. Throws a StartError. */
export function otelOptions(settings: Settings): OpenTelemetryOptions | undefined {
  const { otelDisabled, otelEndpoint, otelMetricsEndpoint } = settings;
  const url = otelMetricsEndpoint ?? (otelEndpoint && `${otelEndpoint.replace(/\/+$/, '')}/v1/metrics`);
  if (otelDisabled || url === undefined) return undefined;
  const { otelProtocol: protocol, otelIntervalMs: intervalMs, otelServiceName: serviceName } = settings;
  if (protocol === 'grpc') {
    throw new StartError(
      'option',
      'Metrics are not sent by gRPC: give http/protobuf or http/json for --otel-protocol.',
    );
  }
  return { url, protocol, intervalMs, serviceName };
}
