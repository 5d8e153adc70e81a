import type { Permission } from '../core/access.ts';
import type { Pattern } from '../lib/pattern.ts';

/** What a user may do in a virtual host: the names that he may configure, write to and read from. */
export type Grants = Readonly<Record<Permission, Pattern>>;

/** The routing keys that a user may publish to a topic exchange with, and bind to it with. */
export type TopicGrants = Readonly<Record<'write' | 'read', Pattern>>;

/** Patterns by their sources. */
export interface PermissionRow {
  readonly user: string;
  readonly vhost: string;
  readonly configure: string;
  readonly write: string;
  readonly read: string;
}

export interface TopicPermissionRow {
  readonly user: string;
  readonly vhost: string;
  readonly exchange: string;
  readonly write: string;
  readonly read: string;
}

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

  /** Every user's permissions in every virtual host, as they were given. */
  list(): PermissionRow[] {
    return this.#all(({ grants }, vhost, user) =>
      grants === undefined
        ? []
        : [{ user, vhost, configure: grants.configure.source, write: grants.write.source, read: grants.read.source }],
    );
  }

  listTopic(): TopicPermissionRow[] {
    return this.#all(({ topics }, vhost, user) =>
      Array.from(topics, ([exchange, { write, read }]) => ({
        user,
        vhost,
        exchange,
        write: write.source,
        read: read.source,
      })),
    );
  }

  #all<Row>(rowsOf: (granted: Granted, vhost: string, user: string) => Row[]): Row[] {
    return [...this.#byVhost].flatMap(([vhost, users]) =>
      [...users].flatMap(([user, granted]) => rowsOf(granted, vhost, user)),
    );
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
