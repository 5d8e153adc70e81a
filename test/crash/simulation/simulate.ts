import { SegmentLog } from '../../../src/journal/segment_log.ts';
import { PAGE_BYTES } from '../../../src/lib/arena.ts';
import { ManualClock } from '../../../src/lib/clock.ts';
import { ForgetfulDisk } from '../../support/forgetful_disk.ts';
import { JournalHost } from '../../support/journal_host.ts';
import { MicrotaskTurn, microtasks } from '../../support/microtask_turn.ts';
import { type Random, seededRandom, wholeNumber } from '../../support/seeded_random.ts';
import { Account } from './account.ts';
import { audit, BrokenPromise } from './audit.ts';
import { Life } from './life.ts';

const LIVES = 5;
const STEPS_MAX = 150;
/** Two pages, so that segments are begun often. */
const SEGMENT_BYTES = 600_000;
/** Five pages, so that most are read back. */
const MEMORY_BYTES = 5 * PAGE_BYTES;

/** Several lives of a journal on a disk that forgets. Rejects with a BrokenPromise if it has lost what it had promised to keep. */
export async function simulate(seed: number): Promise<void> {
  const random = seededRandom(seed);
  const account = new Account();
  const clock = new ManualClock();
  let disk = new ForgetfulDisk();
  for (let life = 0; life < LIVES; life++) {
    const end = random() < 0.3 ? 'kill' : 'power loss';
    await live(disk, account, random, clock);
    disk = end === 'kill' ? disk.crash() : disk.powerLoss(random);
    await microtasks(100);
    clock.advance(wholeNumber(random, 1, 5000));
  }
  const turn = new MicrotaskTurn();
  turn.hold();
  const host = await JournalHost.open(optionsOf(disk, random, clock), turn);
  await audit(host, account);
  await host.close();
}

async function live(disk: ForgetfulDisk, account: Account, random: Random, clock: ManualClock): Promise<void> {
  const turn = new MicrotaskTurn();
  // What is due is routed when it is known what was there.
  turn.hold();
  const opening = JournalHost.open(optionsOf(disk, random, clock), turn);
  if (random() < 0.25) {
    opening.catch(() => {});
    await microtasks(wholeNumber(random, 0, 200));
    turn.stop();
    return;
  }
  const host = await opening;
  await audit(host, account);
  const life = new Life(host, account, random, clock);
  life.begin();
  turn.letGo();
  for (let steps = wholeNumber(random, 0, STEPS_MAX); steps > 0; steps--) await life.step();
  if (random() < 0.3) life.lastWords();
  await microtasks(wholeNumber(random, 0, 40));
  const { failure, housekeepingFailures, pagesLost } = host.told;
  const problem = failure ?? housekeepingFailures[0];
  if (problem !== undefined) throw problem;
  if (pagesLost.length > 0) throw new BrokenPromise('a page was lost');
  if (random() < 0.1) {
    await host.close();
    account.processEnded(Number.MAX_SAFE_INTEGER);
  } else {
    account.processEnded(host.journal.committed);
  }
  turn.stop();
}

function optionsOf(disk: ForgetfulDisk, random: Random, clock: ManualClock) {
  const log = new SegmentLog({ disk, dir: '/log', clock, segmentBytes: SEGMENT_BYTES });
  const memoryBytes = random() < 0.5 ? MEMORY_BYTES : Number.POSITIVE_INFINITY;
  return { log, clock, memoryBytes, segmentBytes: SEGMENT_BYTES };
}
