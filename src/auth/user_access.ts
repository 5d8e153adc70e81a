import { type Access, accessRefused, PERMISSIONS, type Permission } from '../core/access.ts';
import type { Exchange } from '../core/exchange/exchange.ts';
import type { Grants, Permissions, TopicGrants } from './permissions.ts';

/** What the default exchange, which has no name, is called in permissions. */
const DEFAULT_EXCHANGE = 'amq.default';

/** One user's access to one virtual host, always as his permissions are at the time. */
export class UserAccess implements Access {
  readonly #permissions: Permissions;
  readonly #vhost: string;
  readonly #user: string;
  #version = 0;
  #grants: Grants | undefined;
  #topics: ReadonlyMap<string, TopicGrants> = new Map();

  constructor(permissions: Permissions, vhost: string, user: string) {
    this.#permissions = permissions;
    this.#vhost = vhost;
    this.#user = user;
  }

  check(permission: Permission, kind: 'exchange' | 'queue', given: string): void {
    this.#refresh();
    const name = given === '' && kind === 'exchange' ? DEFAULT_EXCHANGE : given;
    if (this.#grants?.[permission].matches(name)) return;
    throw accessRefused(permission, `${kind} '${name}'`, this.#vhost, this.#user);
  }

  checkAny(kind: 'exchange' | 'queue', name: string): void {
    this.#refresh();
    const grants = this.#grants;
    if (grants === undefined || !PERMISSIONS.some((permission) => grants[permission].matches(name))) {
      this.check('configure', kind, name);
    }
  }

  checkTopic(permission: 'write' | 'read', { name, properties }: Exchange, routingKey: string): void {
    if (properties.type !== 'topic') return;
    this.#refresh();
    const grants = this.#topics.get(name);
    if (grants === undefined || grants[permission].matches(routingKey)) return;
    throw accessRefused(permission, `topic '${routingKey}' in exchange '${name}'`, this.#vhost, this.#user);
  }

  #refresh(): void {
    const { version } = this.#permissions;
    if (this.#version === version) return;
    this.#version = version;
    this.#grants = this.#permissions.get(this.#vhost, this.#user);
    this.#topics = this.#permissions.topicsOf(this.#vhost, this.#user);
  }
}
