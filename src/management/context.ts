import type { Administration } from '../admin/administration.ts';
import type { Metadata } from '../admin/metadata.ts';
import type { Server } from '../server/server.ts';

/** A port that clients come in by, as the API tells of it. */
export interface ListenerFacts {
  /** `amqp`, `amqp/ssl`, `http`... */
  readonly protocol: string;
  readonly host: string;
  readonly port: number;
}

/** Everything that endpoints are about. */
export interface ManagementContext {
  readonly server: Server;
  readonly administration: Administration;
  readonly metadata: Metadata;
  /** Resolves once the node can be asked to do without: what is listened on at present. */
  readonly listeners: () => readonly ListenerFacts[];
  /** When the broker was started, by its clock's monotonic time. */
  readonly startedAtMs: number;
}
