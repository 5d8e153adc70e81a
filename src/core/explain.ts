import { EMPTY_TABLE, type FieldTable, type FieldValue } from '../codec/table.ts';
import type { Binding, Destination } from './exchange/binding.ts';
import { DelayedMessageMatcher, delayedType } from './exchange/delayed_message.ts';
import { Exchange } from './exchange/exchange.ts';
import { headerValueKey } from './exchange/field_key.ts';
import type { Matcher } from './exchange/matcher.ts';
import { printField } from './exchange/print_field.ts';
import type { RoutedProperties } from './exchange/routed_properties.ts';
import { readXMatch, X_MATCH } from './exchange/x_match.ts';
import type { VirtualHost } from './vhost.ts';

/** A message as far as routing goes. */
export interface RoutedMessage {
  readonly exchange: string;
  /** Its routing key, and those that CC and BCC name. */
  readonly routingKeys: readonly string[];
  readonly properties: RoutedProperties;
}

export interface ExplainedBinding {
  readonly binding: Binding;
  readonly matches: boolean;
  /** A sentence. */
  readonly why: string;
}

/** One exchange on the way, and what becomes of the message there. */
export interface ExplainedExchange {
  readonly exchange: Exchange;
  /** How the message came here: as published, through a binding of another exchange, or as its alternate. */
  readonly via: { readonly kind: 'published' | 'bound' | 'alternate'; readonly from?: string };
  readonly bindings: readonly ExplainedBinding[];
  /** Bindings beyond those. */
  readonly moreBindings: number;
  readonly matched: boolean;
}

export interface ExplainedRoute {
  readonly exchanges: readonly ExplainedExchange[];
  /** The queues that get it. */
  readonly queues: readonly string[];
  /** The others, and why they do not. */
  readonly others: readonly { readonly queue: string; readonly why: string }[];
}

/** Bindings of one exchange, and queues that get nothing, that are told of. */
const BINDINGS_MAX = 1000;
const OTHERS_MAX = 1000;

/** Types whose bindings decide together: one by itself says nothing. */
const TOGETHER: Readonly<Record<string, string>> = {
  'x-consistent-hash': 'the hash of the message',
  'x-modulus-hash': 'the hash of the routing key',
  'x-random': 'chance',
  'x-local-random': 'chance',
};

/** Where a message would go and why, without publishing it. Throws AmqpError 404 where the exchange does not exist. */
export function explainRoute(vhost: VirtualHost, message: RoutedMessage): ExplainedRoute {
  const first = vhost.exchange(message.exchange);
  const queues = new Set<string>();
  const explained: ExplainedExchange[] = [];
  if (first.name === '') {
    for (const key of message.routingKeys) if (vhost.queues.has(key)) queues.add(key);
    explained.push(defaultExchange(first, message, queues));
    return { exchanges: explained, queues: [...queues], others: othersOf(vhost, queues, explained) };
  }
  // Iterated in the order of insertion, with what is added on the way, as the router does it.
  const ways = new Map<Exchange, ExplainedExchange['via']>([[first, { kind: 'published' }]]);
  for (const [exchange, via] of ways) {
    const found = matchAll(exchange, message);
    for (const { kind, name } of found) {
      if (kind === 'queue') queues.add(name);
      else addWay(vhost, ways, name, { kind: 'bound', from: exchange.name });
    }
    const { alternateExchange } = exchange;
    if (found.size === 0 && alternateExchange !== undefined) {
      addWay(vhost, ways, alternateExchange, { kind: 'alternate', from: exchange.name });
    }
    explained.push({ exchange, via, matched: found.size > 0, ...explainBindings(exchange, message, found) });
  }
  return { exchanges: explained, queues: [...queues], others: othersOf(vhost, queues, explained) };
}

function addWay(
  vhost: VirtualHost,
  ways: Map<Exchange, ExplainedExchange['via']>,
  name: string,
  via: ExplainedExchange['via'],
): void {
  const exchange = vhost.exchanges.get(name);
  if (exchange !== undefined && !ways.has(exchange)) ways.set(exchange, via);
}

function defaultExchange(
  exchange: Exchange,
  { routingKeys }: RoutedMessage,
  queues: ReadonlySet<string>,
): ExplainedExchange {
  const bindings = routingKeys.map((key) => ({
    binding: {
      source: '',
      destination: { kind: 'queue', name: key } as const,
      routingKey: key,
      arguments: EMPTY_TABLE,
    },
    matches: queues.has(key),
    why: queues.has(key) ? `a queue has the name '${key}'` : `no queue has the name '${key}'`,
  }));
  return { exchange, via: { kind: 'published' }, bindings, moreBindings: 0, matched: queues.size > 0 };
}

/** As the router asks, but nothing waits and nothing is remembered. */
function matchAll(exchange: Exchange, message: RoutedMessage): ReadonlySet<Destination> {
  const found = new Set<Destination>();
  ask(exchange.matcher, message, (destination) => found.add(destination));
  return found;
}

