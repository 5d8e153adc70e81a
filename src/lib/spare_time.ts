/** What all work that can wait may take of one turn of the event loop. */
const SLICE_MS = 1;

/** Tells whoever does long work when it is time for others. */
export interface Slices {
  /** Whether enough has been done in this turn. */
  readonly isOver: boolean;
  /** Resolves in a later turn. */
  later(): Promise<void>;
}

/**
 * The time that the event loop has for what nobody's messages wait for, such as long lists. Whoever does such work looks now and
 * then whether its time is over, and if so waits for a later turn. Of those that wait one goes on in each turn, so that many lists
 * at a time take no more of it than one.
 */
export class SpareTime implements Slices {
  /** When the first of them began in this turn, or -1. */
  #begunMs = -1;
  #waiting: (() => void)[] = [];
  #scheduled = false;

  readonly #turn = (): void => {
    this.#scheduled = false;
    this.#begunMs = -1;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    this.#begin();
    next();
  };

  /** Looking costs less than a tenth of a microsecond. */
  get isOver(): boolean {
    if (this.#begunMs < 0) this.#begin();
    return performance.now() - this.#begunMs >= SLICE_MS;
  }

  /** When those that wait already have gone on. */
  later(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#schedule();
    });
  }

  #begin(): void {
    this.#begunMs = performance.now();
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(this.#turn);
  }
}

/** There is one event loop. */
export const spareTime: SpareTime = new SpareTime();
