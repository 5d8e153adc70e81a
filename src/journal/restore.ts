import { Exchange } from '../core/exchange/exchange.ts';
import { DURABLE, REDELIVERED } from '../core/queue/entry.ts';
import { Queue } from '../core/queue/queue.ts';
import type { Placement } from '../core/queue/rules.ts';
import type { Page, PageTable, Position } from '../core/store/page_table.ts';
import { applyPolicies } from '../core/topology/policies.ts';
import type { VirtualHost } from '../core/vhost.ts';
import { PAGE_BYTES } from '../lib/arena.ts';
import { restoreKeys } from './deduplication.ts';
import type { Journal } from './journal.ts';
import { JournalQueue } from './journal_queue.ts';
import type { RecoveredQueue } from './recovered.ts';
import type { RecoveredSegment, Recovery } from './recovery.ts';
import { acquiredOf, countedOf } from './returns.ts';
import type { JournalSegment } from './segment.ts';
import { NO_PRIORITY, type SegmentIndex } from './segment_index.ts';

/**
 * Puts what recovery found into the virtual host: exchanges, queues, bindings, and every message that is not settled. Returns
 * how many messages each queue should have had and has not, where there are any.
 */
export function restore(vhost: VirtualHost, journal: Journal, recovery: Recovery): ReadonlyMap<string, number> {
  const { state } = recovery;
  for (const properties of state.exchanges.values()) {
    const exchange = new Exchange(properties);
    vhost.exchanges.set(exchange.name, exchange);
    applyPolicies(vhost, exchange);
    journal.exchanges.set(exchange.name, exchange);
    restoreKeys(exchange.deduplication, state.exchangeKeys.get(exchange.name) ?? []);
  }
  const queues = restoreQueues(vhost, journal, recovery);
  for (const { segment } of recovery.segments) {
    segment.sealed = true;
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
  for (const { queue, lost } of queues.values()) {
    if (lost > 0) counts.set(queue.name, lost);
  }
  return counts;
}

/** Of a message without priority and expiry: nearly all. */
const PLAIN: Placement = { priority: 0, expiresAtMs: 0 };

/** A message that is live in one queue. */
interface Found {
  readonly position: Position;
  readonly sequence: number;
  readonly bodyBytes: number;
  readonly placement: Placement;
}

interface Restoring {
  readonly queue: Queue;
  readonly recovered: RecoveredQueue;
  /** How long its messages live by its own rule. */
  readonly ttlMs: number | undefined;
  /** Of the messages that were found, whether or not they are settled. */
  highestSequence: number;
  /** Every message below this was restored, or is settled. */
  restoredBelow: number;
  /** How many of those were taken for settled because they are not there. */
  lost: number;
  /** Set where messages do not come in the order of their sequences, which is where compaction has moved some. */
  disordered: Found[] | undefined;
}

function restoreQueues(vhost: VirtualHost, journal: Journal, recovery: Recovery): Map<number, Restoring> {
  const { state } = recovery;
  journal.nextQueueId = Math.max(state.nextQueueId, unusedQueueId(recovery.segments));
  const queues = new Map<number, Restoring>();
  // By id, so that of two queues of one name (the deletion of the first was never written) the second is kept.
  const byName = new Map([...state.queues.values()].sort((a, b) => a.id - b.id).map((queue) => [queue.name, queue]));
  for (const recovered of byName.values()) {
    const { id, name, autoDelete, arguments: table } = recovered;
    const properties = { name, durable: true, autoDelete, exclusiveOwner: undefined, arguments: table };
    const queue = new Queue(properties, vhost.store.pages, vhost.turn, vhost.host);
    const { settled, delivered, returns } = recovered;
    const log = new JournalQueue(id, queue, journal.markDirty, settled, delivered, returns);
    queue.log = log;
    journal.addQueue(log);
    restoreKeys(queue.deduplication, recovered.keys);
    vhost.queues.set(name, queue);
    applyPolicies(vhost, queue);
    const ttlMs = queue.rules?.settings.messageTtlMs;
    queues.set(id, { queue, recovered, ttlMs, highestSequence: 0, restoredBelow: 1, lost: 0, disordered: undefined });
  }
  return queues;
}

/** An id above those of messages: a queue may be there in its messages only, if its declaration was never written. */
function unusedQueueId(segments: readonly RecoveredSegment[]): number {
  let highest = 0;
  for (const { index } of segments) {
    for (let i = 0; i < index.length; i++) highest = Math.max(highest, index.queueOf(i));
  }
  return highest + 1;
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
      if (sequence <= queue.highestSequence) queue.disordered ??= [];
      else queue.highestSequence = sequence;
    }
  }
  for (const { segment, index } of segments) {
    const live = new Map<number, Page>();
    segment.entries = index.length;
    for (let i = 0; i < index.length; i++) {
      const restoring = queues.get(index.queueOf(i));
      const sequence = index.sequenceOf(i);
      if (restoring === undefined || restoring.recovered.settled.has(sequence)) continue;
      const page = pageOf(segment, index.pageOf(i), live, pages);
      page.references++;
      const position = page.number * PAGE_BYTES + index.offsetOf(i);
      const bodyBytes = index.bodyBytesOf(i);
      const priority = priorityOf(restoring, index, i);
      const expiresAtMs = expiryOf(restoring, index, i);
      const placement = priority === 0 && expiresAtMs === 0 ? PLAIN : { priority, expiresAtMs };
      if (restoring.disordered === undefined) restoreOne(restoring, position, sequence, bodyBytes, placement);
      else restoring.disordered.push({ position, sequence, bodyBytes, placement });
    }
  }
  for (const restoring of queues.values()) {
    restoreDisordered(restoring, pages);
    const next = nextSequence(restoring);
    restoring.queue.restoreSequence(next);
    skipTo(restoring, next);
    forgetReturns(restoring.recovered);
  }
}

