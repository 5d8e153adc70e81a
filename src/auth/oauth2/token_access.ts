import { type Access, accessRefused, PERMISSIONS, type Permission } from '../../core/access.ts';
import type { Exchange } from '../../core/exchange/exchange.ts';
import type { Claims } from './options.ts';
import { permissionsOf, type ScopePermission } from './scopes.ts';
import { wildcardMatches } from './wildcard.ts';

/** What the default exchange, which has no name, is called in scopes. */
const DEFAULT_EXCHANGE = 'amq.default';

/** Names whose answer is remembered. */
const DECIDED_MAX = 1024;

/** A token that was believed, as far as it counts here. */
export interface Token {
  readonly userName: string;
  readonly tags: readonly string[];
  /** Seconds since 1970; undefined for one that does not expire. */
  readonly expiresAtSeconds: number | undefined;
  readonly scopes: readonly string[];
  readonly claims: Claims;
}

/** Why a token is not believed; for the log, never for the peer. */
export interface TokenRefusal {
  readonly refused: string;
}

/** Whether any of the token's scopes is about this virtual host. */
export function mayOpen({ scopes, claims }: Token, vhost: string): boolean {
  return permissionsOf(scopes, claims, vhost).some((permission) => wildcardMatches(vhost, permission.vhost));
}

/** What a token's scopes allow in one virtual host. */
export class TokenAccess implements Access {
  readonly #vhost: string;
  readonly #user: string;
  readonly #permissions: readonly ScopePermission[];
  readonly #decided: Map<string, boolean> = new Map();

  constructor({ userName, scopes, claims }: Token, vhost: string) {
    this.#vhost = vhost;
    this.#user = userName;
    const permissions = permissionsOf(scopes, claims, vhost);
    this.#permissions = permissions.filter((permission) => wildcardMatches(vhost, permission.vhost));
  }

  check(permission: Permission, kind: 'exchange' | 'queue', given: string): void {
    const name = given === '' && kind === 'exchange' ? DEFAULT_EXCHANGE : given;
    if (this.#allows(permission, name, undefined)) return;
    throw accessRefused(permission, `${kind} '${name}'`, this.#vhost, this.#user);
  }

  checkAny(kind: 'exchange' | 'queue', name: string): void {
    if (!PERMISSIONS.some((permission) => this.#allows(permission, name, undefined)))
      this.check('configure', kind, name);
  }

  /** A scope without a pattern for routing keys says nothing of topics, as in RabbitMQ. */
  checkTopic(permission: 'write' | 'read', { name, properties }: Exchange, routingKey: string): void {
    if (properties.type !== 'topic' || this.#allows(permission, name, routingKey)) return;
    throw accessRefused(permission, `topic '${routingKey}' in exchange '${name}'`, this.#vhost, this.#user);
  }

  #allows(permission: Permission, name: string, routingKey: string | undefined): boolean {
    const question = JSON.stringify([permission, name, routingKey]);
    let answer = this.#decided.get(question);
    if (answer === undefined) {
      answer = this.#permissions.some((scope) => allows(scope, permission, name, routingKey));
      if (this.#decided.size >= DECIDED_MAX) this.#decided.clear();
      this.#decided.set(question, answer);
    }
    return answer;
  }
}

function allows(scope: ScopePermission, permission: Permission, name: string, routingKey: string | undefined): boolean {
  if (scope.permission !== permission || !wildcardMatches(name, scope.name)) return false;
  if (routingKey === undefined) return true;
  return scope.routingKey !== undefined && wildcardMatches(routingKey, scope.routingKey);
}
