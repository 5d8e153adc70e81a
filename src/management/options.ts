/** Where the management API is, and how. */
export interface ManagementOptions {
  /** 0, the default, takes any free one; false is none, which leaves TLS. */
  readonly port?: number | false;
  /** Address to listen on; unless given, the broker's. */
  readonly host?: string | undefined;
  readonly tls?: HttpTlsOptions | undefined;
  /** What all paths begin with, as in `/rabbit`; nothing unless given. */
  readonly pathPrefix?: string;
  /** Origins of web pages that may use it; `*` is every one. */
  readonly corsAllowOrigins?: readonly string[];
  readonly corsMaxAgeSeconds?: number;
  /** Of a request. */
  readonly maxBodySizeBytes?: number;
}

/** The port on which Prometheus reads. */
export interface PrometheusPortOptions {
  /** 0, the default, takes any free one; false is none, which leaves TLS. */
  readonly port?: number | false;
  /** Unless given, the broker's. */
  readonly host?: string | undefined;
  readonly tls?: HttpTlsOptions | undefined;
  /** `/metrics` unless given. */
  readonly path?: string;
  /** Whether that path tells of each object, instead of adding them up. */
  readonly perObject?: boolean;
}

/** The same over TLS, on a port of its own. */
export interface HttpTlsOptions {
  readonly port?: number;
  readonly host?: string | undefined;
  /** The certificate with those that lead to its authority, and its key: PEM files. */
  readonly certfile: string;
  readonly keyfile: string;
  readonly password?: string | undefined;
  /** The authorities whose client certificates are believed: a PEM file. */
  readonly cacertfile?: string | undefined;
  readonly verify?: 'verify_none' | 'verify_peer';
  readonly failIfNoPeerCert?: boolean;
  readonly versions?: readonly ('tlsv1.2' | 'tlsv1.3')[];
}
