/** Where a broker's metrics are sent, by OpenTelemetry's protocol over HTTP (docs/opentelemetry.md). */
export interface OpenTelemetryOptions {
  /** The whole URL, such as `http://localhost:4318/v1/metrics`. */
  readonly url: string;
  /** `http/protobuf` unless told otherwise. */
  readonly protocol?: OpenTelemetryProtocol | undefined;
  /** How often; once a minute unless told otherwise. */
  readonly intervalMs?: number | undefined;
  /** What the broker is called there: unless told otherwise, as the environment says, and else `leveret`. */
  readonly serviceName?: string | undefined;
}

export type OpenTelemetryProtocol = 'http/protobuf' | 'http/json';
