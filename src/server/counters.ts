import { VirtualHostCounts } from '../core/counts.ts';

/** The upper bounds of RabbitMQ's histogram of message sizes, without infinity. */
export const SIZE_BOUNDS: readonly number[] = [100, 1_000, 10_000, 100_000, 1e6, 1e7, 5e7, 1e8];

const GOING_MAX = 16;

/** Messages up to the first bound are not counted, but told from how many there are in all. */
export const SMALL_BYTES_MAX: number = SIZE_BOUNDS[0] as number;

/** How many messages are larger than SMALL_BYTES_MAX, by size. */
export class MessageSizes {
  readonly #counts = new Float64Array(SIZE_BOUNDS.length + 1);

  count(bodyBytes: number): void {
    let i = 1;
    while (i < SIZE_BOUNDS.length && bodyBytes > (SIZE_BOUNDS[i] as number)) i++;
    this.#counts[i] = (this.#counts[i] as number) + 1;
  }

  /** Of `total` messages, how many are no larger than each of the bounds. */
  upTo(total: number): readonly number[] {
    let larger = 0;
    for (const count of this.#counts) larger += count;
    let sum = total - larger;
    return SIZE_BOUNDS.map((_bound, i) => {
      if (i > 0) sum += this.#counts[i] as number;
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
