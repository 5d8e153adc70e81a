import { type ApiError, notAuthorised, notFound } from './api_error.ts';
import type { ManagementContext } from './context.ts';
import type { Identity } from './identity.ts';

/**
 * Who may use an endpoint, by RabbitMQ's rules. Whoever is not `anybody` has logged in, and has one of the tags management,
 * policymaker, monitoring and administrator.
 *
 * | may                  | beyond that                                                                    |
 * | -------------------- | ------------------------------------------------------------------------------ |
 * | `anybody`            | no login                                                                       |
 * | `management`         | nothing                                                                        |
 * | `vhost`              | administrators, and who may open the virtual host in the path                  |
 * | `visible vhost`      | the same, and monitoring                                                       |
 * | `policymaker`        | administrators, and policymakers who may open the virtual host in the path     |
 * | `global policymaker` | policymakers and administrators                                                |
 * | `monitoring`         | monitoring and administrators                                                  |
 * | `himself`            | monitoring, administrators, and the user in the path                           |
 * | `administrator`      | administrators                                                                 |
 */
export type May =
  | 'anybody'
  | 'management'
  | 'vhost'
  | 'visible vhost'
  | 'policymaker'
  | 'global policymaker'
  | 'monitoring'
  | 'himself'
  | 'administrator';

/** What a path and the header x-vhost name. */
export interface Named {
  readonly vhost: string | undefined;
  readonly user: string | undefined;
}

/** Throws where he may not. */
export function checkMay(may: May, identity: Identity, named: Named, context: ManagementContext): void {
  const refusal = refusalOf(may, identity, named, context);
  if (refusal !== undefined) throw refusal;
}

const OBJECT = 'User not authorised to access object';

function refusalOf(may: May, identity: Identity, named: Named, context: ManagementContext): ApiError | undefined {
  const { isAdministrator, isMonitor, isPolicymaker } = identity;
  switch (may) {
    case 'anybody':
    case 'management':
      return undefined;
    case 'vhost':
      return isAdministrator || mayOpen(identity, named, context) ? undefined : notFound();
    case 'visible vhost':
      return isMonitor || mayOpen(identity, named, context) ? undefined : notFound();
    case 'policymaker':
      if (isAdministrator) return undefined;
      if (!isPolicymaker) return notAuthorised(OBJECT);
      return mayOpen(identity, named, context) ? undefined : notFound();
    case 'global policymaker':
      return isPolicymaker ? undefined : notAuthorised(OBJECT);
    case 'monitoring':
      return isMonitor ? undefined : notAuthorised('Not monitor user');
    case 'himself':
      return isMonitor || named.user === identity.user.name ? undefined : notAuthorised(OBJECT);
    case 'administrator':
      return isAdministrator ? undefined : notAuthorised('Not administrator user');
  }
}

/** That there is no such virtual host is for the endpoint to say. */
function mayOpen(identity: Identity, { vhost }: Named, { server }: ManagementContext): boolean {
  return vhost === undefined || !server.vhosts.has(vhost) || identity.mayOpen(vhost);
}
