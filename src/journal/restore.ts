import { Exchange } from '../core/exchange/exchange.ts';
import { exchangeOfHistory } from '../core/exchange/history_queue.ts';
import { DURABLE, REDELIVERED } from '../core/queue/entry.ts';
import { Queue } from '../core/queue/queue.ts';
import { NOWHERE_SPECIAL, type Placement, type Wish } from '../core/queue/rules.ts';
import type { Page, PageTable, Position } from '../core/store/page_table.ts';
import { openDelayQueue } from '../core/topology/delayed.ts';
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
 * Puts what recovery found into the virtual host: exchanges, queues, bindings, and every message that is not settled. What
 * resolves has to be called last, right before the journal is written again: queues are in use from then on. It returns how many
 * messages each queue should have had and has not, where there are any.
 */
export async function restore(
  vhost: VirtualHost,
  journal: Journal,
  recovery: Recovery,
): Promise<() => ReadonlyMap<string, number>> {
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
  await restoreMessages(recovery.segments, queues, vhost.store.pages);
  restoreBindings(vhost, journal, recovery);
  return () => {
    for (const restoring of queues.values()) open(restoring, vhost.store.pages);
    vhost.topologyVersion++;
    return missing(queues);
  };
}

/** What was neither settled nor found. */
function missing(queues: ReadonlyMap<number, Restoring>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { queue, lost } of queues.values()) {
    if (lost > 0) counts.set(queue.name, lost);
  }
  return counts;
}

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
  /** Of the messages that were found, whether or not they are settled. */
  readonly highestSequence: number;
  /** Every message below this was restored, or is settled. */
  restoredBelow: number;
  /** How many of those were taken for settled because they are not there. */
  lost: number;
  /** Set where messages do not come in the order of their sequences, which is where compaction has moved some. */
  readonly disordered: Found[] | undefined;
}

function restoreQueues(vhost: VirtualHost, journal: Journal, recovery: Recovery): Map<number, Restoring> {
  const { state, arrivals } = recovery;
  // A queue may be there in its messages only, if its declaration was never written.
  journal.nextQueueId = Math.max(state.nextQueueId, arrivals.highestQueueId + 1);
  const queues = new Map<number, Restoring>();
  // By id, so that of two queues of one name (the deletion of the first was never written) the second is kept.
  const inOrder = [...state.queues.values()].sort((a, b) => a.id - b.id);
  const byName = new Map(inOrder.map((queue) => [identity(queue), queue]));
  for (const recovered of byName.values()) {
    const queue = createQueue(vhost, recovered);
    if (queue === undefined) continue;
    const { id } = recovered;
    const { settled, delivered, returns, reschedules } = recovered;
    const log = new JournalQueue(id, queue, journal.markDirty, settled, delivered, returns, reschedules);
    queue.log = log;
    if (recovered.paused) queue.consumers.pause();
    journal.addQueue(log);
    restoreKeys(queue.deduplication, recovered.keys);
    const highestSequence = arrivals.highestSequence(id);
    const disordered = arrivals.inOrder(id) ? undefined : [];
    queues.set(id, { queue, recovered, highestSequence, restoredBelow: 1, lost: 0, disordered });
  }
  return queues;
}

/** Undefined for what an exchange kept that is not there. */
function createQueue(vhost: VirtualHost, recovered: RecoveredQueue): Queue | undefined {
  const { name, autoDelete, forwards, arguments: table } = recovered;
  if (forwards) {
    const exchange = vhost.exchanges.get(name);
    const delayQueue = exchange === undefined ? undefined : openDelayQueue(vhost, exchange, true);
    if (delayQueue !== undefined) vhost.delayQueues.set(name, delayQueue);
    return delayQueue;
  }
  const historyOf = exchangeOfHistory(name, table);
  if (historyOf !== undefined) {
    const exchange = vhost.exchanges.get(historyOf);
    return exchange === undefined ? undefined : vhost.beginHistory(exchange);
  }
  const properties = { name, durable: true, autoDelete, exclusiveOwner: undefined, arguments: table };
  const queue = new Queue(properties, vhost.store.pages, vhost.turn, vhost.host);
  vhost.queues.set(name, queue);
  applyPolicies(vhost, queue);
  return queue;
}

