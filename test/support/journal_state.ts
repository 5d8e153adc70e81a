import { PREDECLARED_EXCHANGES } from '../../src/core/exchange/declare.ts';
import type { Queue } from '../../src/core/queue/queue.ts';
import { bodyFrameStart, routeEnd } from '../../src/core/store/record.ts';
import type { JournalQueue } from '../../src/journal/journal_queue.ts';
import { acquiredOf, type Returns } from '../../src/journal/returns.ts';
import type { JournalHost } from './journal_host.ts';
import { bodyBytesOf, messagesAt, positionsIn } from './queue_messages.ts';

export interface QueueState {
  /** Their bodies, as text, in the order in which they would be delivered if nothing was out. */
  readonly messages: readonly string[];
  /** Of these, the ones that are marked as redelivered. */
  readonly redelivered: readonly string[];
  readonly returns: Readonly<Record<string, number>>;
}

/** What a client can see of a virtual host, and what it could if everything that is out came back. */
export interface HostState {
  readonly exchanges: readonly string[];
  readonly bindings: readonly string[];
  readonly queues: Readonly<Record<string, QueueState>>;
}

/**
 * `sequences` has, for each message that was published, its place in the queue: see `label`. The messages of a host that was
 * just opened are told in the order in which they are; those of one with messages out, in which they would be.
 */
export async function stateOf(
  host: JournalHost,
  sequences: ReadonlyMap<string, number>,
  opened: 'just opened' | 'in use' = 'just opened',
): Promise<HostState> {
  const { vhost } = host;
  const predeclared = new Set(PREDECLARED_EXCHANGES.map(({ name }) => name));
  const queues: Record<string, QueueState> = {};
  for (const queue of vhost.queues.values()) {
    if (queue.log !== undefined) queues[queue.name] = await queueState(host, queue, sequences, opened === 'in use');
  }
  const bindings = [...vhost.bindings.bySource().flat()].map(
    ({ source, destination, routingKey }) => `${source} -${routingKey}-> ${destination.kind} ${destination.name}`,
  );
  return {
    exchanges: [...vhost.exchanges.keys()].filter((name) => !predeclared.has(name)).sort(),
    bindings: bindings.sort(),
    queues,
  };
}

export function label(queue: string, body: string): string {
  return `${queue} ${body}`;
}

async function queueState(
  host: JournalHost,
  queue: Queue,
  sequences: ReadonlyMap<string, number>,
  sorted: boolean,
): Promise<QueueState> {
  const out = () => [...host.client.held].filter((each) => each.queue === queue).map(({ entry }) => entry.position);
  const found = await messagesAt(host, () => [...positionsIn(queue), ...out()]);
  const messages = found.filter((message) => message !== undefined).map(bodyOf);
  const sequenceOf = (body: string): number => sequences.get(label(queue.name, body)) ?? 0;
  if (sorted) messages.sort((left, right) => sequenceOf(left) - sequenceOf(right));
  const { deliveredSet, returns } = queue.log as JournalQueue;
  const returned = messages.filter((body) => returns.has(sequenceOf(body)));
  return {
    messages,
    redelivered: messages.filter((body) => deliveredSet.has(sequenceOf(body)) || returns.has(sequenceOf(body))),
    returns: Object.fromEntries(returned.map((body) => [body, acquiredOf(returns.get(sequenceOf(body)) as Returns)])),
  };
}

function bodyOf(message: Uint8Array): string {
  const content = routeEnd(message, 0);
  const start = bodyFrameStart(message, content) + 7;
  return Buffer.from(message.subarray(start, start + bodyBytesOf(message, content))).toString();
}
