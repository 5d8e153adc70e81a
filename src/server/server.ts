import type { CertificateLogin } from '../auth/certificate_name.ts';
import type { LoginThrottle } from '../auth/login_throttle.ts';
import type { Mechanism } from '../auth/mechanisms.ts';
import type { Token, TokenRefusal } from '../auth/oauth2/token_access.ts';
import type { Permissions } from '../auth/permissions.ts';
import type { Users } from '../auth/users.ts';
import type { Events } from '../core/events.ts';
import type { VirtualHost } from '../core/vhost.ts';
import type { Arena } from '../lib/arena.ts';
import type { Clock } from '../lib/clock.ts';
import type { TimerWheel } from '../lib/timer_wheel.ts';
import type { Alarms } from './alarms.ts';
import type { Connection } from './connection/connection.ts';
import type { Counters } from './counters.ts';
import type { GivenLimits, NodeLimits, Usage } from './limits.ts';
import type { Logger } from './logger.ts';
import type { LoopTurn } from './turn.ts';

/** The broker's own users, or tokens. */
export type AuthBackend = 'internal' | 'oauth2';

/** Tells what a token says, if it is to be believed. */
export interface Tokens {
  verify(jwt: string): Promise<Token | TokenRefusal>;
}

/** What all connections of a broker share. */
export interface Server {
  readonly arena: Arena;
  readonly turn: LoopTurn;
  readonly wheel: TimerWheel;
  readonly clock: Clock;
  readonly users: Users;
  readonly permissions: Permissions;
  readonly throttle: LoginThrottle;
  /** Who is asked about a login, in this order. */
  readonly authBackends: readonly AuthBackend[];
  /** Where they are among those. */
  readonly tokens: Tokens | undefined;
  readonly alarms: Alarms;
  readonly logger: Logger;
  /** Whether it is kept how clients introduced themselves: for events, and for who asks about connections. */
  keepsIntroductions: boolean;
  /** Told of what clients do. */
  readonly events: Events;
  readonly vhosts: ReadonlyMap<string, VirtualHost>;
  readonly connections: Set<Connection>;
  readonly counters: Counters;
  readonly version: string;
  /** What clients are told that it is, and its version. */
  readonly product: { readonly name: string; readonly version: string };
  /** Where operators keep what the cluster is called. */
  readonly globalParameters: ReadonlyMap<string, unknown>;
  /** SASL mechanisms, in the order in which they are offered; EXTERNAL only to clients that speak TLS. */
  readonly mechanisms: readonly Mechanism[];
  /** Where an EXTERNAL login finds its user name in the client's certificate. */
  readonly certificateLogin: CertificateLogin;
  readonly limits: NodeLimits;
  readonly limitsOf: GivenLimits;
  readonly usage: Usage;
  maxMessageSizeBytes: number;
  /** Of frames from clients that have not opened their virtual host. */
  initialFrameMax: number;
  /** What is offered in connection.tune: octets, channels, seconds. */
  readonly frameMax: number;
  readonly channelMax: number;
  heartbeatSeconds: number;
  handshakeTimeoutMs: number;
  /** How long a delivery may be unsettled where neither consumer nor queue says; 0 is for ever. */
  consumerTimeoutMs: number;
}
