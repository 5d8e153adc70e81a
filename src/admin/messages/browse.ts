import { type Entry, REDELIVERED } from '../../core/queue/entry.ts';
import type { Queue } from '../../core/queue/queue.ts';
import type { StoredMessage } from '../../core/store/message.ts';
import type { VirtualHost } from '../../core/vhost.ts';
import type { Connection } from '../../server/connection/connection.ts';
import { compileFilter, type Matches, type MessageFilter } from './filter.ts';
import { type Located, type Looked, lookAtMessages } from './look.ts';
import { type UnackedMessage, unackedOf } from './unacked.ts';

/** Where a message of a queue is: it could be delivered, it is out with a client, or it waits for its time. */
export type MessageState = 'ready' | 'unacked' | 'scheduled';

export interface BrowseRequest {
  readonly state: MessageState;
  /** The first to look at: 0 is the one that will be delivered, was delivered, or is due first. */
  readonly from: number;
  /** Messages to find at most. */
  readonly count: number;
  readonly filter?: MessageFilter | undefined;
  /** Bytes of each body. */
  readonly bodyBytesMax: number;
}

/** When it is due, or who has it. */
type Place = Located & Partial<Entry> & Partial<UnackedMessage>;

export interface BrowsedMessage {
  readonly place: Place;
  /** Among those of its state. */
  readonly position: number;
  readonly message: Pick<StoredMessage, 'exchange' | 'routingKey' | 'properties'>;
  readonly redelivered: boolean;
  /** A copy of its beginning. */
  readonly body: Buffer;
}

export interface Browsed {
  readonly messages: readonly BrowsedMessage[];
  readonly examined: number;
  /** Where to go on; undefined when nothing is behind. */
  readonly next: number | undefined;
}

/** What one request looks at. */
export const EXAMINED_MAX = 10_000;
const EXAMINED_BYTES_MAX = 32 * 1024 * 1024;
/** Bodies that one request hands out. */
const ANSWERED_BYTES_MAX = 16 * 1024 * 1024;

/**
 * Looks at the messages of a queue where they are: nothing is taken out, and neither their order nor their marks change. So it
 * costs no more than what it looks at, which is limited: a filter that finds little has to be asked again, from `next` on.
 */
export async function browse(
  vhost: VirtualHost,
  queue: Queue,
  connections: ReadonlySet<Connection>,
  request: BrowseRequest,
): Promise<Browsed> {
  const { from, count, filter } = request;
  const examinedMax = filter === undefined ? count : EXAMINED_MAX;
  // One more tells whether anything is behind.
  const places = placesOf(vhost, queue, connections, request, examinedMax + 1);
  const finding = new Finding(request);
  const looked = places.slice(0, examinedMax).map((place, index) => ({ ...place, index: from + index }));
  await lookAtMessages(vhost.store.pages, looked, (run) => run.every((each) => finding.look(each)));
  const end = finding.isFull ? finding.next : from + looked.length;
  const next = end < from + places.length ? end : undefined;
  return { messages: finding.messages, examined: finding.examined, next: count === 0 ? undefined : next };
}

/** What was found so far, until it is enough. */
class Finding {
  readonly messages: BrowsedMessage[] = [];
  examined = 0;
  /** The place behind what was looked at last. */
  next: number;
  readonly #request: BrowseRequest;
  readonly #matches: Matches;
  #examinedBytes = 0;
  #answeredBytes = 0;

  constructor(request: BrowseRequest) {
    this.next = request.from;
    this.#request = request;
    this.#matches = request.filter === undefined ? () => true : compileFilter(request.filter);
  }

  get isFull(): boolean {
    const isLarge = this.#examinedBytes > EXAMINED_BYTES_MAX || this.#answeredBytes > ANSWERED_BYTES_MAX;
    return isLarge || this.messages.length >= this.#request.count;
  }

  /** Whether there is room for more. */
  look({ place, message, body }: Looked<Place & { readonly index: number }>): boolean {
    this.examined++;
    this.#examinedBytes += body.length;
    this.next = place.index + 1;
    if (!this.#matches(message, body)) return !this.isFull;
    const { exchange, routingKey, properties } = message;
    const shown = Buffer.from(body.subarray(0, this.#request.bodyBytesMax));
    this.#answeredBytes += shown.length;
    this.messages.push({
      place,
      position: place.index,
      message: { exchange, routingKey, properties },
      redelivered: (place.flags & REDELIVERED) !== 0,
      body: shown,
    });
    return !this.isFull;
  }
}

function placesOf(
  vhost: VirtualHost,
  queue: Queue,
  connections: ReadonlySet<Connection>,
  { state, from }: BrowseRequest,
  count: number,
): Place[] {
  switch (state) {
    case 'ready':
      return queue.contents.ready(from, count);
    case 'scheduled':
      return queue.contents.scheduled(from, count);
    case 'unacked':
      return unackedOf(connections, vhost, queue).slice(from, from + count);
  }
}