/** What queues, what waits at exchanges and what they remember are told apart by. */
function identity({ name, forwards, arguments: table }: RecoveredQueue): string {
  const historyOf = exchangeOfHistory(name, table);
  return historyOf === undefined ? `${forwards ? 'waiting at' : 'queue'} ${name}` : `history of ${historyOf}`;
}

async function restoreMessages(
  segments: readonly RecoveredSegment[],
  queues: ReadonlyMap<number, Restoring>,
  pages: PageTable,
): Promise<void> {
  for (const { segment, readIndex } of segments) {
    const index = await readIndex();
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
      const placement = placementOf(restoring, index, i);
      if (restoring.disordered === undefined) restoreOne(restoring, position, sequence, bodyBytes, placement);
      else restoring.disordered.push({ position, sequence, bodyBytes, placement });
    }
  }
}

/** The queue's messages are there. */
function open(restoring: Restoring, pages: PageTable): void {
  restoreDisordered(restoring, pages);
  const next = nextSequence(restoring);
  restoring.queue.restoreSequence(next);
  skipTo(restoring, next);
  forgetReturns(restoring.recovered);
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
function forgetReturns({ returns, reschedules, settled }: RecoveredQueue): void {
  for (const sequence of returns.keys()) if (settled.has(sequence)) returns.delete(sequence);
  for (const sequence of reschedules.sequences()) if (settled.has(sequence)) reschedules.delete(sequence);
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
function placementOf({ queue }: Restoring, index: SegmentIndex, i: number): Placement {
  const receivedAtMs = index.receivedAtMsOf(i);
  const { rules } = queue;
  if (receivedAtMs !== 0) {
    const placement = rules?.placementFor(wishIn(index, i, receivedAtMs), receivedAtMs) ?? NOWHERE_SPECIAL;
    index.setPriority(i, placement.priority);
    // A queue gets rules when the first of its messages that expires is put there.
    index.setExpiresAtMs(i, rules === undefined ? index.expiresAtMsOf(i) : placement.expiresAtMs);
    index.setReadyAtMs(i, placement.readyAtMs);
  }
  const priority = index.priorityOf(i);
  const expiresAtMs = index.expiresAtMsOf(i);
  // What it asked for once counts no more where nothing waits any more.
  const readyAtMs = rules?.settings.scheduled ? index.readyAtMsOf(i) : 0;
  return priority === 0 && expiresAtMs === 0 && readyAtMs === 0
    ? NOWHERE_SPECIAL
    : { priority, expiresAtMs, readyAtMs };
}

function wishIn(index: SegmentIndex, i: number, receivedAtMs: number): Wish {
  const priority = index.priorityOf(i);
  const expiresAtMs = index.expiresAtMsOf(i);
  const readyAtMs = index.readyAtMsOf(i);
  return {
    priority: priority === NO_PRIORITY ? undefined : priority,
    ttlMs: expiresAtMs === 0 ? undefined : expiresAtMs - receivedAtMs,
    readyAtMs: readyAtMs === 0 ? undefined : readyAtMs,
  };
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
  const redelivered = returns > 0 || recovered.delivered.has(sequence);
  const flags = redelivered ? DURABLE | REDELIVERED : DURABLE;
  const rescheduled = recovered.reschedules.get(sequence);
  const placed = rescheduled === undefined ? placement : { ...rescheduled, priority: placement.priority };
  queue.restore(position, sequence, bodyBytes, flags, countedOf(returns), placed, acquiredOf(returns));
}

/** A binding of something that is not there (its end was deleted, and that is all the journal knows) is left out. */
function restoreBindings(vhost: VirtualHost, journal: Journal, recovery: Recovery): void {
  for (const {
    source,
    destinationKind,
    destination,
    routingKey,
    arguments: table,
  } of recovery.state.bindings.values()) {
    const to = destinationKind === 'queue' ? vhost.queues.get(destination) : vhost.exchanges.get(destination);
    if (to === undefined || !vhost.exchanges.has(source)) continue;
    const binding = { source, destination: to, routingKey, arguments: table };
    vhost.bindings.add(binding);
    journal.bindings.add(binding);
  }
}
