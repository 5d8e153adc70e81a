import type { SecureContextOptions } from 'node:tls';
import type { ManagementContext, ManagementParts } from './context.ts';
import { HttpPorts } from './http_ports.ts';
import type { Answering, HttpLoad } from './http_server.ts';
import type { ManagementOptions } from './options.ts';

/** Serves the management API. `material` is what the files of TLS hold. Rejects with a StartError, and nothing is open then. */
export async function openManagement(
  parts: ManagementParts,
  options: ManagementOptions,
  brokerHost: string,
  material: SecureContextOptions,
): Promise<HttpPorts> {
  const { listeners, server } = parts;
  const metrics = await parts.loadMetrics();
  const context: ManagementContext = { ...parts, metrics, httpLogins: { accepted: 0, refused: 0 } };
  const places = { ...options, host: options.host ?? brokerHost };
  const ports = await HttpPorts.open(loader(context, options), places, material, server.logger);
  listeners.push(...ports.facts(places, { plain: 'http', secured: 'https' }));
  metrics.start();
  server.keepsIntroductions = true;
  return ports;
}

/** One app for all ports, with what it takes to make it: nothing of it is in memory before somebody asks. */
function loader(context: ManagementContext, options: ManagementOptions): HttpLoad {
  let app: Promise<Answering> | undefined;
  const load = async (): Promise<Answering> => {
    const [{ createApp }, { ENDPOINTS }, { openApi }] = await Promise.all([
      import('./app.ts'),
      import('./table.ts'),
      import('./openapi.ts'),
    ]);
    return createApp(context, [...ENDPOINTS, openApi(ENDPOINTS)], options);
  };
  return () => {
    app ??= load();
    return app;
  };
}
