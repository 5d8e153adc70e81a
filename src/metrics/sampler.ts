import type { VirtualHost } from '../core/vhost.ts';
import type { Clock, Timer } from '../lib/clock.ts';
import type { Server } from '../server/server.ts';
import { CHANNEL, CONNECTION, EXCHANGE, type Kind, NODE, QUEUE, VHOST } from './columns.ts';
import { History } from './history.ts';
import type { NodeFigures } from './node_figures.ts';
import { RingPool } from './ring_pool.ts';
import { type Totals, totalsInSteps } from './totals.ts';
import { QueueTrack, Track } from './track.ts';

/** RabbitMQ's interval. */
export const STEP_MS = 5_000;
/** Ten minutes, and what is under way. */
const PLACES = 122;
/** Moments that a rate needs. */
const RATE_PLACES = 2;
/** What histories of objects may take. Beyond that, objects that come have rates, and no more. */
const HISTORY_BYTES_MAX = 32 * 1024 * 1024;
/** Of the node and its virtual hosts more is kept: an hour, eight hours and a day, as RabbitMQ keeps them. */
const LONG_STEPS: readonly { readonly everyMoments: number; readonly places: number }[] = [
  { everyMoments: 12, places: 62 },
  { everyMoments: 120, places: 50 },
  { everyMoments: 360, places: 50 },
];
/** Objects looked at before others get their turn, or fewer if they take long: the first time they do. */
const SLICE_OBJECTS = 256;
const SLICE_MS = 1;
/** How often it is looked at how long they take. */
const LOOK_OBJECTS = 16;

/** A history, and the time between two of its moments. */
export interface Samples {
  readonly history: History;
  readonly stepMs: number;
}

/** What histories are cut from. */
interface Pools {
  readonly short: RingPool;
  readonly long: readonly RingPool[];
  readonly rates: RingPool;
}

function newPools(): Pools {
  const long = LONG_STEPS.map(({ places }) => new RingPool(places));
  return { short: new RingPool(PLACES), long, rates: new RingPool(RATE_PLACES) };
}

/** Of the node, or of a virtual host: also over longer times. */
export class LongTrack extends Track {
  readonly long: readonly Samples[];

  constructor(columns: number, { short, long }: Pools, nowMs: number) {
    super(columns, short, nowMs);
    this.long = LONG_STEPS.map(({ everyMoments }, i) => ({
      history: new History(columns, long[i] as RingPool),
      stepMs: everyMoments * STEP_MS,
    }));
  }

  override release(): void {
    super.release();
    for (const { history } of this.long) history.release();
  }

  override clear(): void {
    super.clear();
    for (const { history } of this.long) history.clear();
  }

  override note(moment: number, row: Float64Array, atMs: number): void {
    super.note(moment, row, atMs);
    for (const [i, { history }] of this.long.entries()) {
      const { everyMoments } = LONG_STEPS[i] as (typeof LONG_STEPS)[number];
      const long = Math.floor(moment / everyMoments);
      if (long > history.last) history.note(long, row);
    }
  }
}

export interface SamplerOptions {
  readonly server: Server;
  readonly figures: (totals: Totals) => NodeFigures;
  /** Goes on in a later turn of the event loop. */
  readonly later?: (next: () => void) => void;
  readonly historyBytesMax?: number;
}

/** Looks at everything every five seconds, a little at a time, and keeps what it saw for a while. */
export class Sampler {
  readonly node: LongTrack;
  readonly overview: LongTrack;
  readonly #options: SamplerOptions;
  readonly #clock: Clock;
  readonly #vhosts = new Map<VirtualHost, LongTrack>();
  readonly #tracks = new Map<object, Track>();
  readonly #rows = new Map<Kind<never>, Float64Array>();
  readonly #pools = newPools();
  #historyBytes = 0;
  #timer: Timer | undefined;
  #stopped = false;
  #sliceBeganAtMs = 0;

