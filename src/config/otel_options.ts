import type { Option } from './options.ts';
import { duration, oneOf, onOff, text, webAddress } from './value_types.ts';

/** Where metrics are sent, by OpenTelemetry's protocol. */
export interface OtelSettings {
  readonly otelEndpoint: string | undefined;
  readonly otelMetricsEndpoint: string | undefined;
  /** What others on the machine speak is no mistake in itself. */
  readonly otelProtocol: OtelProtocol | 'grpc';
  readonly otelIntervalMs: number;
  readonly otelServiceName: string | undefined;
  readonly otelDisabled: boolean;
}

type OtelProtocol = 'http/protobuf' | 'http/json';

const DAY_MS = 86_400_000;

const protocol = oneOf('protocol', 'http/protobuf', 'http/json');

/** The names and the meaning are OpenTelemetry's, and so are the aliases. */
export const OTEL_OPTIONS: { readonly [Name in keyof OtelSettings]: Option<OtelSettings[Name]> } = {
  otelEndpoint: {
    key: 'otel.endpoint',
    environment: 'LEVERET_OTEL_ENDPOINT',
    flag: '--otel-endpoint',
    type: webAddress(),
    default: undefined,
    sentence: 'OpenTelemetry collector that metrics are sent to, such as http://localhost:4318; none is, unless given.',
    aliases: ['OTEL_EXPORTER_OTLP_ENDPOINT'],
  },
  otelMetricsEndpoint: {
    key: 'otel.metrics_endpoint',
    environment: 'LEVERET_OTEL_METRICS_ENDPOINT',
    flag: '--otel-metrics-endpoint',
    type: webAddress(),
    default: undefined,
    sentence: 'The whole URL that metrics are sent to; unless given, /v1/metrics at the endpoint.',
    aliases: ['OTEL_EXPORTER_OTLP_METRICS_ENDPOINT'],
  },
  otelProtocol: {
    key: 'otel.protocol',
    environment: 'LEVERET_OTEL_PROTOCOL',
    flag: '--otel-protocol',
    type: { ...protocol, parse: (given) => (given === 'grpc' ? given : protocol.parse(given)) },
    default: 'http/protobuf',
    sentence: 'How metrics are written.',
    aliases: ['OTEL_EXPORTER_OTLP_METRICS_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL'],
  },
  otelIntervalMs: {
    key: 'otel.interval',
    environment: 'LEVERET_OTEL_INTERVAL',
    flag: '--otel-interval',
    type: duration(100, DAY_MS, 'from 100ms to a day'),
    default: '60s',
    sentence: 'How often metrics are sent.',
    aliases: ['OTEL_METRIC_EXPORT_INTERVAL'],
  },
  otelServiceName: {
    key: 'otel.service_name',
    environment: 'LEVERET_OTEL_SERVICE_NAME',
    flag: '--otel-service-name',
    type: text('name', 'a name'),
    default: undefined,
    sentence: 'What the broker is called there; unless given, as OTEL_RESOURCE_ATTRIBUTES says, or leveret.',
    aliases: ['OTEL_SERVICE_NAME'],
  },
  otelDisabled: {
    key: 'otel.disabled',
    environment: 'LEVERET_OTEL_DISABLED',
    flag: '--otel-disabled',
    type: onOff(),
    default: 'off',
    sentence: 'Send no metrics, whatever else is said.',
    aliases: ['OTEL_SDK_DISABLED'],
  },
};
