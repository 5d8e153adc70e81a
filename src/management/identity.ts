import { mayOpen, TokenAccess } from '../auth/oauth2/token_access.ts';
import { UserAccess } from '../auth/user_access.ts';
import type { User } from '../auth/users.ts';
import type { Access } from '../core/access.ts';
import type { Server } from '../server/server.ts';

const MANAGEMENT_TAGS = ['administrator', 'monitoring', 'policymaker', 'management'];

/** Whether a user's tags let him use the API at all. */
export function isManagementUser({ tags }: User): boolean {
  return tags.some((tag) => MANAGEMENT_TAGS.includes(tag));
}

/** Somebody who has logged in to the API. */
export class Identity {
  readonly user: User;
  readonly isAdministrator: boolean;
  readonly isMonitor: boolean;
  readonly isPolicymaker: boolean;
  readonly #server: Server;

  constructor(user: User, server: Server) {
    this.user = user;
    this.#server = server;
    this.isAdministrator = user.tags.includes('administrator');
    this.isMonitor = this.isAdministrator || user.tags.includes('monitoring');
    this.isPolicymaker = this.isAdministrator || user.tags.includes('policymaker');
  }

  /** What he may do there, as a client. */
  access(vhost: string): Access {
    const { name, token } = this.user;
    return token === undefined ? new UserAccess(this.#server.permissions, vhost, name) : new TokenAccess(token, vhost);
  }

  mayOpen(vhost: string): boolean {
    const { name, token } = this.user;
    return token === undefined ? this.#server.permissions.get(vhost, name) !== undefined : mayOpen(token, vhost);
  }

  /** Whether lists tell him of what is in the virtual host. */
  sees(vhost: string): boolean {
    return this.isMonitor || this.mayOpen(vhost);
  }
}
