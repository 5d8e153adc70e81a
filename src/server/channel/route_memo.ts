import { WireReader } from '../../codec/wire_reader.ts';
import type { Access } from '../../core/access.ts';
import type { RoutedProperties } from '../../core/exchange/routed_properties.ts';
import type { Route, VirtualHost } from '../../core/vhost.ts';

/** An exchange name and a routing key, each with its length octet. */
const ROUTE_BYTES_MAX = 512;

/**
 * The last route a channel published to, found again by comparing bytes: most publishers repeat themselves, and then a
 * message needs neither a string nor a look-up.
 */
export class RouteMemo {
  #route: Route | undefined;
  #bytes: Uint8Array | undefined;
  #length = 0;

  /**
   * The route remembered, if it is for the exchange name and routing key that `bytes[start, end)` holds as basic.publish
   * does, and the topology is still the same.
   */
  recall(vhost: VirtualHost, bytes: Uint8Array, start: number, end: number): Route | undefined {
    const route = this.#route;
    if (route === undefined || route.version !== vhost.topologyVersion) return undefined;
    return this.#matches(bytes, start, end) ? route : undefined;
  }

  /**
   * Looks the route up, for somebody who may write to the exchange, and remembers it: a change of his permissions raises the
   * topology's version, so what is remembered is permitted. Throws 403 for him who may not, 404 when the exchange does not
   * exist, 501 for names not in UTF-8.
   */
  find(
    vhost: VirtualHost,
    access: Access,
    bytes: Uint8Array,
    start: number,
    end: number,
    properties: RoutedProperties,
  ): Route {
    const reader = new WireReader(bytes, start, end);
    const exchangeName = reader.shortstr();
    const routingKey = reader.shortstr();
    access.check('write', 'exchange', exchangeName);
    const found = vhost.route(exchangeName, routingKey, properties);
    if (!found.exchange.properties.internal) access.checkTopic('write', found.exchange, routingKey);
    if (found.keyDecides) this.#remember(found, bytes, start, end);
    return found;
  }

  #matches(bytes: Uint8Array, start: number, end: number): boolean {
    const length = end - start;
    if (length !== this.#length) return false;
    const known = this.#bytes as Uint8Array;
    for (let i = 0; i < length; i++) if (known[i] !== bytes[start + i]) return false;
    return true;
  }

  #remember(route: Route, bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    // Small at first: most channels never publish, and most names are short.
    let known = this.#bytes;
    if (known === undefined || known.length < length) {
      known = new Uint8Array(length <= 64 ? 64 : ROUTE_BYTES_MAX);
      this.#bytes = known;
    }
    for (let i = 0; i < length; i++) known[i] = bytes[start + i] as number;
    this.#length = length;
    this.#route = route;
  }
}