function ask(
  matcher: Matcher,
  { routingKeys, properties }: RoutedMessage,
  found: (destination: Destination) => void,
): void {
  if (routingKeys.length > 1 && matcher.matchAll !== undefined) {
    matcher.matchAll(routingKeys, properties, found);
    return;
  }
  for (const routingKey of routingKeys) {
    matcher.match(routingKey, properties, found);
    if (matcher.firstKeyOnly) break;
  }
}

function explainBindings(
  exchange: Exchange,
  message: RoutedMessage,
  found: ReadonlySet<Destination>,
): Pick<ExplainedExchange, 'bindings' | 'moreBindings'> {
  const all = [...exchange.bindings.values()];
  // Those that lead somewhere first, so that they are not what is left out.
  all.sort((a, b) => Number(found.has(b.destination)) - Number(found.has(a.destination)));
  const bindings = all.slice(0, BINDINGS_MAX).map((binding) => explainBinding(exchange, binding, message, found));
  return { bindings, moreBindings: all.length - bindings.length };
}

function explainBinding(
  exchange: Exchange,
  binding: Binding,
  message: RoutedMessage,
  found: ReadonlySet<Destination>,
): ExplainedBinding {
  const type = typeOf(exchange);
  const together = TOGETHER[type];
  if (together !== undefined) {
    const matches = found.has(binding.destination);
    return { binding, matches, why: `${together} ${matches ? 'has chosen it' : 'has chosen another one'}` };
  }
  const matches = matchesAlone(exchange, binding, message);
  return { binding, matches, why: reason(type, binding, message, matches) };
}

/** The type that routes: that which a delayed message exchange has inside. */
function typeOf({ matcher, properties }: Exchange): string {
  return matcher instanceof DelayedMessageMatcher ? delayedType(properties.arguments) : properties.type;
}

/** An exchange like this one, with this binding only. */
function matchesAlone({ properties }: Exchange, binding: Binding, message: RoutedMessage): boolean {
  const alone = new Exchange(properties);
  alone.addBinding(binding);
  return matchAll(alone, message).size > 0;
}

function reason(
  type: string,
  { routingKey: key, arguments: table }: Binding,
  message: RoutedMessage,
  matches: boolean,
): string {
  const given = message.routingKeys.map((routingKey) => `'${routingKey}'`).join(', ');
  switch (type) {
    case 'headers':
      return headersReason(table, message.properties.headers ?? EMPTY_TABLE, matches);
    case 'topic':
      return `the pattern '${key}' ${matches ? 'matches' : 'does not match'} ${given}`;
    case 'direct':
      return matches ? `the routing key is '${key}'` : `the routing key ${given} is not '${key}'`;
    default:
      return matches ? 'every message matches' : 'nothing matches';
  }
}

function headersReason(table: FieldTable, headers: FieldTable, matches: boolean): string {
  const xMatch = readXMatch(table);
  const criteria = [...table].filter(
    ([name]) => name !== X_MATCH && (xMatch.endsWith('-with-x') || !name.startsWith('x-')),
  );
  const wrong = criteria.flatMap(([name, wanted]) => {
    const problem = headerProblem(name, wanted, headers.get(name));
    return problem === undefined ? [] : [problem];
  });
  if (xMatch.startsWith('all')) return matches ? 'all headers that it asks for are there' : wrong.join('; ');
  if (matches) return 'one of the headers that it asks for is there';
  return wrong.length === 0 ? 'it asks for any of no headers' : `none of its headers is there: ${wrong.join('; ')}`;
}

function headerProblem(name: string, wanted: FieldValue, given: FieldValue | undefined): string | undefined {
  if (given === undefined) return `there is no header '${name}'`;
  if (wanted.tag === 'V' || headerValueKey(wanted) === headerValueKey(given)) return undefined;
  return `header '${name}' is ${printField(given)}, not ${printField(wanted)}`;
}

function othersOf(
  vhost: VirtualHost,
  queues: ReadonlySet<string>,
  exchanges: readonly ExplainedExchange[],
): ExplainedRoute['others'] {
  const tried = new Map<string, string[]>();
  for (const { exchange, bindings } of exchanges) {
    for (const { binding, matches, why } of bindings) {
      const { kind, name } = binding.destination;
      if (kind !== 'queue' || matches) continue;
      const whys = tried.get(name) ?? [];
      tried.set(name, [...whys, `bound to '${exchange.name}', but ${why}`]);
    }
  }
  const others: { queue: string; why: string }[] = [];
  for (const name of vhost.queues.keys()) {
    if (queues.has(name)) continue;
    if (others.length === OTHERS_MAX) break;
    others.push({ queue: name, why: tried.get(name)?.join('; ') ?? notTried(vhost, name, exchanges) });
  }
  return others;
}

function notTried(vhost: VirtualHost, queue: string, exchanges: readonly ExplainedExchange[]): string {
  const sources = new Set(vhost.bindings.ofDestination('queue', queue).map(({ source }) => source));
  if (sources.size === 0) return 'bound to no exchange';
  const left = exchanges.find(({ exchange }) => sources.has(exchange.name));
  if (left !== undefined) return `bound to '${left.exchange.name}', by a binding that is not told of`;
  return `bound to ${[...sources].map((source) => `'${source}'`).join(', ')}, where the message does not come`;
}
