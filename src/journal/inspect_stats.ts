import { farBlock } from '../lib/arena.ts';
import type { InspectedJournal } from './inspect.ts';
import { shownName } from './inspect_name.ts';
import type { RecoveredQueue } from './recovered.ts';
import { recover } from './recovery.ts';
import type { SegmentIndex } from './segment_index.ts';
import { SequenceSet } from './sequence_set.ts';

export interface QueueStats {
  readonly queue: string;
  /** That are waiting, or were delivered and not settled. */
  messages: number;
  bodyBytes: number;
  /** Of the messages, those that will come as redelivered. */
  delivered: number;
  /** Since the queue was declared. */
  readonly settled: number;
}

export interface SegmentStats {
  readonly segment: number;
  readonly epoch: number;
  readonly fileBytes: number;
  readonly usedBytes: number;
  /** Messages in it, each counted once for each of its queues; and how many of them are still needed. */
  readonly messages: number;
  readonly live: number;
}

export interface JournalStats {
  readonly vhost: string;
  readonly sound: boolean;
  readonly epoch: number;
  readonly exchanges: number;
  readonly bindings: number;
  readonly queues: readonly QueueStats[];
  readonly segments: readonly SegmentStats[];
}

interface Counting {
  readonly recovered: RecoveredQueue;
  readonly stats: QueueStats;
  /** Sequences that were counted: an older copy of one is not needed. */
  readonly counted: SequenceSet;
}

/** What a broker would find if it opened the journal now. */
export async function journalStats({ vhost, files }: InspectedJournal): Promise<JournalStats> {
  // No page is ever loaded: nobody has to be told anything.
  const nothing = (): void => {};
  const owner = {
    log: files,
    blockFor: farBlock,
    segmentEmptied: nothing,
    pageReadAhead: nothing,
    pageDamaged: async () => {},
  };
  const { state, segments, findings, epoch } = await recover(files, owner);
  const queues = new Map([...state.queues].map(([id, recovered]) => [id, counting(recovered)]));
  const stats: SegmentStats[] = [];
  // Newest first: of several copies of a message the newest counts.
  for (const recovered of [...segments].reverse()) {
    const { number, epoch, usedBytes } = recovered.segment;
    const index = await recovered.readIndex();
    const live = countLive(index, queues);
    const fileBytes = await files.size(number);
    stats.push({ segment: number, epoch, fileBytes, usedBytes, messages: index.length, live });
  }
  return {
    vhost,
    sound: findings.every(({ kind }) => kind !== 'damage'),
    epoch: epoch - 1,
    exchanges: state.exchanges.size,
    bindings: state.bindings.size,
    queues: [...queues.values()].map((queue) => queue.stats).sort((a, b) => (a.queue < b.queue ? -1 : 1)),
    segments: stats.reverse(),
  };
}

function counting(recovered: RecoveredQueue): Counting {
  const { settled } = recovered;
  const stats = { queue: shownName(recovered), messages: 0, bodyBytes: 0, delivered: 0, settled: settled.size };
  return { recovered, stats, counted: new SequenceSet() };
}

function countLive(index: SegmentIndex, queues: ReadonlyMap<number, Counting>): number {
  let live = 0;
  for (let i = 0; i < index.length; i++) {
    const queue = queues.get(index.queueOf(i));
    const sequence = index.sequenceOf(i);
    if (queue === undefined || queue.recovered.settled.has(sequence) || queue.counted.has(sequence)) continue;
    queue.counted.add(sequence);
    live++;
    queue.stats.messages++;
    queue.stats.bodyBytes += index.bodyBytesOf(i);
    const { delivered, returns } = queue.recovered;
    if (delivered.has(sequence) || returns.has(sequence)) queue.stats.delivered++;
  }
  return live;
}
