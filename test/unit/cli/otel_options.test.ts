import { expect, test } from 'vitest';
import { otelOptions } from '../../../src/cli/otel_options.ts';
import { resolveSettings } from '../../../src/config/resolve.ts';

function optionsOf(environment: Readonly<Record<string, string>>): ReturnType<typeof otelOptions> {
  const { settings, problems } = resolveSettings({ flags: {}, environment });
  expect(problems).toEqual([]);
  return otelOptions(settings);
}

test('nothing is sent unless an endpoint is given, and then nothing if it is disabled', () => {
  expect(optionsOf({})).toBeUndefined();
  expect(optionsOf({ OTEL_SERVICE_NAME: 'orders', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' })).toBeUndefined();
  expect(optionsOf({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318', OTEL_SDK_DISABLED: 'true' })).toBeUndefined();
});

test.each([
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318' }, 'http://c:4318/v1/metrics'],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318/otlp/' }, 'http://c:4318/otlp/v1/metrics'],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318', LEVERET_OTEL_ENDPOINT: 'http://d' }, 'http://d/v1/metrics'],
  [{ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'https://c/in', LEVERET_OTEL_ENDPOINT: 'http://d' }, 'https://c/in'],
])('%j sends to %s', (environment, url) => {
  expect(optionsOf(environment)).toEqual({
    url,
    protocol: 'http/protobuf',
    intervalMs: 60_000,
    serviceName: undefined,
  });
});

test("its own variables count more than OpenTelemetry's", () => {
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_METRIC_EXPORT_INTERVAL: '5000' };
  const names = { OTEL_SERVICE_NAME: 'theirs', LEVERET_OTEL_SERVICE_NAME: 'ours' };
  const options = optionsOf({ ...endpoint, ...names, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' });
  expect(options).toMatchObject({ intervalMs: 5000, serviceName: 'ours', protocol: 'http/json' });
});

test('gRPC is not spoken, and that is said', () => {
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4317', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' };
  expect(() => optionsOf(environment)).toThrow('Metrics are not sent by gRPC');
});
