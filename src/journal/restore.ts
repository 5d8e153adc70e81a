import { Exchange } from '../core/exchange/exchange.ts';
import { DURABLE, REDELIVERED } from '../core/queue/entry.ts';
import { Queue } from '../core/queue/queue.ts';
import type { Page, PageTable } from '../core/store/page_table.ts';
import type { VirtualHost } from '../core/vhost.ts';
import { PAGE_BYTES } from '../lib/arena.ts';
import type { Journal } from './journal.ts';
import { JournalQueue } from './journal_queue.ts';
import type { RecoveredQueue } from './recovered.ts';
import type { RecoveredSegment, Recovery } from './recovery.ts';
import type { JournalSegment } from './segment.ts';

/**
 * Puts what recovery found into the virtual host: exchanges, queues, bindings, and every message that is not settled. Returns
 * how many messages each queue should have had and has not, where there are any.
 */
export function restore(vhost: VirtualHost, journal: Journal, recovery: Recovery): ReadonlyMap<string, number> {
  const { state } = recovery;
  for (const properties of state.exchanges.values()) {
    vhost.exchanges.set(properties.name, new Exchange(properties));
    journal.exchanges.set(properties.name, properties);
  }
  const queues = restoreQueues(vhost, journal, recovery);
  for (const { segment, damaged } of recovery.segments) {
    segment.sealed = true;
    segment.damaged = damaged;
    journal.writer.segments.set(segment.number, segment);
  }
  restoreMessages(recovery.segments, queues, vhost.store.pages);
  restoreBindings(vhost, journal, recovery);
  vhost.topologyVersion++;
  return missing(queues);
}

/** What was neither settled nor found. */
function missing(queues: ReadonlyMap<number, Restoring>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { queue, recovered } of queues.values()) {
    const count = queue.nextSequence - 1 - recovered.settled.size - queue.readyCount;
    if (count > 0) counts.set(queue.name, count);
  }
  return counts;
}

interface Restoring {
  readonly queue: Queue;
  readonly recovered: RecoveredQueue;
  lastSequence: number;
  /** Set where messages do not come in the order of their sequences, which is where compaction has moved some. */
  disordered: { readonly position: number; readonly sequence: number; readonly bodyBytes: number }[] | undefined;
}

function restoreQueues(vhost: VirtualHost, journal: Journal, recovery: Recovery): Map<number, Restoring> {
  const { state } = recovery;
  journal.nextQueueId = state.nextQueueId;
  const queues = new Map<number, Restoring>();
  // By id, so that of two queues of one name (the deletion of the first was never written) the second is kept.
  const byName = new Map([...state.queues.values()].sort((a, b) => a.id - b.id).map((queue) => [queue.name, queue]));
  for (const recovered of byName.values()) {
    const { id, name, autoDelete, arguments: table } = recovered;
    const properties = { name, durable: true, autoDelete, exclusiveOwner: undefined, arguments: table };
    const queue = new Queue(properties, vhost.store.pages, vhost.turn);
    const { settled, delivered, returns } = recovered;
    const log = new JournalQueue(id, queue, journal.markDirty, settled, delivered, returns);
    queue.log = log;
    journal.addQueue(log);
    vhost.queues.set(name, queue);
    queues.set(id, { queue, recovered, lastSequence: 0, disordered: undefined });
  }
  return queues;
}

function restoreMessages(
  segments: readonly RecoveredSegment[],
  queues: ReadonlyMap<number, Restoring>,
  pages: PageTable,
): void {
  for (const { index } of segments) {
    for (let i = 0; i < index.length; i++) {
      const queue = queues.get(index.queueOf(i));
      if (queue === undefined) continue;
      const sequence = index.sequenceOf(i);
      if (sequence <= queue.lastSequence) queue.disordered ??= [];
      queue.lastSequence = sequence;
    }
  }
  for (const { segment, index } of segments) {
    const live = new Map<number, Page>();
    for (let i = 0; i < index.length; i++) {
      const restoring = queues.get(index.queueOf(i));
      const sequence = index.sequenceOf(i);
      if (restoring === undefined || restoring.recovered.settled.has(sequence)) continue;
      const page = pageOf(segment, index.pageOf(i), live, pages);
      page.references++;
      segment.entries++;
      const position = page.number * PAGE_BYTES + index.offsetOf(i);
      const bodyBytes = index.bodyBytesOf(i);
      if (restoring.disordered !== undefined) restoring.disordered.push({ position, sequence, bodyBytes });
      else restoreOne(restoring, position, sequence, bodyBytes);
    }
  }
  for (const restoring of queues.values()) {
    restoreDisordered(restoring, pages);
    restoring.queue.restoreSequence(restoring.recovered.nextSequence);
  }
}

function pageOf(segment: JournalSegment, slot: number, live: Map<number, Page>, pages: PageTable): Page {
  let page = live.get(slot);
  if (page === undefined) {
    page = pages.allocateAbsent(segment, segment.places[slot]?.length ?? 0);
    page.slot = slot;
    segment.pages.set(slot, page);
    live.set(slot, page);
  }
  return page;
}

/** In the order of their sequences; of several copies of a message the last, which is in the newest segment. */
function restoreDisordered(restoring: Restoring, pages: PageTable): void {
  const { disordered } = restoring;
  if (disordered === undefined) return;
  const newest = new Map<number, { position: number; sequence: number; bodyBytes: number }>();
  for (const entry of disordered) {
    const older = newest.get(entry.sequence);
    if (older !== undefined) pages.release(older.position);
    newest.set(entry.sequence, entry);
  }
  for (const { position, sequence, bodyBytes } of [...newest.values()].sort((a, b) => a.sequence - b.sequence)) {
    restoreOne(restoring, position, sequence, bodyBytes);
  }
}

function restoreOne({ queue, recovered }: Restoring, position: number, sequence: number, bodyBytes: number): void {
  const returns = recovered.returns.get(sequence) ?? 0;
  const redelivered = returns > 0 || recovered.delivered.has(sequence);
  queue.restore(position, sequence, bodyBytes, redelivered ? DURABLE | REDELIVERED : DURABLE, returns);
}

/** A binding of something that is not there (its end was deleted, and that is all the journal knows) is left out. */
function restoreBindings(vhost: VirtualHost, journal: Journal, recovery: Recovery): void {
  for (const [key, { source, destinationKind, destination, routingKey, arguments: table }] of recovery.state.bindings) {
    const to = destinationKind === 'queue' ? vhost.queues.get(destination) : vhost.exchanges.get(destination);
    if (to === undefined || !vhost.exchanges.has(source)) continue;
    const binding = { source, destination: to, routingKey, arguments: table };
    vhost.bindings.add(binding);
    journal.bindings.set(key, binding);
  }
}
