import { WireWriter } from '../codec/wire_writer.ts';
import type { Binding } from '../core/exchange/binding.ts';
import { BindingSet } from '../core/exchange/binding_set.ts';
import type { Exchange } from '../core/exchange/exchange.ts';
import type { Policy, PolicyKind } from '../core/policy/policy.ts';
import type { CommitWaiter, DurableStore, QueueLog, Turn } from '../core/ports.ts';
import type { Queue } from '../core/queue/queue.ts';
import type { Placement } from '../core/queue/rules.ts';
import type { PageCache } from '../core/store/page_cache.ts';
import type { Page, PageTable, Position } from '../core/store/page_table.ts';
import { copyBytes, PAGE_BYTES } from '../lib/arena.ts';
import type { Clock } from '../lib/clock.ts';
import { BATCH_HEADER_BYTES } from './batch.ts';
import { type DeduplicationOwner, keyRecord, writeKeys } from './deduplication.ts';
import { Housekeeping } from './housekeeping.ts';
import { JournalQueue } from './journal_queue.ts';
import { JournalWriter } from './journal_writer.ts';
import type { Log } from './log.ts';
import { type JournalRecord, MESSAGE, writeRecord } from './record.ts';
import type { PoliciesByName } from './recovered.ts';
import { type JournalSegment, SEGMENT_BYTES } from './segment.ts';

export interface JournalOptions {
  readonly log: Log;
  readonly pages: PageTable;
  readonly turn: Turn;
  readonly clock: Clock;
  readonly events: JournalEvents;
  readonly cache: PageCache;
  /** How long a segment usually is; SEGMENT_BYTES unless a test wants more of them. */
  readonly segmentBytes?: number;
  /** As ReadyRing.relocate, for everybody who refers to messages: queues, and channels with deliveries out. */
  readonly relocate: (moved: (position: Position) => Position | undefined) => void;
}

/** What the operator should hear of. */
export interface JournalEvents {
  /** Nothing will be committed any more. */
  failed(error: Error): void;
  /** A page that was read back is damaged; so many messages are lost to each queue. */
  pageLost(segment: number, messages: ReadonlyMap<string, number>): void;
  /** A damaged segment was taken out of the journal and kept under this name. */
  setAside(segment: number, name: string): void;
  /** Winning back disk failed; nothing is lost. */
  housekeepingFailed(error: Error): void;
}

/** A message's place in a durable queue. */
export interface Place {
  readonly queue: number;
  readonly sequence: number;
  /** Undefined where the queue has no rules. */
  readonly placement: Placement | undefined;
}

/** Length, type, received-at, number of queues; then ten bytes for each queue. */
const MESSAGE_FIXED_BYTES = 13;
const MESSAGE_QUEUE_BYTES = 10;

/** The durable side of a virtual host: turns what happens into records, in the order in which it happens. */
export class Journal implements DurableStore {
  readonly writer: JournalWriter;
  topologyCommit = 0;
  nextQueueId = 1;
  /** By id; a queue that was deleted is not here, and what the journal still holds of it is dead. */
  readonly queues: Map<number, JournalQueue> = new Map();
  readonly exchanges: Map<string, Exchange> = new Map();
  readonly bindings: BindingSet = new BindingSet();
  readonly policies: PoliciesByName = { policy: new Map(), 'operator policy': new Map() };
  readonly #byQueue = new Map<Queue, JournalQueue>();
  readonly #pages: PageTable;
  readonly #clock: Clock;
  readonly #housekeeping: Housekeeping;
  readonly #segmentBytes: number;
  readonly #scratch = new WireWriter(4096);
  /** For checkpoints, which are written in the middle of another record, when that needs a new segment. */
  readonly #checkpointScratch = new WireWriter(4096);
  /** The durable ones of the queues that a message goes to; kept, so that a message makes no array. */
  readonly #places: Queue[] = [];
  #content = 0;
  #dirtyQueues: JournalQueue[] = [];

