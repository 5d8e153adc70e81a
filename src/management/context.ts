import type { Administration } from '../admin/administration.ts';
import type { Metadata } from '../admin/metadata.ts';
import type { Traces } from '../admin/tracing/traces.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Server } from '../server/server.ts';

/** A port that clients come in by, as the API tells of it. */
export interface ListenerFacts {
  /** `amqp`, `amqp/ssl`, `http`... */
  readonly protocol: string;
  readonly host: string;
  readonly port: number;
}

/** A PEM file with a certificate, or several. */
export interface CertificateFile {
  readonly path: string;
  readonly pem: string | Buffer;
}

/** What a broker brings. */
export interface ManagementParts {
  readonly server: Server;
  readonly administration: Administration;
  readonly metadata: Metadata;
  /** What is listened on, the ports for HTTP too once they are. */
  readonly listeners: ListenerFacts[];
  /** Of TLS, in use. */
  readonly certificates: () => readonly CertificateFile[];
  /** When the broker was started, by its clock's monotonic time. */
  readonly startedAtMs: number;
  /** The settings that the program was started with, as a file would have them; where there was such a program. */
  readonly settings: readonly Setting[] | undefined;
  /** Undefined where everything is in memory. */
  readonly dataDir: string | undefined;
  readonly loadMetrics: () => Promise<Metrics>;
  readonly loadTraces: () => Promise<Traces>;
}

/** Everything that endpoints are about. */
export interface ManagementContext extends ManagementParts {
  readonly metrics: Metrics;
  /** How many have tried to use the API. */
  readonly httpLogins: { accepted: number; refused: number };
}

/** `key = value`. */
export interface Setting {
  readonly key: string;
  readonly value: string | undefined;
}
