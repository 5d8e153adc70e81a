import { AmqpError } from '../../codec/errors.ts';
import { type FieldTable, getString } from '../../codec/table.ts';
import type { Actor } from '../access.ts';
import type { Binding, Destination } from '../exchange/binding.ts';
import {
  ALTERNATE_EXCHANGE,
  checkAlternateExchange,
  checkDeduplication,
  checkDelayedType,
  checkExchangeDeletable,
  checkExchangeEquivalence,
  checkExchangeName,
  checkExchangeType,
  checkNotDefaultExchange,
} from '../exchange/declare.ts';
import { Exchange, type ExchangeProperties } from '../exchange/exchange.ts';
import { stripLineBreaks } from '../names.ts';
import { type Queue, queueOfOwner } from '../queue/access.ts';
import type { VirtualHost } from '../vhost.ts';
import { deleteDelayQueue } from './delayed.ts';
import { bindingChanged, exchangeCreated, exchangeDeleted } from './events.ts';
import { replayHistory } from './history.ts';
import { dropLeaving } from './leaving.ts';
import { checkExchangeLimit } from './limits.ts';
import { applyPolicies } from './policies.ts';

export interface ExchangeDeclaration {
  readonly exchange: string;
  readonly type: string;
  readonly passive: boolean;
  readonly durable: boolean;
  readonly autoDelete: boolean;
  readonly internal: boolean;
  readonly arguments: FieldTable;
}

export interface BindingRequest {
  readonly source: string;
  readonly destination: string;
  readonly destinationKind: Destination['kind'];
  readonly routingKey: string;
  readonly arguments: FieldTable;
}

export function declareExchange(vhost: VirtualHost, request: ExchangeDeclaration, { access }: Actor): void {
  const name = stripLineBreaks(request.exchange);
  if (request.passive) {
    checkNotDefaultExchange(name);
    access.checkAny('exchange', name);
    vhost.exchange(name);
    return;
  }
  checkExchangeType(request.type);
  checkNotDefaultExchange(name);
  access.check('configure', 'exchange', name);
  const { type, durable, autoDelete, internal } = request;
  const properties = { name, type, durable, autoDelete, internal, arguments: request.arguments };
  const existing = vhost.exchanges.get(name);
  if (existing !== undefined) {
    checkExchangeEquivalence(existing.properties, properties, vhost.name);
    return;
  }
  checkExchangeName(name);
  checkAlternateExchange(properties, vhost.name);
  const alternate = getString(properties.arguments, ALTERNATE_EXCHANGE);
  if (alternate !== undefined) {
    access.check('read', 'exchange', name);
    access.check('write', 'exchange', alternate);
  }
  addExchange(vhost, properties);
}

/** Of a name that is not there yet, a reserved one too: definitions may have it. Throws AmqpError 406 for arguments that cannot be, and where there are too many. */
export function addExchange(vhost: VirtualHost, properties: ExchangeProperties): void {
  checkAlternateExchange(properties, vhost.name);
  checkExchangeLimit(vhost, properties.name);
  checkDeduplication(properties, vhost.name);
  checkDelayedType(properties);
  const exchange = new Exchange(properties);
  vhost.exchanges.set(exchange.name, exchange);
  applyPolicies(vhost, exchange);
  if (properties.durable) vhost.durable?.exchangeDeclared(exchange);
  // An exchange may be another's alternate before it exists, so its coming may change routes.
  vhost.topologyVersion++;
  exchangeCreated(vhost, exchange);
}

/** Deleting what is not there is no error. */
export function deleteExchange(vhost: VirtualHost, nameGiven: string, ifUnused: boolean, { access }: Actor): void {
  const name = stripLineBreaks(nameGiven);
  checkNotDefaultExchange(name);
  checkExchangeDeletable(name, vhost.name);
  access.check('configure', 'exchange', name);
  const exchange = vhost.exchanges.get(name);
  if (exchange === undefined) return;
  if (ifUnused && vhost.bindings.countOfSource(name) > 0) {
    throw new AmqpError(406, `exchange '${name}' in vhost '${vhost.name}' in use`);
  }
  removeExchange(vhost, name);
}

function removeExchange(vhost: VirtualHost, name: string): void {
  const exchange = vhost.exchange(name);
  vhost.exchanges.delete(name);
  forgetHistory(vhost, exchange);
  deleteDelayQueue(vhost, exchange);
  forgetBindings(vhost, vhost.bindings.removeAllOfSource(name));
  const removed = vhost.bindings.removeAllOfDestination('exchange', name);
  forgetBindings(vhost, removed);
  vhost.durable?.exchangeDeleted(name);
  vhost.topologyVersion++;
  exchangeDeleted(vhost, name);
  autoDeleteSources(vhost, removed);
}

