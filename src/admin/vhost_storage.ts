import type { VirtualHost } from '../core/vhost.ts';

/** A virtual host, and what it is kept in. */
export interface OpenVhost {
  readonly vhost: VirtualHost;
  /** Its folder stays. */
  close(): Promise<void>;
  /** Nobody uses it any more: drops all that is in it, a part at a time, and then its folder. */
  remove(): Promise<void>;
}

/** Where virtual hosts are kept. */
export interface VhostStorage {
  /** Rejects with a StartError that says why its journal cannot be opened. */
  openVhost(name: string): Promise<OpenVhost>;
  /** What is left of a virtual host whose removal was cut short. */
  removeRest(name: string): Promise<void>;
}
