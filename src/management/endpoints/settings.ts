import { z } from 'zod';
import { availableMemoryBytes } from '../../config/memory.ts';
import type { Server } from '../../server/server.ts';
import { noContent } from '../answer.ts';
import { badRequest } from '../api_error.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { checkNode } from '../this_node.ts';

/** A number of bytes, or a share of the memory there is. RabbitMQ takes a disk limit of many times the memory. */
function limit(shareMax: number) {
  return z.union([
    z.strictObject({ absolute: z.int().nonnegative() }),
    z.strictObject({ relative: z.number().min(0).max(shareMax) }),
  ]);
}

const BODY = z.strictObject({
  memory_limit: limit(1).optional(),
  disk_free_limit: limit(1000).optional(),
  log_level: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).optional(),
});

type Body = z.infer<typeof BODY>;

/** What rabbitmqctl changes in a node that runs. */
export const LIVE_SETTINGS: readonly Endpoint[] = [
  endpoint({
    method: 'PUT',
    path: '/api/nodes/:node/settings',
    may: 'administrator',
    summary: 'Changes limits and the log level, until the node starts again or reads its configuration again.',
    body: BODY,
    handle: async ({ context: { server }, params, body, identity }) => {
      checkNode(params.node);
      check(server, body);
      server.logger.info({ to: body, user: identity.user.name }, 'settings changed');
      await change(server, body);
      return noContent();
    },
  }),
];

function check(server: Server, body: Body): void {
  if (body.disk_free_limit !== undefined && server.alarms.diskFreeLimitBytes === undefined)
    throw badRequest('nothing is kept on disk');
  if (body.log_level !== undefined && server.logger.level === undefined)
    throw badRequest('the program that this broker is part of decides what is logged');
}

async function change({ alarms, logger }: Server, body: Body): Promise<void> {
  if (body.log_level !== undefined) logger.level = body.log_level;
  await alarms.setLimits(bytesOf(body.memory_limit), bytesOf(body.disk_free_limit));
}

function bytesOf(given: Body['memory_limit']): number | undefined {
  if (given === undefined || 'absolute' in given) return given?.absolute;
  return Math.floor(given.relative * availableMemoryBytes());
}
