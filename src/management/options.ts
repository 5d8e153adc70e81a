/** Where the management API is, and how. */
export interface ManagementOptions {
  /** 0, the default, takes any free one. */
  readonly port?: number;
  /** Address to listen on; unless given, the broker's. */
  readonly host?: string | undefined;
  /** What all paths begin with; nothing unless given. */
  readonly pathPrefix?: string;
}
