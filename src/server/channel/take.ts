import { peekHeaders } from '../../codec/property_peek.ts';
import { bytesToText } from '../../codec/table.ts';
import type { PublishCounts } from '../../core/counts.ts';
import { sight } from '../../core/deduplication/sighting.ts';
import { enqueue, enqueueRecord } from '../../core/enqueue.ts';
import type { MessageStore } from '../../core/ports.ts';
import { offsetOf, type Position } from '../../core/store/page_table.ts';
import { contentEnd, propertiesEnd, propertiesStart, routeEnd } from '../../core/store/record.ts';
import type { Route } from '../../core/vhost.ts';
import { type Block, PAGE_BYTES } from '../../lib/arena.ts';
import type { Channel } from './channel.ts';
import { countPublish, countUnroutable } from './counts.ts';
import { tracePublish } from './trace.ts';

/** A record that lies at the beginning of a block of its own, which the store may take over. */
export interface OwnRecord {
  readonly length: number;
  /** Hands over the block. */
  giveUp(): Block;
}

/** Puts a message that may be published where it goes: into the transaction, the journal, memory, or back. */
export function take(
  channel: Channel,
  route: Route,
  bytes: Uint8Array,
  routeStart: number,
  routingKeyEnd: number,
  content: number,
  end: number,
  bodyBytes: number,
  bits: number,
  persistent: boolean,
  own: OwnRecord | undefined,
): void {
  const { connection, vhost } = channel;
  if (vhost.tracing) tracePublish(channel, route.queues, bytes, routeStart, content, bodyBytes);
  const { mode } = channel;
  const mandatory = (bits & 1) !== 0;
  if (mode.name === 'transaction') {
    mode.transaction.checkRoom(channel);
    const position = keep(vhost.uncommitted, bytes, routeStart, routingKeyEnd, content, end, own);
    mode.transaction.publish(channel, { route, position, bodyBytes, persistent, mandatory });
    return;
  }
  const counts = countPublish(channel, route, bodyBytes);
  if (
    route.deduplicates &&
    takeOnce(channel, route, counts, bytes, routeStart, routingKeyEnd, content, end, bodyBytes, persistent, own)
  ) {
    return;
  }
  if (route.mayRefuse && route.queues.some((queue) => queue.refuses(bodyBytes))) {
    refuse(channel, route, bytes, routeStart, routingKeyEnd, content, end, bodyBytes, persistent, own);
    return;
  }
  const { durable } = vhost;
  if (persistent && route.durable && durable !== undefined) {
    if (durable.failure === undefined) {
      const position = durable.append(route.queues, bytes, routeStart, routingKeyEnd, content, end, bodyBytes);
      enqueue(vhost, route.queues, position, bodyBytes, true);
      if (durable.congested) connection.holdUntilCommitted(durable, durable.gathering);
    }
    // What the journal has not taken, because it failed, is refused.
    if (mode.name === 'confirm') mode.confirms.publishedDurably(durable, counts);
    return;
  }
  if (route.queues.length > 0) {
    const position = keep(vhost.store, bytes, routeStart, routingKeyEnd, content, end, own);
    enqueue(vhost, route.queues, position, bodyBytes, false);
  }
  if (route.unroutable) {
    countUnroutable(counts, mandatory);
    if (mandatory) returnUnroutable(channel, bytes, routeStart, content, bodyBytes);
  }
  if (mode.name === 'confirm') mode.confirms.publishedSafely(counts);
}

/**
 * As `take`, of a message with a key by which its exchange or one of its queues drops what it has had before (core/deduplication).
 * False for a message without one, which is taken like any other.
 */
