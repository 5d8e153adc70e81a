import { AmqpError } from '../codec/errors.ts';
import { fromJson } from '../codec/table.ts';
import { FULL_ACCESS } from '../core/access.ts';
import { EXCHANGE_TYPES } from '../core/exchange/exchange.ts';
import type { ApplyTo } from '../core/policy/policy.ts';
import { queueTypeNamed, withDefaultType } from '../core/queue/arguments.ts';
import { addExchange, bind } from '../core/topology/exchanges.ts';
import { addQueue } from '../core/topology/queues.ts';
import type { VirtualHost } from '../core/vhost.ts';
import { topologyCommitted } from './committed.ts';
import type { DefinitionsContext } from './definitions_context.ts';
import {
  type ParsedBinding,
  type ParsedDefinitions,
  type ParsedExchange,
  type ParsedPolicy,
  type ParsedQueue,
  parseDefinitions,
  parseOperatorPolicy,
} from './definitions_schema.ts';
import { ManagementError } from './management_error.ts';
import { parameterKey } from './metadata.ts';
import { parameterSet } from './node_events.ts';
import { type PolicyInput, type PolicySettings, VirtualHostPolicies } from './policies.ts';
import type { HashingAlgorithm } from './users.ts';

/** Objects made in one turn of the event loop. */
const AT_ONCE = 500;

const ACTOR = { access: FULL_ACCESS };

/** Changes that are under way. None of them may fail unnoticed before all are waited for. */
class Stored {
  readonly #promises: Promise<unknown>[] = [];

  add(promise: Promise<unknown>): void {
    promise.catch(() => {});
    this.#promises.push(promise);
  }