  constructor(options: SamplerOptions) {
    this.#options = options;
    this.#clock = options.server.clock;
    const nowMs = this.#clock.nowMs();
    this.node = new LongTrack(NODE.columns.length, this.#pools, nowMs);
    this.overview = new LongTrack(VHOST.columns.length, this.#pools, nowMs);
  }

  /** Bytes that histories of objects may come to take. */
  get historyBytes(): number {
    return this.#historyBytes;
  }

  start(): void {
    const nowMs = this.#clock.nowMs();
    this.#timer = this.#clock.after(STEP_MS - (nowMs % STEP_MS), () => this.#sample());
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#tracks.clear();
  }

  /** Forgets all samples, and so there are no rates before two more moments. How old messages are is still known. */
  clear(): void {
    for (const track of [this.node, this.overview, ...this.#vhosts.values()]) track.clear();
    for (const track of this.#tracks.values()) {
      track.clear();
      track.charged = false;
    }
    this.#historyBytes = 0;
  }

  /** Undefined for what it has not seen yet. */
  of(object: object): Track | undefined {
    return this.#tracks.get(object);
  }

  vhost(vhost: VirtualHost): LongTrack | undefined {
    return this.#vhosts.get(vhost);
  }

  #sample(): void {
    const atMs = this.#clock.nowMs();
    const moment = Math.floor(atMs / STEP_MS);
    this.#go(this.#steps(moment, atMs));
  }

  *#totals(moment: number, atMs: number): Generator<undefined, void, undefined> {
    const { server, figures } = this.#options;
    const steps = totalsInSteps(server);
    let step = steps.next();
    while (step.done !== true) {
      if (performance.now() - this.#sliceBeganAtMs > SLICE_MS) yield;
      step = steps.next();
    }
    const { node, vhosts } = step.value;
    this.overview.note(moment, this.#read(VHOST, node), atMs);
    this.node.note(moment, this.#read(NODE, figures(node)), atMs);
    for (const [vhost, track] of this.#vhosts) {
      if (vhosts.has(vhost)) continue;
      track.release();
      this.#vhosts.delete(vhost);
    }
    for (const [vhost, totals] of vhosts) {
      const track = this.#vhosts.get(vhost) ?? new LongTrack(VHOST.columns.length, this.#pools, atMs);
      this.#vhosts.set(vhost, track);
      track.note(moment, this.#read(VHOST, totals), atMs);
    }
  }

  /** Does a step, and the rest later; begins again when it is time. */
  #go(steps: Iterator<undefined>): void {
    if (this.#stopped) return;
    this.#sliceBeganAtMs = performance.now();
    if (steps.next().done === true) this.start();
    else (this.#options.later ?? setImmediate)(() => this.#go(steps));
  }

  #isEnough(count: number): boolean {
    if (count % LOOK_OBJECTS !== 0) return false;
    return count % SLICE_OBJECTS === 0 || performance.now() - this.#sliceBeganAtMs > SLICE_MS;
  }

  /** Stops after every few objects. */
  *#steps(moment: number, atMs: number): Generator<undefined, void, undefined> {
    let count = 0;
    // A clock that was set back is waited for.
    if (moment > this.overview.history.last) yield* this.#totals(moment, atMs);
    const { vhosts, connections } = this.#options.server;
    for (const vhost of vhosts.values()) {
      for (const queue of vhost.queues.values()) {
        (this.#note(QUEUE, queue, moment, atMs) as QueueTrack).look(queue, atMs);
        if (this.#isEnough(++count)) yield;
      }
      for (const exchange of vhost.exchanges.values()) {
        this.#note(EXCHANGE, exchange, moment, atMs);
        if (this.#isEnough(++count)) yield;
      }
    }
    for (const connection of connections) {
      if (connection.openedIn === undefined) continue;
      this.#note(CONNECTION, connection, moment, atMs);
      if (this.#isEnough(++count)) yield;
      for (const channel of connection.channels.values()) {
        this.#note(CHANNEL, channel, moment, atMs);
        if (this.#isEnough(++count)) yield;
      }
    }
    for (const [object, track] of this.#tracks) {
      if (track.seen !== moment) {
        this.#tracks.delete(object);
        track.release();
        if (track.charged) this.#historyBytes -= track.history.bytesMax;
      }
      if (this.#isEnough(++count)) yield;
    }
  }

  #note<T extends object>(kind: Kind<T>, object: T, moment: number, atMs: number): Track {
    const track = this.#tracks.get(object) ?? this.#begin(kind, object, atMs);
    track.seen = moment;
    if (moment <= track.history.last) return track;
    const row = this.#read(kind, object);
    track.note(moment, row, atMs);
    if (track.history.hasValues && !track.charged && track.history.places === PLACES) this.#charge(track, row, moment);
    return track;
  }

  #begin(kind: Kind<never>, object: object, atMs: number): Track {
    const columns = kind.columns.length;
    const track =
      kind === QUEUE ? new QueueTrack(columns, this.#pools.short, atMs) : new Track(columns, this.#pools.short, atMs);
    this.#tracks.set(object, track);
    return track;
  }

  /** A track has something to keep for the first time: it may, if there is room. */
  #charge(track: Track, row: Float64Array, moment: number): void {
    const { historyBytesMax = HISTORY_BYTES_MAX } = this.#options;
    const { bytesMax } = track.history;
    if (this.#historyBytes + bytesMax <= historyBytesMax) {
      track.charged = true;
      this.#historyBytes += bytesMax;
      return;
    }
    track.history.release();
    track.history = new History(row.length, this.#pools.rates);
    track.history.note(moment, row);
  }

  /** Into the one row that there is for each kind. */
  #read<T>(kind: Kind<T>, object: T): Float64Array {
    let row = this.#rows.get(kind);
    if (row === undefined) {
      row = new Float64Array(kind.columns.length);
      this.#rows.set(kind, row);
    }
    kind.read(object, row);
    return row;
  }
}
