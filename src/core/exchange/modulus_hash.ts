import { hashList } from '../../lib/phash2.ts';
import type { Binding, Destination } from './binding.ts';
import { DestinationList } from './destination_list.ts';
import type { Matcher } from './matcher.ts';
import type { RoutedProperties } from './routed_properties.ts';

const HASHES = 2 ** 27;

/**
 * One binding, by the hash of the routing key (and of those of CC and BCC with it) modulo their number. Hash and order are RabbitMQ's, so a key goes to the same
 * queue as there. Whenever a binding comes or goes, most keys move: that is what ConsistentHashMatcher is better at.
 */
export class ModulusHashMatcher implements Matcher {
  readonly keyDecides = true;
  readonly firstKeyOnly = true;
  readonly #destinations = new DestinationList(compare);

  add(binding: Binding): void {
    this.#destinations.add(binding);
  }

  remove(binding: Binding): void {
    this.#destinations.remove(binding);
  }

  match(routingKey: string, properties: RoutedProperties, found: (destination: Destination) => void): void {
    this.matchAll([routingKey], properties, found);
  }

  matchAll(
    routingKeys: readonly string[],
    _properties: RoutedProperties,
    found: (destination: Destination) => void,
  ): void {
    const destinations = this.#destinations.all();
    const hash = hashList(routingKeys.map((routingKey) => Buffer.from(routingKey)));
    const destination = destinations[(hash % HASHES) % destinations.length];
    if (destination !== undefined) found(destination);
  }
}

/** Exchanges before queues, then by the bytes of their names. */
function compare(a: Destination, b: Destination): number {
  if (a.kind !== b.kind) return a.kind === 'exchange' ? -1 : 1;
  return Buffer.compare(Buffer.from(a.name), Buffer.from(b.name));
}
