import { AmqpError } from '../../codec/errors.ts';
import { queueType } from '../queue/arguments.ts';
import type { Binding, Destination } from './binding.ts';
import { DestinationList } from './destination_list.ts';
import type { Matcher } from './matcher.ts';
import type { RoutedProperties } from './routed_properties.ts';

/** One binding, drawn for each message, whatever its key. */
export class RandomMatcher implements Matcher {
  readonly keyDecides = false;
  readonly firstKeyOnly = true;
  readonly #destinations = new DestinationList();
  readonly #random: () => number;

  /** `random` answers with a number from 0 up to, and without, 1. */
  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  add(binding: Binding): void {
    this.#destinations.add(binding);
  }

  remove(binding: Binding): void {
    this.#destinations.remove(binding);
  }

  match(_routingKey: string, _properties: RoutedProperties, found: (destination: Destination) => void): void {
    const destinations = this.#destinations.all();
    const drawn = destinations[Math.floor(this.#random() * destinations.length)];
    if (drawn !== undefined) found(drawn);
  }
}

/** As RandomMatcher, among queues of this node only, which on a broker of one node are all. */
export class LocalRandomMatcher extends RandomMatcher {
  validate({ routingKey, destination }: Binding): void {
    if (routingKey !== '') throw new AmqpError(406, `Non empty binding '${routingKey}' key not permitted`);
    if (destination.kind !== 'queue') throw new AmqpError(406, 'Destination not found');
    const type = destination.properties === undefined ? 'classic' : queueType(destination.properties);
    if (type === 'classic') return;
    throw new AmqpError(406, `Queue type rabbit_${type}_queue not valid for this exchange type`);
  }
}
