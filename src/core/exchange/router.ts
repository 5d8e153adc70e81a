import type { Destination } from './binding.ts';
import type { Exchange } from './exchange.ts';
import type { RoutedProperties } from './routed_properties.ts';

/** What the router asks of the vhost. */
export interface RouterLookup<Q extends Destination> {
  exchange(name: string): Exchange | undefined;
  queue(name: string): Q | undefined;
  /** Where an exchange keeps what its type remembers. */
  history(exchange: Exchange): Q;
  /** Where an exchange keeps a message that has to wait before it is routed; undefined for one that has not. */
  delayed(exchange: Exchange, properties: RoutedProperties): Q | undefined;
}

/**
 * Finds the queues that a message goes to: through the bindings of its exchange, those of the exchanges bound to it,
 * and the alternate exchange of each exchange on the way whose own bindings did not match. This walks the topology;
 * the data plane keeps what it returned in a cache.
 */
export class Router<Q extends Destination> {
  readonly #lookup: RouterLookup<Q>;

  constructor(lookup: RouterLookup<Q>) {
    this.#lookup = lookup;
  }

  /** The queues in the order in which they were found, each once. */
  route(exchange: Exchange, routingKey: string, properties: RoutedProperties): readonly Q[] {
    return this.routeKeys(exchange, [routingKey], properties);
  }

  /**
   * As `route`, for a message with several routing keys (its own, CC and BCC). This is not the union of one route per
   * key: an alternate exchange is for a message that matched by none of its keys.
   *
   * The default exchange routes to the queue that the key names, but only what is published to it: it has no bindings,
   * so as an alternate exchange it leads nowhere, in RabbitMQ as here.
   */
  routeKeys(exchange: Exchange, routingKeys: readonly string[], properties: RoutedProperties): readonly Q[] {
    const queues = new Set<Q>();
    if (exchange.name === '') {
      for (const routingKey of routingKeys) this.#addQueue(queues, routingKey);
      return [...queues];
    }
    // A set is iterated in the order of insertion and includes what is added on the way: it is the work list, the
    // exchanges not yet visited, and, since an exchange enters it but once, the end of every cycle.
    const exchanges = new Set([exchange]);
    let matched = false;
    const found = (destination: Destination): void => {
      matched = true;
      if (destination.kind === 'queue') this.#addQueue(queues, destination.name);
      else this.#addExchange(exchanges, destination.name);
    };
    for (const current of exchanges) {
      matched = false;
      const { matcher } = current;
      const delayed = matcher.delays === true ? this.#lookup.delayed(current, properties) : undefined;
      if (delayed !== undefined) {
        queues.add(delayed);
        continue;
      }
      if (routingKeys.length > 1 && matcher.matchAll !== undefined) {
        matcher.matchAll(routingKeys, properties, found);
      } else {
        for (const routingKey of routingKeys) {
          matcher.match(routingKey, properties, found);
          if (matcher.firstKeyOnly) break;
        }
      }
      // What was only remembered has matched nothing.
      if (matcher.remembers?.(properties)) queues.add(this.#lookup.history(current));
      if (!matched && current.alternateExchange !== undefined) this.#addExchange(exchanges, current.alternateExchange);
    }
    return [...queues];
  }

  /** True when the routing key alone decides where this exchange routes to, and those further on. */
  keyDecides(exchange: Exchange): boolean {
    const exchanges = new Set([exchange]);
    for (const current of exchanges) {
      if (!current.matcher.keyDecides) return false;
      for (const bound of current.boundExchanges()) this.#addExchange(exchanges, bound.name);
      if (current.alternateExchange !== undefined) this.#addExchange(exchanges, current.alternateExchange);
    }
    return true;
  }

  #addQueue(queues: Set<Q>, name: string): void {
    const queue = this.#lookup.queue(name);
    if (queue !== undefined) queues.add(queue);
  }

  #addExchange(exchanges: Set<Exchange>, name: string): void {
    const exchange = this.#lookup.exchange(name);
    if (exchange !== undefined) exchanges.add(exchange);
  }
}
