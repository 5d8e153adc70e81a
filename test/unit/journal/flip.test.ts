import { beforeAll, describe, expect, test } from 'vitest';
import { StartError } from '../../../src/lib/start_error.ts';
import { JournalFiles } from '../../support/journal_files.ts';
import { type HostState, stateOf } from '../../support/journal_state.ts';
import { type Story, tellStory } from '../../support/journal_story.ts';
import { seededRandom, wholeNumber } from '../../support/seeded_random.ts';

/** Zeros behind the header's own checksum. */
const UNUSED = { from: 28, to: 32 };

let story: Story;
let whole: Uint8Array;

beforeAll(async () => {
  story = await tellStory();
  whole = await story.files.segment(1);
});

/** Opens the journal with one bit of it changed. */
async function flipped(bit: number): Promise<JournalFiles> {
  const bytes = whole.slice();
  bytes[bit >>> 3] = (bytes[bit >>> 3] as number) ^ (1 << (bit & 7));
  return JournalFiles.of(new Map([['0000000001.segment', bytes]]), story.files.clock);
}

/** Nothing but what was published to a queue may ever be in it. */
function expectGenuine(state: HostState, where: string): void {
  for (const [queue, { messages }] of Object.entries(state.queues)) {
    expect(new Set(messages).size, where).toBe(messages.length);
    for (const message of messages) expect(story.sequences.has(`${queue} ${message}`), where).toBe(true);
  }
}

async function expectHarmless(bit: number): Promise<void> {
  const at = bit >>> 3;
  const where = `bit ${bit & 7} of byte ${at}`;
  const files = await flipped(bit);
  const host = await files.open();
  const state = await stateOf(host, story.sequences);
  const kinds = host.told.findings.map(({ finding }) => finding.kind);
  expectGenuine(state, where);
  if (at >= UNUSED.from && at < UNUSED.to) {
    expect(state, where).toEqual(story.states.at(-1));
    return;
  }
  const batch = story.ends.findIndex((end) => at < end);
  if (batch === story.ends.length - 1) {
    // Nobody can tell a write that was cut short from the last batch damaged: it is told as what it mostly is.
    expect(state, where).toEqual(story.states.at(-2));
  } else {
    expect(kinds, where).toContain('damage');
    // What is damaged is kept for people to look at.
    await host.settle();
    await host.close();
    expect(await files.names(), where).toContain('0000000001.damaged');
  }
}

describe('a bit that is not as it was written', () => {
  test('is noticed anywhere in the header, the checkpoint and the last batch', { timeout: 60_000 }, async () => {
    const [checkpoint] = story.ends as [number];
    for (let bit = 0; bit < checkpoint * 8; bit++) await expectHarmless(bit);
    for (let bit = (story.ends.at(-2) as number) * 8; bit < whole.length * 8; bit++) await expectHarmless(bit);
  });

  test('is noticed anywhere in a batch in the middle', { timeout: 60_000 }, async () => {
    const [from, to] = story.ends.slice(7, 9) as [number, number];
    for (let bit = from * 8; bit < to * 8; bit++) await expectHarmless(bit);
  });

  test('is noticed in a sample of all bits', { timeout: 60_000 }, async () => {
    const random = seededRandom(1);
    for (let count = 0; count < 600; count++) await expectHarmless(wholeNumber(random, 0, whole.length * 8 - 1));
  });

  test('keeps the broker from starting, if that is asked for', async () => {
    const files = await flipped((story.ends[8] as number) * 8 + 300);
    await expect(files.open({ onDamage: 'stop' })).rejects.toThrow(StartError);
    expect(await files.names()).toEqual(['0000000001.segment']);
  });
});
