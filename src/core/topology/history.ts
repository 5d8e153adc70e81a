import { EXPIRATION } from '../../codec/properties.ts';
import { peekDeliveryMode } from '../../codec/property_peek.ts';
import { enqueue, enqueueRecord, keptBy } from '../enqueue.ts';
import type { Destination } from '../exchange/binding.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { PeekedProperties } from '../exchange/routed_properties.ts';
import type { Queue } from '../queue/queue.ts';
import { routingKeyOf } from '../store/message.ts';
import { offsetOf, type Position } from '../store/page_table.ts';
import { contentEnd, propertiesEnd, propertiesStart, readU16, readU32, routeEnd } from '../store/record.ts';
import type { VirtualHost } from '../vhost.ts';

const PERSISTENT = 2;

/** Gives what an exchange remembers, oldest first, to a queue or an exchange that was just bound to it. */
export function replayHistory(vhost: VirtualHost, source: Exchange, destination: Destination): void {
  const positions = vhost.histories.get(source)?.positions() ?? [];
  for (const position of positions) vhost.store.pages.retain(position, 1);
  replay(vhost, positions, destination);
}

/** What is on disk only is waited for, and what comes behind it with it; meanwhile new messages may overtake them. */
function replay(vhost: VirtualHost, positions: readonly Position[], destination: Destination): void {
  const { pages } = vhost.store;
  for (const [index, position] of positions.entries()) {
    if (!pages.isReadable(position)) {
      pages.whenReadable(position, () => replay(vhost, positions.slice(index), destination));
      return;
    }
    if (!pages.isLost(position)) replayOne(vhost, position, destination);
    pages.release(position);
  }
}

function replayOne(vhost: VirtualHost, position: Position, destination: Destination): void {
  const page = vhost.store.pages.of(position);
  const { bytes } = page;
  const start = page.base + offsetOf(position);
  const content = routeEnd(bytes, start);
  const properties = propertiesStart(content);
  const end = propertiesEnd(bytes, content);
  // The body's size is right before the property flags.
  const bodyBytes = readU32(bytes, properties - 4);
  const queues = targets(vhost, destination, routingKeyOf(bytes, start), new PeekedProperties(bytes, properties, end));
  const taking = queues.filter((queue) => !queue.refuses(bodyBytes));
  if (taking.length === 0) return;
  if ((readU16(bytes, properties) & EXPIRATION) !== 0) for (const queue of taking) queue.expectExpirations();
  const persistent = peekDeliveryMode(bytes, properties, end) === PERSISTENT;
  if (keptBy(taking, persistent)) {
    const record = { bytes, start, content, end: contentEnd(bytes, content, bodyBytes) };
    enqueueRecord(vhost, taking, record, bodyBytes, persistent);
  } else {
    enqueue(vhost, taking, position, bodyBytes, false);
  }
}

/** As the routes of a message with one key: what CC and BCC named has had its chance. */
function targets(
  vhost: VirtualHost,
  { kind, name }: Destination,
  routingKey: string,
  properties: PeekedProperties,
): readonly Queue[] {
  if (kind === 'exchange') return vhost.exchanges.has(name) ? vhost.route(name, routingKey, properties).queues : [];
  const queue = vhost.queues.get(name);
  return queue === undefined ? [] : [queue];
}