function takeOnce(
  channel: Channel,
  route: Route,
  counts: PublishCounts,
  bytes: Uint8Array,
  routeStart: number,
  routingKeyEnd: number,
  content: number,
  end: number,
  bodyBytes: number,
  persistent: boolean,
  own: OwnRecord | undefined,
): boolean {
  const { connection, vhost, mode } = channel;
  const { durable, host } = vhost;
  const headers = peekHeaders(bytes, propertiesStart(content), propertiesEnd(bytes, content));
  const sighting = headers === undefined ? undefined : sight(route, headers, host.nowMs());
  if (sighting === undefined) return false;
  const { queues } = sighting;
  counts.publishOut -= route.queues.length - queues.length;
  const taking = queues.filter((queue) => !queue.refuses(bodyBytes));
  const refused = taking.length < queues.length;
  const journal = persistent && taking.some(({ log }) => log !== undefined) ? durable : undefined;
  const put = (): void => {
    if (refused) {
      const goal = { ...route, queues };
      refuse(channel, goal, bytes, routeStart, routingKeyEnd, content, end, bodyBytes, persistent, own);
    } else if (queues.length > 0) {
      const position =
        journal?.append(queues, bytes, routeStart, routingKeyEnd, content, end, bodyBytes) ??
        keep(vhost.store, bytes, routeStart, routingKeyEnd, content, end, own);
      enqueue(vhost, queues, position, bodyBytes, journal !== undefined);
    }
    sighting.remember(taking, journal);
  };
  if (journal === undefined) put();
  else if (journal.failure === undefined) journal.atomically(put);
  if (journal?.congested) connection.holdUntilCommitted(journal, journal.gathering);
  if (mode.name !== 'confirm' || (refused && journal?.failure === undefined)) return true;
  // What repeats a message is as safe as that message, and no sooner.
  const awaited = journal ?? (durable !== undefined && sighting.commit > durable.committed ? durable : undefined);
  if (awaited === undefined) mode.confirms.publishedSafely(counts);
  else mode.confirms.publishedDurably(awaited, counts);
  return true;
}

/** Some queues are full and refuse the message: the others get it, and the publisher is told that it was refused. */
function refuse(
  channel: Channel,
  route: Route,
  bytes: Uint8Array,
  routeStart: number,
  routingKeyEnd: number,
  content: number,
  end: number,
  bodyBytes: number,
  persistent: boolean,
  own: OwnRecord | undefined,
): void {
  const { vhost, mode } = channel;
  const taking = route.queues.filter((queue) => !queue.refuses(bodyBytes));
  const refusing = route.queues.filter((queue) => !taking.includes(queue));
  const position = keep(vhost.store, bytes, routeStart, routingKeyEnd, content, end, own);
  const { pages } = vhost.store;
  pages.retain(position, 1);
  for (const queue of refusing) queue.refused(position, bodyBytes);
  const page = pages.of(position);
  const start = page.base + offsetOf(position);
  const recordContent = start + (routingKeyEnd - routeStart);
  const recordEnd = contentEnd(page.bytes, recordContent, bodyBytes);
  const record = { bytes: page.bytes, start, content: recordContent, end: recordEnd };
  enqueueRecord(vhost, taking, record, bodyBytes, persistent);
  pages.release(position);
  if (mode.name === 'confirm') mode.confirms.refused();
}

function keep(
  store: MessageStore,
  bytes: Uint8Array,
  routeStart: number,
  routingKeyEnd: number,
  content: number,
  end: number,
  own: OwnRecord | undefined,
): Position {
  if (own !== undefined && end - routeStart > PAGE_BYTES / 4) return store.adopt(own.giveUp(), own.length);
  return store.append(bytes, routeStart, routingKeyEnd, content, end);
}

/** `content` is undefined where it follows the routing key directly, as it does in a record. */
export function returnUnroutable(
  channel: Channel,
  bytes: Uint8Array,
  routeStart: number,
  content: number | undefined,
  bodyBytes: number,
): void {
  const routingKey = routeStart + 1 + (bytes[routeStart] as number);
  channel.send({
    name: 'basic.return',
    replyCode: 312,
    replyText: 'NO_ROUTE',
    exchange: text(bytes, routeStart),
    routingKey: text(bytes, routingKey),
  });
  channel.connection.outbox.content(channel.number, bytes, content ?? routeEnd(bytes, routeStart), bodyBytes);
}

/** A name as it stands in basic.publish and in a record, behind its length octet. */
export function text(bytes: Uint8Array, at: number): string {
  return bytesToText(bytes.subarray(at + 1, at + 1 + (bytes[at] as number)));
}