/**
 * A sequence is never used again: the next message, under that of one that is settled, would count as settled. The
 * checkpoint's number may be lower than what came after it, of which there may be nothing left but that it was settled.
 */
function nextSequence({ recovered, highestSequence }: Restoring): number {
  const { settled, delivered, returns } = recovered;
  let next = Math.max(recovered.nextSequence, highestSequence + 1, settled.end, delivered.end);
  for (const sequence of returns.keys()) next = Math.max(next, sequence + 1);
  return next;
}

/**
 * What is below `sequence`, not settled and not there was transient, or lost: it counts as settled from now on, so that the set
 * has no more ranges than there are messages.
 */
function skipTo(restoring: Restoring, sequence: number): void {
  const { settled } = restoring.recovered;
  const { restoredBelow } = restoring;
  restoring.restoredBelow = sequence + 1;
  if (restoredBelow >= sequence) return;
  const lost = settled.countMissing(restoredBelow, sequence);
  restoring.lost += lost;
  if (lost > 0) settled.addRange(restoredBelow, sequence - restoredBelow);
}

/** A message that was settled since does not come back any more. */
function forgetReturns({ returns, settled }: RecoveredQueue): void {
  for (const sequence of returns.keys()) if (settled.has(sequence)) returns.delete(sequence);
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

/** As the index has it, or, where the segment was read, what the queue makes of what the message asks for. */
function priorityOf({ queue }: Restoring, index: SegmentIndex, i: number): number {
  if (index.receivedAtMsOf(i) === 0) return index.priorityOf(i);
  const wish = index.priorityOf(i);
  const priority = queue.rules?.priorityOf(wish === NO_PRIORITY ? undefined : wish) ?? 0;
  index.setPriority(i, priority);
  return priority;
}

/** As the index has it, or, where the segment was read, from when the message was taken in and the queue's own rule. */
function expiryOf({ ttlMs }: Restoring, index: SegmentIndex, i: number): number {
  const expiresAtMs = index.expiresAtMsOf(i);
  const receivedAtMs = index.receivedAtMsOf(i);
  if (ttlMs === undefined || receivedAtMs === 0) return expiresAtMs;
  const byQueueMs = receivedAtMs + ttlMs;
  if (expiresAtMs !== 0 && expiresAtMs <= byQueueMs) return expiresAtMs;
  index.setExpiresAtMs(i, byQueueMs);
  return byQueueMs;
}

/** In the order of their sequences; of several copies of a message the last, which is in the newest segment. */
function restoreDisordered(restoring: Restoring, pages: PageTable): void {
  const { disordered } = restoring;
  if (disordered === undefined) return;
  const newest = new Map<number, Found>();
  for (const entry of disordered) {
    const older = newest.get(entry.sequence);
    if (older !== undefined) pages.release(older.position);
    newest.set(entry.sequence, entry);
  }
  const inOrder = [...newest.values()].sort((left, right) => left.sequence - right.sequence);
  for (const { position, sequence, bodyBytes, placement } of inOrder) {
    restoreOne(restoring, position, sequence, bodyBytes, placement);
  }
}

function restoreOne(
  restoring: Restoring,
  position: Position,
  sequence: number,
  bodyBytes: number,
  placement: Placement,
): void {
  const { queue, recovered } = restoring;
  skipTo(restoring, sequence);
  const returns = recovered.returns.get(sequence) ?? 0;
  const flags = returns > 0 || recovered.delivered.has(sequence) ? DURABLE | REDELIVERED : DURABLE;
  queue.restore(position, sequence, bodyBytes, flags, countedOf(returns), placement, acquiredOf(returns));
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
