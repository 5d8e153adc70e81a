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
  flags = 0,
): void {
  const count = queues.length;
  vhost.store.pages.retain(position, count);
  for (let i = 0; i < count; i++) {
    const queue = queues[i] as Queue;
    queue.push(position, bodyBytes, journalled && queue.log !== undefined ? flags | DURABLE : flags);
  }
}

/**
 * Keeps a message, a record in one piece (store/record.ts: `content` is where its route ends), and puts it into its queues.
 * For what the broker itself publishes.
 */
export function enqueueRecord(
  vhost: VirtualHost,
  queues: readonly Queue[],
  record: { readonly bytes: Uint8Array; readonly start: number; readonly content: number; readonly end: number },
  bodyBytes: number,
  persistent: boolean,
  flags = 0,
): void {
  if (queues.length === 0) return;
  const { bytes, start, content, end } = record;
  const { durable, store } = vhost;
  const journalled =
    persistent && durable !== undefined && durable.failure === undefined && queues.some(({ log }) => log !== undefined);
  const position = journalled
    ? durable.append(queues, bytes, start, content, content, end, bodyBytes)
    : store.keep(bytes.subarray(start, end), content - start);
  enqueue(vhost, queues, position, bodyBytes, journalled, flags);
}
