import type { Permission } from '../core/access.ts';
import type { Pattern } from '../lib/pattern.ts';

/** What a user may do in a virtual host: the names that he may configure, write to and read from. */
export type Grants = Readonly<Record<Permission, Pattern>>;

/** The routing keys that a user may publish to a topic exchange with, and bind to it with. */
export type TopicGrants = Readonly<Record<'write' | 'read', Pattern>>;

interface Granted {
  grants: Grants | undefined;
  /** By exchange. */
  readonly topics: Map<string, TopicGrants>;
}

/** All permissions, by virtual host and user. A user who has none in a virtual host cannot open it. */
export class Permissions {
  /** Raised by every change. */
  version = 1;
  readonly #byVhost = new Map<string, Map<string, Granted>>();
  readonly #changed: (vhost: string) => void;

  /** `changed` is called when somebody's permissions in a virtual host have changed. */
  constructor(changed: (vhost: string) => void) {
    this.#changed = changed;
  }

  set(vhost: string, user: string, grants: Grants): void {
    this.#ensure(vhost, user).grants = grants;
    this.#raise(vhost);
  }

  get(vhost: string, user: string): Grants | undefined {
    return this.#byVhost.get(vhost)?.get(user)?.grants;
  }

  /** False if there were none. */
  clear(vhost: string, user: string): boolean {
    const granted = this.#byVhost.get(vhost)?.get(user);
    if (granted?.grants === undefined) return false;
    granted.grants = undefined;
    this.#tidy(vhost, user);
    return true;
  }

  setTopic(vhost: string, user: string, exchange: string, grants: TopicGrants): void {
    this.#ensure(vhost, user).topics.set(exchange, grants);
    this.#raise(vhost);
  }

  topicsOf(vhost: string, user: string): ReadonlyMap<string, TopicGrants> {
    return this.#byVhost.get(vhost)?.get(user)?.topics ?? NO_TOPICS;
  }

  /** Of all exchanges, unless one is named. False if there were none. */
  clearTopic(vhost: string, user: string, exchange?: string): boolean {
    const topics = this.#byVhost.get(vhost)?.get(user)?.topics ?? new Map();
    if (exchange === undefined ? topics.size === 0 : !topics.has(exchange)) return false;
    if (exchange === undefined) topics.clear();
    else topics.delete(exchange);
    this.#tidy(vhost, user);
    return true;
  }

  userDeleted(user: string): void {
    for (const [vhost, users] of [...this.#byVhost]) if (users.delete(user)) this.#raise(vhost);
  }

  vhostDeleted(vhost: string): void {
    this.#byVhost.delete(vhost);
    this.#raise(vhost);
  }

  /** Every user's permissions in every virtual host. */
  *entries(): Iterable<{ readonly vhost: string; readonly user: string; readonly grants: Grants }> {
    for (const [vhost, users] of this.#byVhost) {
      for (const [user, { grants }] of users) if (grants !== undefined) yield { vhost, user, grants };
    }
  }

  *topicEntries(): Iterable<{
    readonly vhost: string;
    readonly user: string;
    readonly exchange: string;
    readonly grants: TopicGrants;
  }> {
    for (const [vhost, users] of this.#byVhost) {
      for (const [user, { topics }] of users) {
        for (const [exchange, grants] of topics) yield { vhost, user, exchange, grants };
      }
    }
  }

  #ensure(vhost: string, user: string): Granted {
    const users = this.#byVhost.get(vhost) ?? new Map<string, Granted>();
    const granted = users.get(user) ?? { grants: undefined, topics: new Map() };
    this.#byVhost.set(vhost, users.set(user, granted));
    return granted;
  }

  #tidy(vhost: string, user: string): void {
    const users = this.#byVhost.get(vhost);
    const granted = users?.get(user);
    if (granted?.grants === undefined && granted?.topics.size === 0) users?.delete(user);
    this.#raise(vhost);
  }

  #raise(vhost: string): void {
    this.version++;
    this.#changed(vhost);
  }
}

const NO_TOPICS: ReadonlyMap<string, TopicGrants> = new Map();
