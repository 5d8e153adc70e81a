import { keepsTransient } from './queue/arguments.ts';
import { DURABLE } from './queue/entry.ts';
import type { Queue } from './queue/queue.ts';
import type { Position } from './store/page_table.ts';
import type { VirtualHost } from './vhost.ts';

/** Puts a kept message into its queues, each of which holds it from now on; the durable ones, if the journal has it. */
export function enqueue(
  vhost: VirtualHost,
  queues: readonly Queue[],
  position: Position,
  bodyBytes: number,
  journalled: boolean,
): void {
  const count = queues.length;
  vhost.store.pages.retain(position, count);
  for (let i = 0; i < count; i++) {
    const queue = queues[i] as Queue;
    queue.push(position, bodyBytes, journalled && queue.log !== undefined ? DURABLE : 0);
  }
}

/** Whether one of the queues has a message outlive the process. */
export function keptBy(queues: readonly Queue[], persistent: boolean): boolean {
  return queues.some(({ log, type }) => log !== undefined && (persistent || keepsTransient(type)));
}

/** A record in one piece (store/record.ts: `content` is where its route ends). */
export interface WholeRecord {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly content: number;
  readonly end: number;
}

/** Keeps a message, and puts it into those of its queues that do not refuse it. For what the broker itself publishes. */
export function enqueueRecord(
  vhost: VirtualHost,
  queues: readonly Queue[],
  record: WholeRecord,
  bodyBytes: number,
  persistent: boolean,
): void {
  const taking = queues.filter((queue) => !queue.refuses(bodyBytes));
  if (taking.length < queues.length) {
    const refusing = queues.filter((queue) => !taking.includes(queue));
    tellRefused(vhost, refusing, record, bodyBytes);
  }
  if (taking.length === 0) return;
  const { bytes, start, content, end } = record;
  const { durable, store } = vhost;
  const durably = durable !== undefined && durable.failure === undefined && keptBy(taking, persistent);
  const position = durably
    ? durable.append(taking, bytes, start, content, content, end, bodyBytes)
    : store.keep(bytes.subarray(start, end), content - start);
  enqueue(vhost, taking, position, bodyBytes, durably);
}

function tellRefused(vhost: VirtualHost, queues: readonly Queue[], record: WholeRecord, bodyBytes: number): void {
  const { pages } = vhost.store;
  const position = vhost.store.keep(record.bytes.subarray(record.start, record.end), record.content - record.start);
  pages.retain(position, 1);
  for (const queue of queues) queue.refused(position, bodyBytes);
  pages.release(position);
}
