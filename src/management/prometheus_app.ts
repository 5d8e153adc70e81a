import { Hono } from 'hono';
import type { PrometheusKind } from '../metrics/prometheus/prometheus.ts';
import { CONTENT_TYPES, formatFor } from '../metrics/prometheus/writer.ts';
import type { ManagementParts } from './context.ts';
import { readiness } from './liveness.ts';
import type { PrometheusPortOptions } from './options.ts';
import { streamOf } from './stream.ts';

const KINDS: Readonly<Record<string, PrometheusKind>> = { 'per-object': 'per-object', detailed: 'detailed' };

/** What the port for Prometheus answers. */
export function prometheusApp(
  parts: ManagementParts,
  { path = '/metrics', perObject = false }: PrometheusPortOptions,
): Hono {
  const app = new Hono({ strict: false });
  const answer = async (request: Request, kind: PrometheusKind): Promise<Response> => {
    const query = new URL(request.url).searchParams;
    const format = formatFor(request.headers.get('accept') ?? undefined);
    const wanted = { families: query.getAll('family'), vhosts: query.getAll('vhost') };
    const metrics = await parts.loadMetrics();
    const chunks = metrics.prometheus({ kind, format, ...wanted });
    return new Response(streamOf('', chunks, parts.server.logger), {
      headers: { 'content-type': CONTENT_TYPES[format] },
    });
  };
  app.get(path, (c) => answer(c.req.raw, perObject ? 'per-object' : 'aggregated'));
  app.get(`${path}/:kind`, (c) => {
    const kind = KINDS[c.req.param('kind')];
    return kind === undefined ? c.notFound() : answer(c.req.raw, kind);
  });
  app.get('/health/live', (c) => c.json({ status: 'ok' }));
  app.get('/health/ready', (c) => {
    const { status, json } = readiness(parts);
    return c.json(json, status);
  });
  return app;
}
