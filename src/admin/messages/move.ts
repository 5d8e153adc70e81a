import type { BasicProperties } from '../../codec/properties.ts';
import { enqueueRecord } from '../../core/enqueue.ts';
import type { Queue } from '../../core/queue/queue.ts';
import { hasDied, markDied } from '../../core/store/record.ts';
import { rewriteRecord } from '../../core/store/rewrite.ts';
import type { VirtualHost } from '../../core/vhost.ts';
import { untilCommitted } from '../committed.ts';
import { ManagementError } from '../management_error.ts';
import { type Located, type Looked, lookAtMessages } from './look.ts';

/** Where a message is to go. */
export interface Goal {
  readonly queues: readonly Queue[];
  /** What it says of where it was published to; as before, unless these are given. */
  readonly exchange?: string | undefined;
  readonly routingKey?: string | undefined;
}

const PERSISTENT = 2;

/** Drops those of these messages that are ready, or wait for their time. Resolves to how many they were, when that will survive a restart. */
export async function deleteMessages(
  vhost: VirtualHost,
  queue: Queue,
  sequences: ReadonlySet<number>,
): Promise<number> {
  const { contents } = queue;
  const taken = contents.take(sequences);
  for (const entry of taken) contents.drop(entry);
  await committed(vhost);
  return taken.length;
}

/** Moves one message that is ready, or waits for its time, to another queue. False if there is none of that sequence. */
export async function moveMessage(vhost: VirtualHost, queue: Queue, sequence: number, target: Queue): Promise<boolean> {
  let moved = false;
  await lookAtMessages(vhost.store.pages, queue.contents.find(new Set([sequence])), (messages) => {
    const [message] = messages;
    if (message === undefined) return false;
    if (refuses(target, message.place)) throw new ManagementError('invalid', `queue '${target.name}' is full`);
    moved = moveAll(vhost, queue, new Map([[message, { queues: [target] }]])).length === 1;
    return false;
  });
  await committed(vhost);
  return moved;
}

/** Whether a queue would not take it. */
export function refuses(target: Queue, { bodyBytes }: Located): boolean {
  return target.deleted || target.refuses(bodyBytes);
}

/**
 * Puts messages into other queues and takes them out of their own: both are in the journal together or not at all. One that is not
 * there any more is left out; whoever has it, it is not doubled. Returns the goals of those that were moved.
 */
export function moveAll<G extends Goal>(vhost: VirtualHost, queue: Queue, goals: ReadonlyMap<Looked<Located>, G>): G[] {
  const { durable } = vhost;
  if (durable?.failure !== undefined) throw new ManagementError('invalid', 'the journal has failed');
  const { contents } = queue;
  const sequences = new Set([...goals.keys()].map(({ place }) => place.sequence));
  const taken = new Map(contents.take(sequences).map((entry) => [entry.sequence, entry]));
  const reached: G[] = [];
  for (const [looked, goal] of goals) {
    const entry = taken.get(looked.place.sequence);
    if (entry === undefined) continue;
    reached.push(goal);
    const move = (): void => {
      put(vhost, looked, goal);
      contents.drop(entry);
    };
    if (durable === undefined) move();
    else durable.atomically(move);
  }
  return reached;
}

export async function committed({ durable }: VirtualHost): Promise<void> {
  if (durable !== undefined) await untilCommitted(durable, durable.gathering);
}

function put(vhost: VirtualHost, { message, place }: Looked<Located>, { queues, exchange, routingKey }: Goal): void {
  const { bytes, start, content, properties } = message;
  if (properties.expiration !== undefined) for (const queue of queues) queue.expectExpirations();
  const record = rewriteRecord(
    { bytes, start, bodyBytes: place.bodyBytes },
    // As it is; but in a record of its own, which begins anew.
    { exchange, routingKey, properties: (before: BasicProperties) => before },
  );
  if (hasDied(bytes, content)) markDied(record.bytes, record.content);
  enqueueRecord(vhost, queues, record, place.bodyBytes, properties.deliveryMode === PERSISTENT);
}
