import { type SizeCounts, VirtualHostCounts } from '../core/counts.ts';

/** The upper bounds of RabbitMQ's histogram of message sizes, without infinity. */
export const SIZE_BOUNDS: readonly number[] = [100, 1_000, 10_000, 100_000, 1e6, 1e7, 5e7, 1e8];

const GOING_MAX = 16;

/** How many messages there are, by size. */
export class MessageSizes implements SizeCounts {
  readonly #counts = new Float64Array(SIZE_BOUNDS.length + 1);

  count(bodyBytes: number, messages: number): void {
    let i = 0;
    while (i < SIZE_BOUNDS.length && bodyBytes > (SIZE_BOUNDS[i] as number)) i++;
    this.#counts[i] = (this.#counts[i] as number) + messages;
  }

  /** How many are no larger than each of the bounds. */
  upTo(): readonly number[] {
    let sum = 0;
    return SIZE_BOUNDS.map((_bound, i) => {
      sum += this.#counts[i] as number;
      return sum;
    });
  }
}

/** What is counted of the broker as a whole, since the start. */
export class Counters {
  connectionsOpened = 0;
  connectionsClosed = 0;
  channelsOpened = 0;
  channelsClosed = 0;
  loginsAccepted = 0;
  loginsRefused = 0;
  /** Told how long each commit took to be written and synced, and of which virtual host it was. */
  onSync: ((vhost: string, seconds: number) => void) | undefined;
  readonly sizes: MessageSizes = new MessageSizes();
  readonly #gone = new VirtualHostCounts();
  /** Of virtual hosts whose last connections may still be closing. */
  readonly #going: VirtualHostCounts[] = [];

  /** A virtual host is deleted: what it has counted is not forgotten. */
  vhostRemoved(counts: VirtualHostCounts): void {
    this.#going.push(counts);
    if (this.#going.length > GOING_MAX) this.#gone.add(this.#going.shift() as VirtualHostCounts);
  }

  /** Adds what was counted of virtual hosts that were deleted. */
  sumGone(total: VirtualHostCounts): void {
    total.add(this.#gone);
    for (const counts of this.#going) total.add(counts);
  }
}