function forgetHistory(vhost: VirtualHost, exchange: Exchange): void {
  const history = vhost.histories.get(exchange);
  if (history === undefined) return;
  vhost.histories.delete(exchange);
  vhost.durable?.queueDeleted(history);
  dropLeaving(vhost, history.delete());
}

/** Bindings that are gone are gone for good, those that were durable too. */
export function forgetBindings(vhost: VirtualHost, removed: readonly Binding[]): void {
  for (const binding of removed) {
    // The journal would look for it by its key, which takes long where it has very many arguments.
    if (binding.destination.properties?.durable !== false) vhost.durable?.unbound(binding);
    bindingChanged(vhost, 'binding.deleted', binding);
  }
}

/** An auto-delete exchange goes with the last binding it was the source of; that may take others with it. */
export function autoDeleteSources(vhost: VirtualHost, removed: readonly Binding[]): void {
  for (const { source } of removed) {
    const exchange = vhost.exchanges.get(source);
    if (exchange?.properties.autoDelete && vhost.bindings.countOfSource(source) === 0) removeExchange(vhost, source);
  }
}

/** The binding is there at once. `done` is called when messages are no longer held up by it, which mostly is at once too. */
export function bind(vhost: VirtualHost, request: BindingRequest, owner: Actor, done: () => void = () => {}): void {
  checkBindingAccess(vhost, request, owner);
  const binding = resolveBinding(vhost, request, owner);
  if (!vhost.bindings.add(binding)) {
    done();
    return;
  }
  vhost.topologyVersion++;
  if (isDurable(vhost, binding)) vhost.durable?.bound(binding);
  bindingChanged(vhost, 'binding.created', binding);
  const source = vhost.exchange(binding.source);
  replayHistory(vhost, source, binding.destination);
  vhost.turn.inParts(() => {
    if (source.matcher.indexSome?.() === true) return true;
    done();
    return false;
  });
}

/** A binding outlives the process if what it connects does. */
function isDurable(vhost: VirtualHost, { source, destination }: Binding): boolean {
  const to = destination.kind === 'queue' ? vhost.queues.get(destination.name) : vhost.exchanges.get(destination.name);
  return vhost.exchange(source).properties.durable && to?.properties.durable === true;
}

/** Unbinding what is not bound is no error, even where it is another connection's exclusive queue, as in RabbitMQ. */
export function unbind(vhost: VirtualHost, request: BindingRequest, actor: Actor): void {
  checkBindingAccess(vhost, request, actor);
  const source = stripLineBreaks(request.source);
  const name = stripLineBreaks(request.destination);
  const destination = request.destinationKind === 'queue' ? vhost.queues.get(name) : vhost.exchanges.get(name);
  if (destination === undefined || !vhost.exchanges.has(source)) return;
  const binding: Binding = { source, destination, routingKey: request.routingKey, arguments: request.arguments };
  if (!vhost.bindings.has(binding)) return;
  if (destination.kind === 'queue') queueOfOwner(vhost, destination, actor);
  const removed = vhost.bindings.remove(binding);
  if (removed === undefined) return;
  forgetBindings(vhost, [removed]);
  vhost.topologyVersion++;
  autoDeleteSources(vhost, [removed]);
}

/** Also of what does not exist: who may not use a name does not learn whether it is there. */
function checkBindingAccess(vhost: VirtualHost, request: BindingRequest, { access }: Actor): void {
  const source = stripLineBreaks(request.source);
  const name = stripLineBreaks(request.destination);
  access.check('write', request.destinationKind, name);
  if (request.destinationKind === 'exchange') checkNotDefaultExchange(name);
  checkNotDefaultExchange(source);
  access.check('read', 'exchange', source);
  const exchange = vhost.exchanges.get(source);
  if (exchange !== undefined) access.checkTopic('read', exchange, request.routingKey);
}

function resolveBinding(vhost: VirtualHost, request: BindingRequest, owner: Actor): Binding {
  const source = stripLineBreaks(request.source);
  const name = stripLineBreaks(request.destination);
  let destination: Queue | Exchange;
  if (request.destinationKind === 'exchange') {
    vhost.exchange(source);
    destination = vhost.exchange(name);
  } else {
    vhost.exchange(source);
    destination = queueOfOwner(vhost, vhost.queue(name), owner);
  }
  return { source, destination, routingKey: request.routingKey, arguments: request.arguments };
}
