import { expect, test } from 'vitest';
import { SegmentLog } from '../../../src/journal/segment_log.ts';
import { ManualClock } from '../../../src/lib/clock.ts';
import { ForgetfulDisk } from '../../support/forgetful_disk.ts';
import type { Held } from '../../support/host_client.ts';
import { JournalHost } from '../../support/journal_host.ts';
import { microtasks } from '../../support/microtask_turn.ts';
import { seededRandom } from '../../support/seeded_random.ts';

const MIB = 1024 * 1024;
const SEGMENT_BYTES = 2 * MIB;

async function open(disk: ForgetfulDisk, clock: ManualClock): Promise<[JournalHost, SegmentLog]> {
  const log = new SegmentLog({ disk, dir: '/log', clock, segmentBytes: SEGMENT_BYTES });
  return [await JournalHost.open({ log, clock, segmentBytes: SEGMENT_BYTES }), log];
}

/** A journal, and how many bytes of messages are in it. */
class Bench {
  host: JournalHost;
  log: SegmentLog;
  readonly #disk: ForgetfulDisk;
  readonly #clock: ManualClock;
  readonly #held: Held[] = [];

  private constructor(host: JournalHost, log: SegmentLog, disk: ForgetfulDisk, clock: ManualClock) {
    this.host = host;
    this.log = log;
    this.#disk = disk;
    this.#clock = clock;
  }

  static async open(): Promise<Bench> {
    const clock = new ManualClock();
    const disk = new ForgetfulDisk();
    const [host, log] = await open(disk, clock);
    host.client.declareQueue('q');
    return new Bench(host, log, disk, clock);
  }

  async reopen(): Promise<void> {
    await this.host.close();
    [this.host, this.log] = await open(this.#disk, this.#clock);
  }

  get liveBytes(): number {
    const { readyCount, counts } = this.host.vhost.queue('q');
    return (readyCount + counts.unacked) * this.messageBytes;
  }

  messageBytes = 1000;

  publish(count: number): void {
    for (let i = 0; i < count; i++) {
      this.host.client.publish({ routingKey: 'q', body: new Uint8Array(this.messageBytes - 60) });
    }
  }

  /** Takes the first messages, and acknowledges those that are chosen. */
  async consume(count: number, acks: (index: number) => boolean): Promise<void> {
    for (let i = 0; i < count; i++) {
      const held = (await this.host.client.take(this.host.vhost.queue('q'))) as Held;
      if (acks(i)) this.host.client.ack(held);
      else this.#held.push(held);
    }
    await this.host.settle();
  }

  ackHeld(): void {
    for (const held of this.#held.splice(0)) this.host.client.ack(held);
  }

  /** Time passes, in which nothing else happens. */
  async pass(): Promise<void> {
    await this.host.settle();
    for (let step = 0; step < 40; step++) {
      this.#clock.advance(250);
      await microtasks(200);
    }
    expect(this.host.told.housekeepingFailures).toEqual([]);
  }

  expectWithinBound(when: string): void {
    const bound = 2 * this.liveBytes + 2 * SEGMENT_BYTES;
    expect(this.log.usedBytes(), `${when}: ${this.liveBytes} live`).toBeLessThanOrEqual(bound);
  }
}

test('a queue that fills and drains gives the disk back', async () => {
  const bench = await Bench.open();
  for (let round = 0; round < 2; round++) {
    bench.publish(8_000);
    await bench.pass();
    bench.expectWithinBound('full');
    await bench.consume(8_000, () => true);
    await bench.pass();
    bench.expectWithinBound('empty');
  }
});

test('one message in each segment that is never acknowledged does not hold the segment', async () => {
  const bench = await Bench.open();
  for (let round = 0; round < 6; round++) {
    bench.publish(2_000);
    await bench.consume(2_000, (i) => i !== 700);
    await bench.pass();
    bench.expectWithinBound(`round ${round}`);
  }
});

test('neither does one in each page, once nothing else happens', async () => {
  const bench = await Bench.open();
  bench.publish(15_000);
  await bench.host.settle();
  await bench.consume(15_000, (i) => i % 250 !== 0);
  await bench.pass();
  bench.expectWithinBound('one in 250 is left');
  bench.ackHeld();
  await bench.pass();
  bench.expectWithinBound('nothing is left');
});

test.each([0.1, 0.5, 0.9])('messages acknowledged at random: %d of all', async (share) => {
  const random = seededRandom(7);
  const bench = await Bench.open();
  for (let round = 0; round < 6; round++) {
    bench.publish(3_000);
    await bench.consume(3_000, () => random() < share);
    await bench.pass();
    bench.expectWithinBound(`round ${round}`);
  }
});

test('large messages, a few of which stay', async () => {
  const bench = await Bench.open();
  bench.messageBytes = 700_000;
  for (let round = 0; round < 8; round++) {
    bench.publish(6);
    await bench.consume(6, (i) => i !== round % 6);
    await bench.pass();
    bench.expectWithinBound(`round ${round}`);
  }
});

test('a backlog that is always there, and always other messages', async () => {
  const bench = await Bench.open();
  bench.publish(5_000);
  for (let round = 0; round < 8; round++) {
    bench.publish(1_000);
    await bench.consume(1_000, () => true);
    await bench.pass();
    bench.expectWithinBound(`round ${round}`);
  }
});

test('what was mostly acknowledged before a restart is won back after it', async () => {
  const bench = await Bench.open();
  bench.publish(15_000);
  await bench.host.settle();
  await bench.consume(15_000, (i) => i % 250 !== 0);
  await bench.reopen();
  await bench.pass();
  bench.expectWithinBound('reopened');
  expect(bench.host.vhost.queue('q').readyCount).toBe(60);
});
