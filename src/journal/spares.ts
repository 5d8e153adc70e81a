import { join } from 'node:path';
import type { Clock } from '../lib/clock.ts';
import type { Disk } from './disk.ts';
import { spareName } from './segment_names.ts';
import { SpareMaker } from './spare_maker.ts';

/** One spare for so many segments, so that a log with little in it does not occupy much. */
const SEGMENTS_PER_SPARE = 8;
const SPARES_MAX = 3;

export interface Spare {
  readonly path: string;
  readonly bytes: number;
}

export interface SparesOptions {
  readonly disk: Disk;
  readonly dir: string;
  readonly clock: Clock;
  readonly segmentBytes: number;
}

/** Files of about the length of a segment, whose bytes mean nothing any more, to be written over by later segments. */
export class Spares {
  readonly #options: SparesOptions;
  readonly #maker: SpareMaker;
  readonly #spares: Spare[] = [];
  #lastNumber = 0;

  constructor(options: SparesOptions) {
    this.#options = options;
    this.#maker = new SpareMaker({
      ...options,
      wanted: () => this.#spares.length === 0,
      nextPath: () => this.nextPath(),
      made: (path) => this.add({ path, bytes: options.segmentBytes }),
    });
  }

  get usedBytes(): number {
    return this.#spares.reduce((sum, { bytes }) => sum + bytes, this.#maker.usedBytes);
  }

  /** A path that no spare has or had. */
  nextPath(): string {
    return join(this.#options.dir, spareName(++this.#lastNumber));
  }

  /** The number of a spare that was found: later ones get higher numbers. */
  seen(number: number): void {
    this.#lastNumber = Math.max(this.#lastNumber, number);
  }

  /** Whether a file of this length is worth keeping in a log of so many segments. */
  wants(bytes: number, segments: number): boolean {
    const { segmentBytes } = this.#options;
    const aboutAsLong = bytes >= segmentBytes / 2 && bytes <= segmentBytes * 1.25;
    return aboutAsLong && this.#spares.length < mostFor(segments);
  }

  /** The file must not come back under another name after a crash: that it has this one is synced, or it had none. */
  add(spare: Spare): void {
    this.#spares.push(spare);
  }

  /** A spare for a segment of so many bytes, if there is one that is not far too short. */
  take(bytes: number): Spare | undefined {
    const at = this.#spares.findIndex((spare) => spare.bytes >= bytes / 2);
    return at < 0 ? undefined : this.#spares.splice(at, 1)[0];
  }

  /** Takes out a spare that is one too many for a log of so many segments. */
  takeSurplus(segments: number): Spare | undefined {
    return this.#spares.length > mostFor(segments) ? this.#spares.pop() : undefined;
  }

  segmentBegun(): void {
    this.#maker.segmentBegun();
  }

  appended(bytes: number): void {
    this.#maker.appended(bytes);
  }

  stop(): Promise<void> {
    return this.#maker.stop();
  }
}

function mostFor(segments: number): number {
  return Math.min(SPARES_MAX, 1 + Math.floor(segments / SEGMENTS_PER_SPARE));
}
