import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SEGMENT_HEADER_BYTES } from '../../../src/journal/log.ts';
import { SegmentLog } from '../../../src/journal/segment_log.ts';
import { ManualClock } from '../../../src/lib/clock.ts';
import { ForgetfulDisk } from '../../support/forgetful_disk.ts';
import { headerOf } from '../../support/log_bytes.ts';
import { type Random, seededRandom, wholeNumber } from '../../support/seeded_random.ts';

const SEGMENT_BYTES = 4096;

/** What was done to a segment, and what of it was reported. */
interface Told {
  readonly bytes: number[];
  /** Up to here it was reported to be on disk. */
  safe: number;
  removed: 'no' | 'asked' | 'done';
}

/** Works on a log at random, side by side where that is allowed, and keeps the account of what the log has said. */
class Work {
  disk = new ForgetfulDisk();
  segments = new Map<number, Told>();
  readonly #random: Random;
  #clock = new ManualClock();
  #log: SegmentLog | undefined;
  #last = 0;
  #upkeep: Promise<void> = Promise.resolve();

  constructor(random: Random) {
    this.#random = random;
  }

  async open(): Promise<void> {
    this.#clock = new ManualClock();
    this.#log = new SegmentLog({ disk: this.disk, dir: '/log', clock: this.#clock, segmentBytes: SEGMENT_BYTES });
    this.check(await this.#log.open());
    for (const [segment, told] of this.segments) await this.#compare(segment, told);
    await this.#begin();
  }

  /** One step, of which the caller may not await the end. */
  async step(): Promise<void> {
    const choice = this.#random();
    if (choice < 0.65) await this.#append(this.#random() < 0.4);
    else if (choice < 0.8) await this.#begin();
    else if (choice < 0.88) this.#remove();
    else if (choice < 0.94) this.#index();
    else this.#clock.advance(wholeNumber(this.#random, 1, 3000));
  }

  /** The segments that have to be there are there, and those that must not be are not. */
  check(found: readonly number[]): void {
    for (const [segment, told] of [...this.segments]) {
      const there = found.includes(segment);
      if (told.removed === 'done') expect(there, `segment ${segment} was removed`).toBe(false);
      if (told.removed === 'no' && told.safe > 0) expect(there, `segment ${segment} was synced`).toBe(true);
      if (!there) this.segments.delete(segment);
    }
  }

  /** What is in a segment that is there is at least what was reported. */
  async #compare(segment: number, told: Told): Promise<void> {
    const indexed = (await this.#log!.readIndex(segment)) !== undefined;
    const length = indexed ? told.bytes.length : told.safe;
    const found = await this.#log!.read(segment, 0, length);
    const same = Buffer.compare(found, Uint8Array.from(told.bytes.slice(0, length))) === 0;
    expect(same, `segment ${segment}, its first ${length} bytes${indexed ? ' (indexed)' : ''}`).toBe(true);
    // What follows may be anything, and may be lost at any time from here on.
    told.bytes.length = length;
    told.safe = length;
  }

  async #begin(): Promise<void> {
    this.#last = Math.max(this.#last, ...this.segments.keys()) + 1;
    const header = headerOf(this.#last);
    this.segments.set(this.#last, { bytes: [...header], safe: 0, removed: 'no' });
    await this.#log!.begin(this.#last, SEGMENT_BYTES, header);
  }

  #append(sync: boolean): Promise<void> {
    const told = this.segments.get(this.#last)!;
    const pieces = Array.from({ length: wholeNumber(this.#random, 1, 3) }, () => this.#bytes());
    for (const piece of pieces) told.bytes.push(...piece);
    const ends = [...this.segments].map(([segment, { bytes }]) => [segment, bytes.length] as const);
    return new Promise((resolve, reject) => {
      this.#log!.append(pieces, sync, (error) => {
        if (error !== undefined) return reject(error);
        for (const [segment, end] of sync ? ends : []) this.segments.get(segment)!.safe = end;
        resolve();
      });
    });
  }

  #remove(): void {
    const segment = this.#sealed();
    if (segment === undefined) return;
    const told = this.segments.get(segment)!;
    told.removed = 'asked';
    this.#after(this.#log!.remove(segment), () => {
      told.removed = 'done';
    });
  }

  #index(): void {
    const segment = this.#sealed();
    if (segment !== undefined) this.#after(this.#log!.writeIndex(segment, headerOf(segment)), () => {});
  }

  /** A segment that may be worked on beside the appends. */
  #sealed(): number | undefined {
    const sealed = [...this.segments].filter(([segment, { removed }]) => segment !== this.#last && removed === 'no');
    return sealed[wholeNumber(this.#random, 0, sealed.length - 1)]?.[0];
  }

  #after(work: Promise<unknown>, then: () => void): void {
    const done = work.then(then);
    done.catch(() => {});
    this.#upkeep = this.#upkeep.then(() => done.catch(() => {}));
  }

  #bytes(): Uint8Array {
    const first = wholeNumber(this.#random, 0, 250);
    return new Uint8Array(wholeNumber(this.#random, 0, 1200)).map((_, at) => (first + at) % 251);
  }
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await Promise.resolve();
}

/** Several lives of a process, each ended in the middle of something. */
async function livesAndDeaths(seed: number): Promise<void> {
  const random = seededRandom(seed);
  const work = new Work(random);
  for (let life = 0; life < 4; life++) {
    await work.open();
    for (let steps = wholeNumber(random, 0, 40); steps > 0; steps--) await work.step();
    const last = work.step();
    last.catch(() => {});
    await turns(wholeNumber(random, 0, 30));
    work.disk = random() < 0.3 ? work.disk.crash() : work.disk.powerLoss(random);
    await turns(50);
  }
  await work.open();
}

test('what was reported to be on disk is there after any loss of power, byte for byte', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0 }), (seed) => livesAndDeaths(seed)),
    // In the first, two steps in the making of one spare file went on side by side, and it was taken twice.
    { numRuns: 300, examples: [[67447592]] },
  );
});

test('the disk of the test does lose what is not synced', async () => {
  const lost = { bytes: 0, names: 0 };
  for (let seed = 0; seed < 50; seed++) {
    let disk = new ForgetfulDisk();
    const file = await disk.open('/log/synced', 'create');
    await disk.syncDir('/log');
    file.writeNow([new Uint8Array(SEGMENT_HEADER_BYTES).fill(1)], 0);
    await disk.open('/log/unsynced', 'create');
    disk = disk.powerLoss(seededRandom(seed));
    const left = await (await disk.open('/log/synced', 'read')).read(0, SEGMENT_HEADER_BYTES);
    if (left.length < SEGMENT_HEADER_BYTES || left.includes(0)) lost.bytes++;
    if (!(await disk.list('/log')).includes('unsynced')) lost.names++;
  }
  expect(lost.bytes).toBeGreaterThan(5);
  expect(lost.names).toBeGreaterThan(5);
});