  constructor(options: JournalOptions) {
    this.#pages = options.pages;
    this.#clock = options.clock;
    const { log, events, relocate, clock, segmentBytes = SEGMENT_BYTES } = options;
    this.#segmentBytes = segmentBytes;
    this.#housekeeping = new Housekeeping({ log, events, relocate, clock, journal: this });
    this.writer = new JournalWriter({
      ...options,
      segmentBytes,
      beforeCommit: () => this.#writeQueueChanges(),
      checkpoint: () => this.#writeCheckpoint(),
      pageLoaded: (page) => options.cache.loaded(page),
      pageWritten: (page) => options.cache.filled(page),
      afterCommit: () => this.#housekeeping.afterCommit(),
      pageDamaged: (segment, slot) => this.#housekeeping.pageDamaged(segment, slot),
    });
  }

  get gathering(): number {
    return this.writer.gathering;
  }

  get committed(): number {
    return this.writer.committed;
  }

  get failure(): Error | undefined {
    return this.writer.failure;
  }

  get congested(): boolean {
    return this.writer.congested;
  }

  whenCommitted(commit: number, waiter: CommitWaiter): void {
    this.writer.whenCommitted(commit, waiter);
  }

  append(
    queues: readonly Queue[],
    bytes: Uint8Array,
    routeStart: number,
    routeEnd: number,
    contentStart: number,
    contentEnd: number,
    bodyBytes: number,
  ): Position {
    const places = this.#places;
    places.length = 0;
    for (const queue of queues) if (queue.log !== undefined) places.push(queue);
    const routeBytes = routeEnd - routeStart;
    let place = this.#begin(places.length, routeBytes + (contentEnd - contentStart), this.#clock.nowMs());
    const { page } = this.writer;
    const content = this.#content;
    for (let i = 0; i < places.length; i++) {
      const queue = places[i] as Queue;
      const placement = queue.rules?.placementOfContent(bytes, contentStart);
      place = this.#place(
        page,
        place,
        content,
        bodyBytes,
        (queue.log as JournalQueue).id,
        queue.nextSequence,
        placement,
      );
    }
    copyBytes(bytes, routeStart, routeEnd, page.bytes, place);
    copyBytes(bytes, contentStart, contentEnd, page.bytes, place + routeBytes);
    this.writer.appended();
    return page.number * PAGE_BYTES + content;
  }

  atomically(appends: () => void): number {
    this.#makeWay();
    const { writer } = this;
    const page: Page | undefined = writer.page;
    const used = page?.used;
    writer.joined(() => {
      appends();
      // What was settled on the way belongs to it.
      this.#writeQueueChanges();
    });
    return writer.page === page && page?.used === used ? writer.committed : writer.gathering;
  }

  /** No segment is begun within what is joined, and where all that comes is joined, none would ever end: so one ends here. */
  #makeWay(): void {
    const { usedBytes, checkpointBytes } = this.writer.segment;
    if (usedBytes + PAGE_BYTES <= Math.max(this.#segmentBytes, 4 * checkpointBytes)) return;
    this.writer.room(PAGE_BYTES - BATCH_HEADER_BYTES);
  }

  queueDeclared(queue: Queue): QueueLog {
    const log = new JournalQueue(this.nextQueueId++, queue, this.markDirty);
    this.addQueue(log);
    this.#topology(declaration(log));
    return log;
  }

  queueDeleted(queue: Queue): void {
    const log = this.#byQueue.get(queue);
    if (log === undefined) return;
    this.#byQueue.delete(queue);
    this.queues.delete(log.id);
    this.#topology({ type: 'queue deleted', queue: log.id });
  }

  queuePaused(queue: Queue): void {
    const log = this.#byQueue.get(queue);
    if (log !== undefined) this.#topology(pause(log));
  }

  exchangeDeclared(exchange: Exchange): void {
    this.exchanges.set(exchange.name, exchange);
    this.#topology(exchangeRecord(exchange));
  }

  exchangeDeleted(name: string): void {
    if (this.exchanges.delete(name)) this.#topology({ type: 'exchange deleted', name });
  }

  bound(binding: Binding): void {
    this.bindings.add(binding);
    this.#topology(bindingRecord('bound', binding));
  }

  unbound(binding: Binding): void {
    if (this.bindings.delete(binding) !== undefined) this.#topology(bindingRecord('unbound', binding));
  }

  policySet(kind: PolicyKind, policy: Policy): void {
    this.policies[kind].set(policy.name, policy);
    this.#topology({ type: 'policy set', kind, policy });
  }

  policyDeleted(kind: PolicyKind, name: string): void {
    if (this.policies[kind].delete(name)) this.#topology({ type: 'policy deleted', kind, name });
  }

  keyRemembered(owner: Exchange | Queue, key: Uint8Array, expiresAtMs: number): void {
    const known = this.#recordedAs(owner);
    if (known === undefined || this.failure !== undefined) return;
    this.#record(keyRecord(known, key, expiresAtMs));
    this.writer.appended();
  }

  #writeKeys(owner: Exchange | Queue, write: (record: JournalRecord) => void): void {
    const { deduplication } = owner;
    const known = deduplication === undefined ? undefined : this.#recordedAs(owner);
    if (deduplication !== undefined && known !== undefined) writeKeys(known, deduplication, write);
  }

  /** Undefined for what was deleted, even where there is another of that name. */
  #recordedAs(owner: Exchange | Queue): DeduplicationOwner | undefined {
    if (owner.kind === 'exchange') {
      return this.exchanges.get(owner.name) === owner ? { queue: 0, exchange: owner.name } : undefined;
    }
    const log = this.#byQueue.get(owner);
    return log === undefined ? undefined : { queue: log.id, exchange: '' };
  }

  /** A queue known again after recovery. */
  addQueue(log: JournalQueue): void {
    this.queues.set(log.id, log);
    this.#byQueue.set(log.queue, log);
  }

  readonly markDirty = (queue: JournalQueue): void => {
    this.#dirtyQueues.push(queue);
    this.writer.appended();
  };

  /**
   * Copies the message at `position`, in whatever page it lies, to the end of the journal, under the same sequences. The
   * caller moves the references.
   */
  copyForward(
    bytes: Uint8Array,
    start: number,
    end: number,
    bodyBytes: number,
    receivedAtMs: number,
    places: readonly Place[],
  ): Position {
    let place = this.#begin(places.length, end - start, receivedAtMs);
    const { page } = this.writer;
    const content = this.#content;
    for (const { queue, sequence, placement } of places) {
      place = this.#place(page, place, content, bodyBytes, queue, sequence, placement);
    }
    copyBytes(bytes, start, end, page.bytes, place);
    this.writer.appended();
    return page.number * PAGE_BYTES + content;
  }

  /**
   * Makes room for a message record and writes its fixed fields. Returns where its places go in the page's bytes; the offset
   * of its content in the page is left in #content.
   */
  #begin(places: number, contentBytes: number, receivedAtMs: number): number {
    const headerBytes = MESSAGE_FIXED_BYTES + places * MESSAGE_QUEUE_BYTES;
    const length = headerBytes + contentBytes;
    const page = this.writer.room(length);
    const target = page.bytes;
    const at = page.base + page.used;
    putU32(target, at, length);
    target[at + 4] = MESSAGE;
    putU48(target, at + 5, receivedAtMs);
    target[at + 11] = places >>> 8;
    target[at + 12] = places;
    this.#content = page.used + headerBytes;
    page.used += length;
    this.writer.segment.entries += places;
    return at + MESSAGE_FIXED_BYTES;
  }

  #place(
    page: Page,
    at: number,
    content: number,
    bodyBytes: number,
    queue: number,
    sequence: number,
    placement: Placement | undefined,
  ): number {
    putU32(page.bytes, at, queue);
    putU48(page.bytes, at + 4, sequence);
    const { index } = this.writer.segment;
    if (placement === undefined) index?.add(page.slot, content, bodyBytes, queue, sequence);
    else {
      const { priority, expiresAtMs, readyAtMs } = placement;
      index?.add(page.slot, content, bodyBytes, queue, sequence, priority, expiresAtMs, readyAtMs);
    }
    return at + MESSAGE_QUEUE_BYTES;
  }

  /** Its virtual host is going: no disk is won back any more, since all of it will be. */
  retire(): void {
    this.#housekeeping.stop();
  }

  /** Lets go of the log, whose files may then be removed. Nothing is committed any more. */
  async discard(): Promise<void> {
    await this.close();
    this.writer.discard();
  }

  /** Commits what has gathered, and lets go of the log. */
  async close(): Promise<void> {
    this.#housekeeping.stop();
    await this.#housekeeping.idle();
    await this.writer.flush();
    this.writer.stop();
    await this.writer.log.close();
  }

  get pages(): PageTable {
    return this.#pages;
  }

  /** Segments that hold something, oldest first, the current one last. */
  get segments(): ReadonlyMap<number, JournalSegment> {
    return this.writer.segments;
  }

  #topology(record: JournalRecord): void {
    // Nothing is written any more; what happens by itself, as auto-deletion does, is undone by the restart.
    if (this.failure !== undefined) return;
    this.#record(record);
    this.topologyCommit = this.gathering;
    this.writer.appended();
  }

  #record(record: JournalRecord, scratch: WireWriter = this.#scratch): void {
    scratch.reset();
    writeRecord(scratch, record);
    const length = scratch.offset;
    const page = this.writer.room(length);
    copyBytes(scratch.bytes, 0, length, page.bytes, page.base + page.used);
    page.used += length;
  }

  #writeQueueChanges(): void {
    const queues = this.#dirtyQueues;
    if (queues.length === 0) return;
    this.#dirtyQueues = [];
    for (const queue of queues) {
      // Of a queue that is gone, nothing needs to be remembered.
      if (this.queues.has(queue.id)) queue.takeChanges((record) => this.#record(record));
      else queue.takeChanges(() => {});
    }
  }

  #writeCheckpoint(): void {
    const write = (record: JournalRecord): void => this.#record(record, this.#checkpointScratch);
    write({ type: 'checkpoint begins', segment: this.writer.segment.number, nextQueueId: this.nextQueueId });
    for (const exchange of this.exchanges.values()) write(exchangeRecord(exchange));
    for (const log of this.queues.values()) {
      write(declaration(log));
      if (log.queue.consumers.paused) write(pause(log));
    }
    for (const binding of this.bindings.values()) write(bindingRecord('bound', binding));
    for (const [kind, policies] of Object.entries(this.policies) as [PolicyKind, Map<string, Policy>][]) {
      for (const policy of policies.values()) write({ type: 'policy set', kind, policy });
    }
    for (const queue of this.queues.values()) queue.writeState(write);
    for (const exchange of this.exchanges.values()) this.#writeKeys(exchange, write);
    for (const { queue } of this.queues.values()) this.#writeKeys(queue, write);
    write({ type: 'checkpoint ends' });
  }
}

function declaration(log: JournalQueue): JournalRecord {
  const { name, autoDelete, forwards = false, arguments: table } = log.queue.properties;
  return { type: 'queue declared', queue: log.id, autoDelete, forwards, name, arguments: table };
}

function pause({ id, queue }: JournalQueue): JournalRecord {
  return { type: 'queue paused', queue: id, paused: queue.consumers.paused };
}

function exchangeRecord({ properties }: Exchange): JournalRecord {
  const { name, type: exchangeType, autoDelete, internal, arguments: table } = properties;
  return { type: 'exchange declared', autoDelete, internal, name, exchangeType, arguments: table };
}

function bindingRecord(type: 'bound' | 'unbound', binding: Binding): JournalRecord {
  const { source, destination, routingKey, arguments: table } = binding;
  const { kind: destinationKind, name } = destination;
  return { type, source, destinationKind, destination: name, routingKey, arguments: table };
}

function putU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

function putU48(bytes: Uint8Array, at: number, value: number): void {
  const high = Math.floor(value / 0x1_0000_0000);
  bytes[at] = high >>> 8;
  bytes[at + 1] = high;
  putU32(bytes, at + 2, value >>> 0);
}
