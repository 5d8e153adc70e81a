import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface OtlpRequest {
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

type Attributes = readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];

interface DataPoint {
  readonly attributes: Attributes;
  readonly asInt?: number | string;
  readonly asDouble?: number;
  readonly count?: number | string;
  readonly explicitBounds?: readonly number[];
  readonly bucketCounts?: readonly (number | string)[];
}

interface Metric {
  readonly name: string;
  readonly unit: string;
  readonly sum?: { readonly dataPoints: readonly DataPoint[]; readonly isMonotonic: boolean };
  readonly gauge?: { readonly dataPoints: readonly DataPoint[] };
  readonly histogram?: { readonly dataPoints: readonly DataPoint[] };
}

interface Payload {
  readonly resourceMetrics: readonly {
    readonly resource: { readonly attributes: Attributes };
    readonly scopeMetrics: readonly { readonly metrics: readonly Metric[] }[];
  }[];
}

/** What a collector would be: takes what is sent to it, and answers as it is told to. */
export class OtlpReceiver {
  readonly requests: OtlpRequest[] = [];
  status = 200;
  readonly endpoint: string;
  #heard: (() => void) | undefined;

  private constructor(endpoint: string) {
    this.endpoint = endpoint;
  }

  static async start(): Promise<OtlpReceiver> {
    const server = createServer(async (request, response) => {
      const pieces: Buffer[] = [];
      for await (const piece of request) pieces.push(piece as Buffer);
      receiver.#take({ path: request.url, headers: request.headers, body: Buffer.concat(pieces) });
      response.writeHead(receiver.status, { 'content-type': 'application/json' }).end('{}');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const receiver = new OtlpReceiver(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return receiver;
  }

  get url(): string {
    return `${this.endpoint}/v1/metrics`;
  }

  /** Resolves with the next request. */
  async next(): Promise<OtlpRequest> {
    await new Promise<void>((resolve) => {
      this.#heard = resolve;
    });
    return this.requests.at(-1) as OtlpRequest;
  }

  #take(request: OtlpRequest): void {
    this.requests.push(request);
    this.#heard?.();
  }
}

/** What came as JSON: each number by its name and attributes, `name{key=value,...}`; of a histogram, how many there were. */
export function numbersOf({ body }: OtlpRequest): ReadonlyMap<string, number> {
  const points = metricsOf(body).flatMap(({ name, sum, gauge, histogram }) =>
    [...(sum ?? gauge ?? histogram)!.dataPoints].map((point): [string, number] => {
      const { attributes, asInt, asDouble, count } = point;
      return [`${name}${labelsOf(attributes)}`, Number(asInt ?? asDouble ?? count)];
    }),
  );
  return new Map(points);
}

export function metricsOf(body: Buffer): readonly Metric[] {
  const { resourceMetrics } = JSON.parse(body.toString()) as Payload;
  return resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics));
}

export function resourceOf({ body }: OtlpRequest): Readonly<Record<string, unknown>> {
  const { resourceMetrics } = JSON.parse(body.toString()) as Payload;
  const attributes = resourceMetrics[0]?.resource.attributes ?? [];
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}

function labelsOf(attributes: Attributes): string {
  const labels = attributes.map(({ key, value }) => `${key}=${Object.values(value)[0]}`).sort();
  return labels.length === 0 ? '' : `{${labels.join(',')}}`;
}
