import type { HttpBindings } from '@hono/node-server';
import type { Hono } from 'hono';
import { createApp } from './app.ts';
import type { ManagementContext } from './context.ts';
import { HttpServer } from './http_server.ts';
import { openApi } from './openapi.ts';
import type { ManagementOptions } from './options.ts';
import { ENDPOINTS } from './table.ts';

/** The app by itself, as tests of the table want it. */
export function managementApp(
  context: ManagementContext,
  { pathPrefix }: ManagementOptions = {},
): Hono<{ Bindings: HttpBindings }> {
  return createApp(context, [...ENDPOINTS, openApi(ENDPOINTS)], pathPrefix === undefined ? {} : { pathPrefix });
}

/** Starts the management API. Rejects with a StartError. */
export function openManagement(
  context: ManagementContext,
  options: ManagementOptions,
  host: string,
): Promise<HttpServer> {
  const app = managementApp(context, options);
  return HttpServer.open(app, { host: options.host ?? host, port: options.port ?? 0 }, context.server.logger);
}
