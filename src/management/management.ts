import { createApp } from './app.ts';
import type { ListenerFacts, ManagementContext, ManagementParts } from './context.ts';
import { HttpServer } from './http_server.ts';
import { openApi } from './openapi.ts';
import type { ManagementOptions } from './options.ts';
import { ENDPOINTS } from './table.ts';

/** Starts the management API. Rejects with a StartError. */
export async function openManagement(
  parts: ManagementParts,
  options: ManagementOptions,
  brokerHost: string,
): Promise<HttpServer> {
  const { port = 0, host = brokerHost, pathPrefix = '' } = options;
  let own: ListenerFacts[] = [];
  const listeners = (): readonly ListenerFacts[] => [...parts.listeners(), ...own];
  const context: ManagementContext = { ...parts, listeners, httpLogins: { accepted: 0, refused: 0 } };
  const app = createApp(context, [...ENDPOINTS, openApi(ENDPOINTS)], { pathPrefix });
  const server = await HttpServer.open(app, { host, port }, parts.server.logger);
  own = [{ protocol: 'http', host, port: server.port }];
  return server;
}
