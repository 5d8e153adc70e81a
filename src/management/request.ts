import type { VirtualHost } from '../core/vhost.ts';
import { objectNotFound } from './api_error.ts';
import type { ManagementContext } from './context.ts';
import type { Identity } from './identity.ts';

/** One request, checked: who asks may ask, and the body is what it must be. */
export interface ApiRequest<Parameter extends string = string, Body = unknown> {
  readonly context: ManagementContext;
  readonly identity: Identity;
  /** What stands in the path, decoded. */
  readonly params: Readonly<Record<Parameter, string>>;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  readonly body: Body;
  readonly remoteAddress: string;
}

/** Throws where there is no such virtual host. */
export function vhostNamed({ server }: ManagementContext, name: string): VirtualHost {
  const vhost = server.vhosts.get(name);
  if (vhost === undefined) throw objectNotFound();
  return vhost;
}

/** The virtual hosts that a list is about: that of the header x-vhost, if it names one, or all that he may know of. */
export function visibleVhosts({ context, identity, headers }: ApiRequest): readonly VirtualHost[] {
  const only = headers.get('x-vhost') ?? '';
  const all = [...context.server.vhosts.values()].filter(({ name }) => only === '' || name === only);
  return all.filter(({ name }) => identity.sees(name));
}
