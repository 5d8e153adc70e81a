import { toPlain } from '../codec/table.ts';
import { VERSION } from '../config/version.ts';
import type { Binding } from '../core/exchange/binding.ts';
import { PREDECLARED_EXCHANGES } from '../core/exchange/declare.ts';
import type { Policy, PolicyKind } from '../core/policy/policy.ts';
import { QUEUE_TYPE, queueType } from '../core/queue/arguments.ts';
import { Queue } from '../core/queue/queue.ts';
import type { VirtualHost } from '../core/vhost.ts';
import { LazyList } from '../lib/lazy_list.ts';
import { clusterName } from '../server/cluster_name.ts';
import type { DefinitionsContext } from './definitions_context.ts';
import { ManagementError } from './management_error.ts';
import type { VirtualHostInfo } from './virtual_hosts.ts';

type Item = Readonly<Record<string, unknown>>;

/** Definitions of which the long lists are made when they are sent, as things are now. */
export type LazyDefinitions = Readonly<Record<string, unknown>>;

const PREDECLARED: ReadonlySet<string> = new Set(PREDECLARED_EXCHANGES.map(({ name }) => name));

/** Of the whole broker, or of one virtual host: then its name is left out of everything. */
export function exportDefinitions(context: DefinitionsContext, only: string | undefined): LazyDefinitions {
  const product = { product_name: 'Leveret', product_version: VERSION };
  if (only === undefined) {
    const cluster = clusterName(context.metadata.globalParameters);
    return {
      ...product,
      explanation: `Definitions of ${cluster}`,
      rabbitmq_definition_format: 'cluster',
      original_cluster_name: cluster,
      ...nodeItems(context),
      ...vhostItems(context, [...context.registry.open.values()]),
    };
  }
  const vhost = context.registry.open.get(only);
  const info = context.vhosts.get(only);
  if (vhost === undefined || info === undefined) throw new ManagementError('not-found', `no virtual host '${only}'`);
  const items = Object.entries(vhostItems(context, [vhost]));
  return {
    ...product,
    explanation: `Definitions of virtual host '${only}'`,
    rabbitmq_definition_format: 'single_virtual_host',
    original_vhost_name: only,
    metadata: metadataOf(info),
    limits: info.limits,
    ...Object.fromEntries(items.map(([kind, list]) => [kind, list.map(withoutVhost)])),
  };
}

function withoutVhost(item: unknown): unknown {
  const { vhost: _, ...rest } = item as Item;
  return rest;
}

function nodeItems({ users, vhosts, permissions, metadata }: DefinitionsContext): Readonly<Record<string, Item[]>> {
  return {
    users: users.list().map(({ name, passwordHash, hashingAlgorithm, tags, limits }) => ({
      name,
      password_hash: passwordHash,
      hashing_algorithm: hashingAlgorithm,
      tags,
      limits,
    })),
    vhosts: vhosts.list().map((info) => ({ name: info.name, limits: info.limits, metadata: metadataOf(info) })),
    permissions: permissions.list().map((permission) => ({ ...permission })),
    topic_permissions: permissions.listTopic().map((permission) => ({ ...permission })),
    global_parameters: [...metadata.globalParameters].map(([name, value]) => ({ name, value })),
  };
}

function metadataOf(info: VirtualHostInfo): Item {
  const { description, tags, defaultQueueType, protectedFromDeletion, otherMetadata = {} } = info;
  const isProtected = protectedFromDeletion ? { protected_from_deletion: true } : {};
  return { ...otherMetadata, description, tags, default_queue_type: defaultQueueType, ...isProtected };
}

function vhostItems(
  context: DefinitionsContext,
  vhosts: readonly VirtualHost[],
): Readonly<Record<string, Item[] | LazyList>> {
  return {
    parameters: vhosts.flatMap((vhost) => parameters(context, vhost)),
    policies: vhosts.flatMap((vhost) =>
      policies(vhost, 'policy').map(({ name, ...policy }) => ({ vhost: vhost.name, name, ...policy })),
    ),
    exchanges: LazyList.join(vhosts.map(exchanges)),
    queues: LazyList.join(vhosts.map(queues)),
    bindings: LazyList.join(vhosts.map(bindings)),
  };
}

function parameters({ metadata }: DefinitionsContext, vhost: VirtualHost): Item[] {
  const { name: vhostName } = vhost;
  const kept = [...metadata.parameters.values()].filter((parameter) => parameter.vhost === vhostName);
  const limits = metadata.vhostLimits.get(vhostName);
  return [
    ...kept.map((parameter) => ({ ...parameter })),
    ...(limits === undefined ? [] : [{ vhost: vhostName, component: 'vhost-limits', name: 'limits', value: limits }]),
    ...policies(vhost, 'operator policy').map(({ name, ...value }) => ({
      vhost: vhostName,
      component: 'operator_policy',
      name,
      value,
    })),
  ];
}

function policies(vhost: VirtualHost, kind: PolicyKind): (Item & { readonly name: string })[] {
  return vhost.policies.list(kind).map(({ name, pattern, applyTo, priority, definition }: Policy) => ({
    name,
    pattern,
    'apply-to': applyTo,
    priority,
    definition: Object.fromEntries(definition),
  }));
}

/** Internal ones too, which RabbitMQ leaves out: bindings may need them. */
function exchanges({ name: vhost, exchanges: all }: VirtualHost): LazyList {
  return LazyList.of([...all.values()], ({ properties }) => {
    const { name, type, durable, autoDelete, internal, arguments: table } = properties;
    if (PREDECLARED.has(name)) return undefined;
    return {
      vhost,
      name,
      type,
      durable,
      auto_delete: autoDelete,
      ...(internal ? { internal } : {}),
      arguments: toPlain(table),
    };
  });
}

/** Those that are one connection's alone go with it. */
function queues({ name: vhost, queues: all }: VirtualHost): LazyList {
  return LazyList.of([...all.values()], ({ properties }) => {
    if (properties.exclusiveOwner !== undefined) return undefined;
    const type = queueType(properties);
    return {
      vhost,
      name: properties.name,
      type,
      durable: properties.durable,
      auto_delete: properties.autoDelete,
      arguments: { ...toPlain(properties.arguments), [QUEUE_TYPE]: type },
    };
  });
}

function bindings({ name: vhost, bindings: all }: VirtualHost): LazyList {
  const view = ({ source, destination, routingKey, arguments: table }: Binding): Item | undefined => {
    if (destination instanceof Queue && destination.properties.exclusiveOwner !== undefined) return undefined;
    return {
      vhost,
      source,
      destination: destination.name,
      destination_type: destination.kind,
      routing_key: routingKey,
      arguments: toPlain(table),
    };
  };
  return LazyList.join(all.bySource().map((list) => LazyList.of(list, view)));
}
