import type { Binding } from '../core/exchange/binding.ts';
import type { Exchange } from '../core/exchange/exchange.ts';
import type { Queue } from '../core/queue/queue.ts';
import type { VirtualHost } from '../core/vhost.ts';
import { spareTime } from '../lib/spare_time.ts';
import { Catalogue } from './catalogue.ts';
import { byVhost, type Section, type Sources } from './sources.ts';
import { compareTerms } from './terms.ts';
import { defaultBinding } from './views/binding.ts';

/** What there is in virtual hosts, sorted by these and by name, as lists show it. */

export interface PlacedQueue {
  readonly vhost: VirtualHost;
  readonly queue: Queue;
}

export interface PlacedExchange {
  readonly vhost: VirtualHost;
  readonly exchange: Exchange;
}

export interface PlacedBinding {
  readonly vhost: VirtualHost;
  readonly binding: Binding;
}

const queues = new Catalogue<Queue>((a, b) => compareTerms(a.name, b.name));
const exchanges = new Catalogue<Exchange>((a, b) => compareTerms(a.name, b.name));
/** Those of one exchange. */
const bindings = new Catalogue<Binding>(
  (a, b) => compareTerms(a.destination.name, b.destination.name) || compareTerms(a.routingKey, b.routingKey),
);

export function queuesIn(vhosts: readonly VirtualHost[]): Promise<Sources<PlacedQueue>> {
  return byVhost(vhosts, async (vhost) => [section(await sortedQueues(vhost), (queue) => ({ vhost, queue }))]);
}

export function exchangesIn(vhosts: readonly VirtualHost[]): Promise<Sources<PlacedExchange>> {
  return byVhost(vhosts, async (vhost) => [section(await sortedExchanges(vhost), (exchange) => ({ vhost, exchange }))]);
}

/** Those of the default exchange first, which are as its queues; those of each other exchange are together. */
export function bindingsIn(vhosts: readonly VirtualHost[]): Promise<Sources<PlacedBinding>> {
  return byVhost(vhosts, async (vhost) => {
    const place = (binding: Binding): PlacedBinding => ({ vhost, binding });
    const sections = [section(await sortedQueues(vhost), (queue) => place(defaultBinding(queue)))];
    for (const exchange of await sortedExchanges(vhost)) {
      if (exchange.bindings.size === 0) continue;
      if (spareTime.isOver) await spareTime.later();
      const all = (): readonly Binding[] => exchange.bindings.toArray();
      sections.push(section(await bindings.of(exchange, vhost.topologyVersion, all), place));
    }
    return sections;
  });
}

function sortedQueues(vhost: VirtualHost): Promise<readonly Queue[]> {
  return queues.of(vhost, vhost.topologyVersion, () => [...vhost.queues.values()]);
}

function sortedExchanges(vhost: VirtualHost): Promise<readonly Exchange[]> {
  return exchanges.of(vhost, vhost.topologyVersion, () => [...vhost.exchanges.values()]);
}

function section<T, S>(things: readonly T[], place: (thing: T) => S): Section<S> {
  return { length: things.length, get: (index) => place(things[index] as T) };
}
