import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Meter, Observable } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { MeterProvider, PushMetricExporter } from '@opentelemetry/sdk-metrics';
import { SYNC_BOUNDS } from '../../journal/sync_times.ts';
import { StartError } from '../../lib/start_error.ts';
import type { Server } from '../../server/server.ts';
import type { Source } from '../prometheus/source.ts';
import { INSTRUMENTS, type Instrument, SYNC_DURATION, VHOST } from './instruments.ts';
import type { OpenTelemetryOptions, OpenTelemetryProtocol } from './options.ts';
import { tellOutcome } from './outcome.ts';

type Resources = typeof import('@opentelemetry/resources');

const INTERVAL_MS = 60_000;
/** How long a broker that closes waits for the last of it to be sent. */
const FLUSH_MS = 2_000;

/** Sends a broker's metrics to an OpenTelemetry collector until it is stopped. */
export class Sender {
  readonly #provider: MeterProvider;
  readonly #server: Server;

  /** `look` finds out what there is to send. */
  constructor(provider: MeterProvider, server: Server, look: () => Promise<Source>) {
    this.#provider = provider;
    this.#server = server;
    const meter = provider.getMeter('leveret', server.version);
    const { name, unit, description } = SYNC_DURATION;
    const advice = { explicitBucketBoundaries: [...SYNC_BOUNDS] };
    const syncs = meter.createHistogram(name, { unit, description, advice });
    server.counters.onSync = (vhost, seconds) => syncs.record(seconds, { [VHOST]: vhost });
    const observed = INSTRUMENTS.map((instrument) => ({ instrument, observable: observableOf(meter, instrument) }));
    meter.addBatchObservableCallback(
      async (result) => {
        const source = await look();
        for (const { instrument, observable } of observed) {
          for (const [value, attributes] of instrument.read(source)) {
            if (value !== undefined) result.observe(observable, value, attributes);
          }
        }
      },
      observed.map(({ observable }) => observable),
    );
  }

  /** Sends what there is, if that can be done soon. */
  async stop(): Promise<void> {
    this.#server.counters.onSync = undefined;
    try {
      await this.#provider.shutdown({ timeoutMillis: FLUSH_MS });
    } catch (error) {
      this.#server.logger.warn({ reason: (error as Error).message }, 'the last metrics could not be sent');
    }
  }
}

function observableOf(meter: Meter, { name, kind, unit, description }: Instrument): Observable {
  if (kind === 'counter') return meter.createObservableCounter(name, { unit, description });
  if (kind === 'upDownCounter') return meter.createObservableUpDownCounter(name, { unit, description });
  return meter.createObservableGauge(name, { unit, description });
}

/** Loads OpenTelemetry's SDK, and begins to send. Rejects with a StartError where it is not installed. */
export async function startSender(
  server: Server,
  options: OpenTelemetryOptions,
  look: () => Promise<Source>,
): Promise<Sender> {
  const { url, protocol = 'http/protobuf', intervalMs = INTERVAL_MS } = options;
  const { sdk, resources, exporters } = await load(protocol);
  const exporter = new exporters.OTLPMetricExporter({ url });
  tellOutcome(exporter, server.logger, url);
  const reader = new sdk.PeriodicExportingMetricReader({ exporter, exportIntervalMillis: intervalMs });
  const resource = resourceOf(resources, server.version, options.serviceName);
  return new Sender(new sdk.MeterProvider({ resource, readers: [reader] }), server, look);
}

async function load(protocol: OpenTelemetryProtocol): Promise<{
  readonly sdk: typeof import('@opentelemetry/sdk-metrics');
  readonly resources: Resources;
  readonly exporters: { readonly OTLPMetricExporter: new (options: { url: string }) => PushMetricExporter };
}> {
  try {
    const [sdk, resources, exporters] = await Promise.all([
      import('@opentelemetry/sdk-metrics'),
      import('@opentelemetry/resources'),
      protocol === 'http/json'
        ? import('@opentelemetry/exporter-metrics-otlp-http')
        : import('@opentelemetry/exporter-metrics-otlp-proto'),
    ]);
    return { sdk, resources, exporters };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new StartError(
      'option',
      'Metrics cannot be sent: the packages of OpenTelemetry are not installed. Install Leveret with its optional packages.',
    );
  }
}

/** Who sends. What the environment says of that (OTEL_RESOURCE_ATTRIBUTES, OTEL_SERVICE_NAME) counts more than what is known. */
function resourceOf(
  { defaultResource, detectResources, envDetector, resourceFromAttributes }: Resources,
  version: string,
  serviceName: string | undefined,
): Resource {
  const known = resourceFromAttributes({
    'service.name': 'leveret',
    'service.version': version,
    'service.instance.id': randomUUID(),
    'host.name': hostname(),
    'process.pid': process.pid,
    'process.runtime.name': 'nodejs',
    'process.runtime.version': process.versions.node,
  });
  const given = resourceFromAttributes(serviceName === undefined ? {} : { 'service.name': serviceName });
  const environment = detectResources({ detectors: [envDetector] });
  return defaultResource().merge(known).merge(environment).merge(given);
}
