import { type FieldTable, getString } from '../../codec/table.ts';
import { assert } from '../../lib/assert.ts';
import { Book, type ChannelPublishes, PublishCounts } from '../counts.ts';
import { windowOf } from '../deduplication/arguments.ts';
import type { KeyWindow } from '../deduplication/key_window.ts';
import type { Binding, Destination } from './binding.ts';
import { BindingSet } from './binding_set.ts';
import { ConsistentHashMatcher } from './consistent_hash.ts';
import { DELAYED_MESSAGE, DelayedMessageMatcher, delayedType } from './delayed_message.ts';
import { DestinationBag } from './destination_bag.ts';
import { DirectMatcher } from './direct.ts';
import { FanoutMatcher } from './fanout.ts';
import { HeadersMatcher } from './headers.ts';
import type { Matcher } from './matcher.ts';
import { ModulusHashMatcher } from './modulus_hash.ts';
import { LocalRandomMatcher, RandomMatcher } from './random.ts';
import { RecentHistoryMatcher } from './recent_history.ts';
import { TopicMatcher } from './topic.ts';

export interface ExchangeProperties {
  readonly name: string;
  readonly type: string;
  readonly durable: boolean;
  readonly autoDelete: boolean;
  readonly internal: boolean;
  readonly arguments: FieldTable;
}

/** How each type makes its matcher of an exchange's arguments. Throws AmqpError 406 for arguments that cannot be. */
type CreateMatcher = (table: FieldTable) => Matcher;

export const EXCHANGE_TYPES: ReadonlyMap<string, CreateMatcher> = new Map<string, CreateMatcher>([
  ['direct', () => new DirectMatcher()],
  ['fanout', () => new FanoutMatcher()],
  ['topic', () => new TopicMatcher()],
  ['headers', () => new HeadersMatcher()],
  ['x-consistent-hash', (table) => new ConsistentHashMatcher(table)],
  ['x-modulus-hash', () => new ModulusHashMatcher()],
  ['x-random', () => new RandomMatcher()],
  ['x-local-random', () => new LocalRandomMatcher()],
  ['x-recent-history', (table) => new RecentHistoryMatcher(table)],
  [DELAYED_MESSAGE, (table) => new DelayedMessageMatcher(createMatcher(delayedType(table), table))],
]);

function createMatcher(type: string, table: FieldTable): Matcher {
  const create = EXCHANGE_TYPES.get(type);
  assert(create !== undefined, 'an exchange is of a known type');
  return create(table);
}

/** An exchange: what it was declared as, and the bindings it is the source of, indexed by its type's matcher. */
export class Exchange implements Destination {
  readonly kind = 'exchange' as const;
  readonly name: string;
  readonly properties: ExchangeProperties;
  readonly matcher: Matcher;
  readonly publishes: Book<PublishCounts, ChannelPublishes> = new Book(new PublishCounts());
  /** The exchange that gets what no binding of this one matches, by argument or by policy. It may not exist (yet). */
  alternateExchange: string | undefined;
  /** What was published to it, where it drops what comes again. */
  readonly deduplication: KeyWindow | undefined;

  readonly #bindings = new BindingSet();
  readonly #boundExchanges = new DestinationBag();

  /**
   * The type must be one of EXCHANGE_TYPES: `checkExchangeType` refuses others to a client. Throws AmqpError 406 where the
   * type refuses the arguments.
   */
  constructor(properties: ExchangeProperties) {
    this.name = properties.name;
    this.properties = properties;
    this.matcher = createMatcher(properties.type, properties.arguments);
    this.alternateExchange = getString(properties.arguments, 'alternate-exchange');
    this.deduplication = windowOf(properties.arguments);
  }

  /** The bindings that this exchange is the source of. */
  get bindings(): Pick<BindingSet, 'size' | 'get' | 'values' | 'toArray'> {
    return this.#bindings;
  }

  /** The exchanges that bindings of this one lead to, each once. */
  boundExchanges(): Iterable<Destination> {
    return this.#boundExchanges.values();
  }

  /** For the vhost's BindingTable, which keeps the other index, by destination, in step. Returns false when it is there. */
  addBinding(binding: Binding): boolean {
    if (!this.#bindings.add(binding)) return false;
    this.matcher.add(binding);
    if (binding.destination.kind === 'exchange') this.#boundExchanges.add(binding.destination);
    return true;
  }

  /** For the vhost's BindingTable, as `addBinding`: of a binding that is there. */
  removeBinding(binding: Binding): void {
    assert(this.#bindings.delete(binding) === binding, 'only a binding that was added is removed');
    this.matcher.remove(binding);
    if (binding.destination.kind === 'exchange') this.#boundExchanges.remove(binding.destination);
  }
}
