import { z } from 'zod';
import { type PolicyInput, VirtualHostPolicies } from '../../admin/policies.ts';
import type { Policy, PolicyKind } from '../../core/policy/policy.ts';
import type { VirtualHost } from '../../core/vhost.ts';
import { list, noContent, ok, put } from '../answer.ts';
import { notFound, objectNotFound } from '../api_error.ts';
import type { ManagementContext } from '../context.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { vhostNamed, visibleVhosts } from '../request.ts';

const POLICY = z.object({
  vhost: z.string(),
  name: z.string(),
  pattern: z.string(),
  'apply-to': z.string(),
  definition: z.record(z.string(), z.unknown()),
  priority: z.number(),
});

/** What is wrong with them is told all at once, in RabbitMQ's words. */
const BODY = z.object({
  pattern: z.unknown().refine((pattern) => pattern !== undefined),
  definition: z.unknown().refine((definition) => definition !== undefined),
  priority: z.unknown().optional(),
  'apply-to': z.unknown().optional(),
});

/** The same for users' policies and the operator's. */
function endpoints(root: 'policies' | 'operator-policies', kind: PolicyKind): readonly Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: `/api/${root}`,
      may: 'management',
      summary: `Each ${kind} of all virtual hosts.`,
      isList: true,
      answers: POLICY,
      handle: (request) => list(visibleVhosts(request).flatMap((vhost) => policiesOf(vhost, kind))),
    }),
    endpoint({
      method: 'GET',
      path: `/api/${root}/:vhost`,
      may: 'vhost',
      summary: `Each ${kind} of a virtual host.`,
      isList: true,
      answers: POLICY,
      handle: ({ context, params }) => list(policiesOf(vhostNamed(context, params.vhost), kind)),
    }),
    endpoint({
      method: 'GET',
      path: `/api/${root}/:vhost/:name`,
      may: root === 'policies' ? 'policymaker' : 'administrator',
      summary: `One ${kind}.`,
      answers: POLICY,
      handle: ({ context, params }) => {
        const vhost = vhostNamed(context, params.vhost);
        return ok(policyView(vhost, found(vhost, kind, params.name)));
      },
    }),
    endpoint({
      method: 'PUT',
      path: `/api/${root}/:vhost/:name`,
      may: root === 'policies' ? 'policymaker' : 'administrator',
      summary: `Adds, or replaces, one ${kind}.`,
      body: BODY,
      before: ({ context, params }) => checkVhost(context, params.vhost),
      handle: async ({ context, params, body }) => {
        const vhost = vhostNamed(context, params.vhost);
        const isNew = vhost.policies.get(kind, params.name) === undefined;
        const { pattern, definition, priority, 'apply-to': applyTo } = body;
        const given = { pattern, definition, priority: priority ?? 0, applyTo: applyTo ?? 'all' };
        await new VirtualHostPolicies(vhost, kind).set(params.name, given as PolicyInput);
        return put(isNew);
      },
    }),
    endpoint({
      method: 'DELETE',
      path: `/api/${root}/:vhost/:name`,
      may: root === 'policies' ? 'policymaker' : 'administrator',
      summary: `Takes one ${kind} back from all that it applies to.`,
      handle: async ({ context, params }) => {
        const vhost = vhostNamed(context, params.vhost);
        found(vhost, kind, params.name);
        await new VirtualHostPolicies(vhost, kind).delete(params.name);
        return noContent();
      },
    }),
  ];
}

export const POLICIES: readonly Endpoint[] = [
  ...endpoints('policies', 'policy'),
  ...endpoints('operator-policies', 'operator policy'),
];

/** What is in a policy, as the API has it. */
export interface PolicyView {
  readonly pattern: string;
  readonly 'apply-to': string;
  readonly definition: Readonly<Record<string, unknown>>;
  readonly priority: number;
}

/** For what is changed, RabbitMQ says which was not found. */
export function checkVhost({ server }: ManagementContext, name: string): void {
  if (!server.vhosts.has(name)) throw notFound('vhost_not_found');
}

function policiesOf(vhost: VirtualHost, kind: PolicyKind): readonly object[] {
  return vhost.policies.list(kind).map((policy) => policyView(vhost, policy));
}

function policyView(
  vhost: VirtualHost,
  policy: Policy,
): PolicyView & { readonly vhost: string; readonly name: string } {
  return { vhost: vhost.name, name: policy.name, ...policyValue(policy) };
}

/** A policy as parameters have it. */
export function policyValue(policy: Policy): PolicyView {
  const { pattern, applyTo, definition, priority } = policy;
  return { pattern, 'apply-to': applyTo, definition: Object.fromEntries(definition), priority };
}

function found(vhost: VirtualHost, kind: PolicyKind, name: string): Policy {
  const policy = vhost.policies.get(kind, name);
  if (policy === undefined) throw objectNotFound();
  return policy;
}
