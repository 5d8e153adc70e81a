import type { User } from '../../auth/users.ts';
import type { Method } from '../../codec/methods.gen.ts';
import type { Access } from '../../core/access.ts';
import type { VirtualHost } from '../../core/vhost.ts';

/**
 * Where a connection stands.
 *
 *     header-due ─ AMQP 0 0 9 1 ─▶ starting ─ start-ok ─▶ tuning ─ tune-ok ─▶ opening ─ open ─▶ running
 *     any ── error: connection.close sent ──▶ closing ── close-ok, or time ──▶ closed
 *
 * `closed` follows from every phase when the socket ends. `refusing` is a login that failed for a client that does not
 * know authentication_failure_close: nothing is said, and the socket ends a little later.
 */
export type ConnectionPhase =
  | { readonly name: 'header-due' }
  | { readonly name: 'starting' }
  | { readonly name: 'refusing' }
  | { readonly name: 'tuning'; readonly user: User }
  | { readonly name: 'opening'; readonly user: User }
  | { readonly name: 'running'; readonly user: User; readonly vhost: VirtualHost; readonly access: Access }
  | { readonly name: 'closing' }
  | { readonly name: 'closed' };

export type PhaseName = ConnectionPhase['name'];

/** What a client may send on channel 0 in each phase; anything else is an error there, or ignored while closing. */
export const LEGAL_METHODS: { readonly [Name in PhaseName]: ReadonlySet<Method['name']> } = {
  'header-due': new Set(),
  starting: new Set(['connection.start-ok']),
  refusing: new Set(),
  tuning: new Set(['connection.tune-ok', 'connection.close']),
  opening: new Set(['connection.open', 'connection.close']),
  running: new Set(['connection.close', 'connection.update-secret']),
  closing: new Set(['connection.close', 'connection.close-ok']),
  closed: new Set(),
};
