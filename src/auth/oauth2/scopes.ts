// Scopes, as RabbitMQ's plugin reads them:
//
//     leveret.read:vhost/name              leveret.write:vhost/exchange/routing key       leveret.tag:administrator
//     prefix  what, and patterns                                                          prefix  tag
//
// The patterns have wildcards (wildcard.ts), and {vhost} and {claim} in them stand for what they name.

import type { Permission } from '../../core/access.ts';
import type { Claims, OAuth2Options } from './options.ts';

/** More than anybody has; each is looked at for each check. */
const SCOPES_MAX = 2048;

/** Where Keycloak's requesting party tokens have theirs. */
const REQUESTING_PARTY_PATH = 'authorization.permissions.scopes';

export interface ScopePermission {
  readonly permission: Permission;
  readonly vhost: string;
  readonly name: string;
  readonly routingKey: string | undefined;
}

/** The scopes of a token that are for us, without their prefix. Undefined when there are too many. */
export function scopesOf(claims: Claims, options: OAuth2Options): readonly string[] | undefined {
  const { resourceServerId, additionalScopesKey = '', scopeAliases = {} } = options;
  const own = scopeList(claims['scope'], resourceServerId);
  const additional = [...words(additionalScopesKey), REQUESTING_PARTY_PATH].flatMap((path) => {
    const steps = path.split('.').filter((step) => step !== '');
    return valuesAt(claims, steps).flatMap((value) => scopeList(value, resourceServerId));
  });
  const named = [...additional, ...own];
  const aliased = named.flatMap((scope) => (Object.hasOwn(scopeAliases, scope) ? (scopeAliases[scope] ?? []) : []));
  const prefix = options.scopePrefix ?? `${resourceServerId}.`;
  const ours = [...named, ...aliased].filter((scope) => scope.startsWith(prefix));
  const scopes = [...new Set(ours.map((scope) => scope.slice(prefix.length)))];
  return scopes.length > SCOPES_MAX ? undefined : scopes;
}

/** `tag:administrator`. */
export function tagsOf(scopes: readonly string[]): readonly string[] {
  return scopes.filter((scope) => scope.startsWith('tag:')).map((scope) => scope.slice('tag:'.length));
}

/** What the scopes allow in a virtual host, as far as they are permissions. */
export function permissionsOf(scopes: readonly string[], claims: Claims, vhost: string): readonly ScopePermission[] {
  const permissions = scopes.map((scope) => readPermission(expand(scope, claims, vhost)));
  return permissions.filter((permission) => permission !== undefined);
}

function readPermission(scope: string): ScopePermission | undefined {
  const [, permission, rest] = /^(configure|write|read):(.*)$/s.exec(scope) ?? [];
  if (permission === undefined || rest === undefined) return undefined;
  const [vhost, name, routingKey, ...more] = rest.split('/');
  if (vhost === undefined || name === undefined || more.length > 0) return undefined;
  return { permission: permission as Permission, vhost, name, routingKey };
}

/** A claim that is no text stands for its own name. A brace that does not close makes the scope say nothing. */
function expand(scope: string, claims: Claims, vhost: string): string {
  const expanded = scope.replace(/\{([^{}.*]*)\}/g, (_, name: string) => {
    const value = name === 'vhost' ? vhost : Object.hasOwn(claims, name) ? claims[name] : name;
    // Encoded where the pattern would otherwise take a claim's own characters for its syntax.
    return typeof value === 'string' ? encodeLiterally(value) : name;
  });
  return /\{/.test(expanded) ? '' : expanded;
}

function encodeLiterally(value: string): string {
  return value.replace(/[%*+/{}]/g, encodeURIComponent).replaceAll('*', '%2A');
}

/** A text of words, a list, or an object with one of these for our resource server, where the prefix is left out. */
function scopeList(value: unknown, resourceServerId: string): string[] {
  if (typeof value === 'string') return words(value);
  if (Array.isArray(value)) return value.filter((entry) => typeof entry === 'string');
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, resourceServerId)) return [];
  const own: unknown = (value as Claims)[resourceServerId];
  const list = typeof own === 'object' && !Array.isArray(own) ? [] : scopeList(own, resourceServerId);
  return list.map((scope) => `${resourceServerId}.${scope}`);
}

/** Through lists as well: what any of their entries has there. */
function valuesAt(value: unknown, path: readonly string[]): unknown[] {
  const [step, ...rest] = path;
  if (step === undefined) return [value];
  if (Array.isArray(value)) return value.flatMap((entry) => valuesAt(entry, path));
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return [];
  return valuesAt((value as Claims)[step], rest);
}

function words(text: string): string[] {
  return text.split(' ').filter((word) => word !== '');
}