  async all(): Promise<void> {
    await Promise.all(this.#promises);
  }

  async settled(): Promise<void> {
    await Promise.allSettled(this.#promises);
  }
}

/** As DefinitionsTransfer.import. */
export async function importDefinitions(
  context: DefinitionsContext,
  given: unknown,
  only: string | undefined,
): Promise<void> {
  const definitions = parseDefinitions(given);
  checkVhosts(context, definitions, only);
  // What is stored together is waited for at the end: each wait would be a write of its own.
  const stored = new Stored();
  try {
    await importNode(context, definitions, only, stored);
    const vhostOf = (name: string | undefined): VirtualHost => {
      const vhost = context.registry.open.get(name ?? only ?? '');
      if (vhost === undefined) throw new ManagementError('not-found', `no virtual host '${name}'`);
      return vhost;
    };
    await importPolicies(definitions, vhostOf, stored);
    await inParts(definitions.exchanges, (exchange) => importExchange(vhostOf(exchange.vhost), exchange));
    await inParts(definitions.queues, (queue) => importQueue(vhostOf(queue.vhost), queue));
    await inParts(definitions.bindings, (binding) => importBinding(vhostOf(binding.vhost), binding));
  } catch (error) {
    await stored.settled();
    throw error instanceof AmqpError ? new ManagementError('invalid', error.explanation) : error;
  }
  await stored.all();
  for (const vhost of context.registry.open.values()) await topologyCommitted(vhost);
}

/** Before anything is made: everything is of a virtual host that is there, or will be. */
function checkVhosts({ registry }: DefinitionsContext, definitions: ParsedDefinitions, only: string | undefined): void {
  const known = new Set([...registry.open.keys(), ...definitions.vhosts.map(({ name }) => name)]);
  const { permissions, topic_permissions: topics, parameters, policies, queues, exchanges, bindings } = definitions;
  for (const { vhost } of [permissions, topics, parameters, policies, queues, exchanges, bindings].flat()) {
    const name = vhost ?? only;
    if (name === undefined)
      throw new ManagementError('invalid', 'definitions do not say of which virtual host they are');
    if (known.has(name)) continue;
    throw new ManagementError('invalid', `Please create virtual host "${name}" prior to importing definitions.`);
  }
}

async function importNode(
  context: DefinitionsContext,
  definitions: ParsedDefinitions,
  only: string | undefined,
  stored: Stored,
): Promise<void> {
  const { metadata, users, vhosts, permissions, globalParameters, events } = context;
  for (const { name, password, password_hash: hash, hashing_algorithm: algorithm, tags, limits } of definitions.users) {
    const secret = password === undefined ? { passwordHash: hash ?? '' } : { password };
    const hashing = algorithm === undefined ? {} : { hashingAlgorithm: algorithm as HashingAlgorithm };
    stored.add(users.set(name, { ...secret, ...hashing, tags }));
    if (Object.keys(limits).length > 0) stored.add(users.setLimits(name, limits));
  }
  for (const { name, description, tags, default_queue_type: type, metadata: given, limits } of definitions.vhosts) {
    await importVhost(context, name, { description, tags, default_queue_type: type, ...given });
    if (Object.keys(limits).length > 0) stored.add(vhosts.setLimits(name, limits));
  }
  if (only !== undefined && definitions.metadata !== undefined) await importVhost(context, only, definitions.metadata);
  if (only !== undefined && definitions.limits !== undefined) stored.add(vhosts.setLimits(only, definitions.limits));
  for (const { vhost, user, configure, write, read } of definitions.permissions) {
    stored.add(permissions.set(vhost ?? only ?? '', user, { configure, write, read }));
  }
  for (const { vhost, user, exchange, write, read } of definitions.topic_permissions) {
    stored.add(permissions.setTopic(vhost ?? only ?? '', user, exchange, { write, read }));
  }
  for (const { name, value } of definitions.global_parameters) stored.add(globalParameters.set(name, value));
  for (const { vhost = only ?? '', component, name, value } of definitions.parameters) {
    const parameter = { vhost, component, name, value };
    if (component === 'vhost-limits') stored.add(vhosts.setLimits(vhost, value as object));
    else if (component !== 'operator_policy') {
      metadata.parameters.set(parameterKey(parameter), parameter);
      parameterSet(events, parameter);
    }
  }
  stored.add(metadata.save());
}

/** A default that RabbitMQ gives as a word. */
const NO_QUEUE_TYPE = ['', 'undefined'];

async function importVhost(
  { vhosts, metadata }: DefinitionsContext,
  name: string,
  given: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { description, tags, default_queue_type: type, protected_from_deletion: isProtected, ...other } = given;
  const named = typeof type === 'string' && !NO_QUEUE_TYPE.includes(type) ? type : vhosts.defaultQueueType;
  const defaultQueueType = queueTypeNamed(named);
  if (defaultQueueType === undefined) throw new ManagementError('invalid', `${named} is not a valid queue type`);
  await vhosts.set(name, {
    description: typeof description === 'string' ? description : '',
    tags: Array.isArray(tags) ? tags.map(String) : [],
    defaultQueueType,
    protectedFromDeletion: isProtected === true,
  });
  const record = metadata.vhosts.get(name);
  const said = isProtected === false ? { protected_from_deletion: false } : {};
  if (record !== undefined) metadata.vhosts.set(name, { ...record, otherMetadata: { ...other, ...said } });
}

async function importPolicies(
  definitions: ParsedDefinitions,
  vhostOf: (name: string | undefined) => VirtualHost,
  stored: Stored,
): Promise<void> {
  for (const { vhost, name, ...policy } of definitions.policies) {
    stored.add(new VirtualHostPolicies(vhostOf(vhost), 'policy').set(name, inputOf(policy)));
  }
  for (const { vhost, component, name, value } of definitions.parameters) {
    if (component !== 'operator_policy') continue;
    const policy = parseOperatorPolicy(name, value);
    stored.add(new VirtualHostPolicies(vhostOf(vhost), 'operator policy').set(name, inputOf(policy)));
  }
  // Queues are to be made under their policies.
  await stored.all();
}

function inputOf(policy: ParsedPolicy): PolicyInput {
  const { pattern, priority, 'apply-to': applyTo, definition } = policy;
  return { pattern, priority, applyTo: applyTo as ApplyTo, definition: definition as PolicySettings };
}

function importExchange(vhost: VirtualHost, exchange: ParsedExchange): void {
  const { name, type, durable, auto_delete: autoDelete, internal } = exchange;
  if (vhost.exchanges.has(name)) return;
  if (!EXCHANGE_TYPES.has(type)) {
    throw new ManagementError('invalid', `exchange '${name}' in vhost '${vhost.name}' is of unknown type '${type}'`);
  }
  addExchange(vhost, { name, type, durable, autoDelete, internal, arguments: fromJson(exchange.arguments) });
}

function importQueue(vhost: VirtualHost, queue: ParsedQueue): void {
  const { name, durable, auto_delete: autoDelete, type } = queue;
  if (vhost.queues.has(name)) return;
  if (type !== undefined && queueTypeNamed(type) === undefined) {
    throw new ManagementError('invalid', `queue '${name}' in vhost '${vhost.name}' is of unsupported type '${type}'`);
  }
  const given = fromJson({ ...(type === undefined ? {} : { 'x-queue-type': type }), ...queue.arguments });
  const declaration = { durable, exclusive: false, autoDelete, arguments: given };
  const table = withDefaultType(declaration, vhost.defaultQueueType);
  addQueue(vhost, { name, durable, autoDelete, exclusiveOwner: undefined, arguments: table });
}

function importBinding(vhost: VirtualHost, binding: ParsedBinding): void {
  const { source, destination, destination_type: destinationKind, routing_key: routingKey } = binding;
  bind(vhost, { source, destination, destinationKind, routingKey, arguments: fromJson(binding.arguments) }, ACTOR);
}

/** Others get their turn in between. A mistake keeps those beside it from nothing, as in RabbitMQ; the first is thrown at the end. */
async function inParts<Item>(items: readonly Item[], act: (item: Item) => void): Promise<void> {
  const mistakes: unknown[] = [];
  for (const [index, item] of items.entries()) {
    if (index % AT_ONCE === AT_ONCE - 1) await new Promise((resolve) => setImmediate(resolve));
    try {
      act(item);
    } catch (error) {
      if (!(error instanceof AmqpError || error instanceof ManagementError)) throw error;
      mistakes.push(error);
    }
  }
  if (mistakes.length > 0) throw mistakes[0];
}
