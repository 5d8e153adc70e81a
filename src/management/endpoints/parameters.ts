import { z } from 'zod';
import { parameterKey } from '../../admin/metadata.ts';
import { type PolicyInput, VirtualHostPolicies } from '../../admin/policies.ts';
import type { VhostLimits } from '../../admin/virtual_hosts.ts';
import type { VirtualHost } from '../../core/vhost.ts';
import { type Answer, list, noContent, ok, put } from '../answer.ts';
import { badRequest, objectNotFound } from '../api_error.ts';
import type { ManagementContext } from '../context.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { vhostNamed, visibleVhosts } from '../request.ts';
import { validated } from './limits.ts';
import { checkVhost, policyValue } from './policies.ts';

const PARAMETER = z.object({ vhost: z.string(), component: z.string(), name: z.string(), value: z.unknown() });
const BODY = z.object({ value: z.unknown().refine((value) => value !== undefined) });

type Parameter = z.infer<typeof PARAMETER>;

export const PARAMETERS: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/api/parameters',
    may: 'policymaker',
    summary: 'The parameters of all virtual hosts; policies are no part of them.',
    isList: true,
    answers: PARAMETER,
    handle: (request) => {
      const all = visibleVhosts(request).flatMap((vhost) => parametersOf(request.context, vhost));
      return list(all.filter(({ component }) => component !== 'policy'));
    },
  }),
  endpoint({
    method: 'GET',
    path: '/api/parameters/:component',
    may: 'policymaker',
    summary: 'The parameters of one component.',
    isList: true,
    answers: PARAMETER,
    handle: (request) => {
      const all = visibleVhosts(request).flatMap((vhost) => parametersOf(request.context, vhost));
      return list(all.filter(({ component }) => component === request.params.component));
    },
  }),
  endpoint({
    method: 'GET',
    path: '/api/parameters/:component/:vhost',
    may: 'policymaker',
    summary: 'The parameters of one component in a virtual host.',
    isList: true,
    answers: PARAMETER,
    handle: ({ context, params }) => {
      const all = parametersOf(context, vhostNamed(context, params.vhost));
      return list(all.filter(({ component }) => component === params.component));
    },
  }),
  endpoint({
    method: 'GET',
    path: '/api/parameters/:component/:vhost/:name',
    may: 'policymaker',
    summary: 'One parameter.',
    answers: PARAMETER,
    handle: ({ context, params }) => ok(found(context, params)),
  }),
  endpoint({
    method: 'PUT',
    path: '/api/parameters/:component/:vhost/:name',
    may: 'policymaker',
    summary: 'Sets a parameter: limits of a virtual host, or an operator policy.',
    body: BODY,
    before: ({ context, params }) => checkVhost(context, params.vhost),
    handle: ({ context, params, body }) => set(context, params, body.value),
  }),
  endpoint({
    method: 'DELETE',
    path: '/api/parameters/:component/:vhost/:name',
    may: 'policymaker',
    summary: 'Takes a parameter away.',
    handle: ({ context, params }) => {
      found(context, params);
      return clear(context, params);
    },
  }),
];

interface Which {
  readonly component: string;
  readonly vhost: string;
  readonly name: string;
}

function parametersOf({ administration, metadata }: ManagementContext, vhost: VirtualHost): readonly Parameter[] {
  const { name } = vhost;
  const limits = administration.vhosts.get(name)?.limits ?? {};
  const kept = [...metadata.parameters.values()].filter((parameter) => parameter.vhost === name);
  const policies = (component: string, kind: 'policy' | 'operator policy'): readonly Parameter[] =>
    vhost.policies
      .list(kind)
      .map((policy) => ({ vhost: name, component, name: policy.name, value: policyValue(policy) }));
  return [
    ...kept,
    ...(Object.keys(limits).length === 0
      ? []
      : [{ vhost: name, component: 'vhost-limits', name: 'limits', value: limits }]),
    ...policies('operator_policy', 'operator policy'),
    ...policies('policy', 'policy'),
  ];
}

function found(context: ManagementContext, { component, vhost, name }: Which): Parameter {
  const all = parametersOf(context, vhostNamed(context, vhost));
  const parameter = all.find((each) => each.component === component && each.name === name);
  if (parameter === undefined) throw objectNotFound();
  return parameter;
}

async function set(context: ManagementContext, which: Which, value: unknown): Promise<Answer> {
  const { component, vhost, name } = which;
  const opened = vhostNamed(context, vhost);
  const isNew = !parametersOf(context, opened).some((each) => each.component === component && each.name === name);
  switch (component) {
    case 'policy':
      throw badRequest('policies may not be set using this method');
    case 'operator_policy': {
      const { 'apply-to': applyTo, ...policy } = (value ?? {}) as { readonly 'apply-to'?: unknown };
      await new VirtualHostPolicies(opened, 'operator policy').set(name, { applyTo, ...policy } as PolicyInput);
      return put(isNew);
    }
    case 'vhost-limits':
      await validated(context.administration.vhosts.setLimits(vhost, (value ?? {}) as VhostLimits));
      return put(isNew);
    default:
      throw badRequest(`Validation failed\n\ncomponent ${component} not found\n`);
  }
}

/** Those that a definition brought for a component that is not here go as well. */
async function clear({ administration, metadata, server }: ManagementContext, which: Which): Promise<Answer> {
  const { component, vhost, name } = which;
  const opened = server.vhosts.get(vhost);
  if (component === 'vhost-limits') await administration.vhosts.setLimits(vhost, {});
  else if (component === 'policy' && opened !== undefined) await new VirtualHostPolicies(opened, 'policy').delete(name);
  else if (component === 'operator_policy' && opened !== undefined) {
    await new VirtualHostPolicies(opened, 'operator policy').delete(name);
  } else {
    metadata.parameters.delete(parameterKey(which));
    await metadata.save();
  }
  return noContent();
}
