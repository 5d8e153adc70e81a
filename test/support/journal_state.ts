import { PREDECLARED_EXCHANGES } from '../../src/core/exchange/declare.ts';
import type { Queue } from '../../src/core/queue/queue.ts';
import type { Position } from '../../src/core/store/page_table.ts';
import { bodyFrameStart, readU32, routeEnd } from '../../src/core/store/record.ts';
import type { JournalQueue } from '../../src/journal/journal_queue.ts';
import type { JournalHost } from './journal_host.ts';

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
  const bindings = [...vhost.bindings.all()].map(
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
  const held = [...host.client.held].filter((each) => each.queue === queue).map(({ entry }) => entry.position);
  const messages = await bodiesIn(host, [...positionsIn(queue), ...held]);
  const sequenceOf = (body: string): number => sequences.get(label(queue.name, body)) ?? 0;
  if (sorted) messages.sort((left, right) => sequenceOf(left) - sequenceOf(right));
  const { deliveredSet, returns } = queue.log as JournalQueue;
  const returned = messages.filter((body) => returns.has(sequenceOf(body)));
  return {
    messages,
    redelivered: messages.filter((body) => deliveredSet.has(sequenceOf(body)) || returns.has(sequenceOf(body))),
    returns: Object.fromEntries(returned.map((body) => [body, returns.get(sequenceOf(body)) as number])),
  };
}

function positionsIn(queue: Queue): Position[] {
  const positions: Position[] = [];
  queue.relocate((position) => {
    positions.push(position);
    return undefined;
  });
  return positions;
}

async function bodiesIn(host: JournalHost, positions: readonly Position[]): Promise<string[]> {
  const bodies: string[] = [];
  for (const position of positions) {
    const { pages } = host.vhost.store;
    while (!pages.isReadable(position)) await new Promise<void>((done) => pages.whenReadable(position, done));
    if (pages.isLost(position)) continue;
    bodies.push(bodyAt(host, position));
  }
  return bodies;
}

/** Throws where the message is not one. */
function bodyAt(host: JournalHost, position: Position): string {
  const page = host.vhost.store.pages.of(position);
  const content = routeEnd(page.bytes, page.base + (position % 2 ** 18));
  const bodyBytes = readU32(page.bytes, content + 16);
  const bytes = host.client.bytesOf({ position, bodyBytes });
  const start = bodyFrameStart(bytes, routeEnd(bytes, 0)) + 7;
  return Buffer.from(bytes.subarray(start, start + bodyBytes)).toString();
}
