import { untilCommitted } from '../admin/committed.ts';
import type { Actor } from '../core/access.ts';
import type { VirtualHost } from '../core/vhost.ts';
import { ApiError } from './api_error.ts';
import type { ApiRequest } from './request.ts';

/** Does what a client could do, with what he may do as one; what happens is his doing. Throws AmqpError. */
export function changing<Result>(
  { identity }: ApiRequest,
  vhost: VirtualHost,
  change: (actor: Actor) => Result,
): Result {
  const { events, durable } = vhost;
  // Nothing is shown that a restart would undo.
  if (durable?.failure !== undefined) throw journalFailed(durable.failure);
  events.actingFor(identity.user.name);
  try {
    return change({ access: identity.access(vhost.name) });
  } finally {
    events.actingFor(undefined);
  }
}

function journalFailed({ message }: Error): ApiError {
  return new ApiError(503, 'service_unavailable', `the journal has failed: ${message}`);
}

/** Resolves when the last change to queues, exchanges and bindings will survive a restart. */
export async function topologySaved({ durable }: VirtualHost): Promise<void> {
  if (durable !== undefined) await untilCommitted(durable, durable.topologyCommit);
}
