import { beforeAll, expect, test } from 'vitest';
import { JournalFiles } from '../../support/journal_files.ts';
import { type HostState, stateOf } from '../../support/journal_state.ts';
import { type Story, tellStory } from '../../support/journal_story.ts';

const NOTHING: HostState = { exchanges: [], bindings: [], queues: {} };

let story: Story;

beforeAll(async () => {
  story = await tellStory();
});

/** The state after the last batch that is whole in the first `length` bytes. */
function stateAt(length: number): HostState {
  const whole = story.ends.filter((end) => end <= length).length;
  return story.states[whole - 1] ?? NOTHING;
}

test('the story has a batch for each of its steps', () => {
  expect(story.ends.length).toBe(story.states.length);
  expect(story.states.at(-1)).toEqual({
    exchanges: ['logs'],
    bindings: ['logs --> queue one'],
    queues: {
      one: { messages: ['the end'], redelivered: [], returns: {} },
      two: { messages: ['to both', '', 'or nothing'], redelivered: [], returns: {} },
    },
  });
});

test('cut at every byte, the journal holds exactly the batches before the cut', { timeout: 60_000 }, async () => {
  const { files, sequences } = story;
  const whole = await files.segment(1);
  for (let length = 0; length <= whole.length; length++) {
    const cut = await JournalFiles.of(new Map([['0000000001.segment', whole.subarray(0, length)]]), files.clock);
    const host = await cut.open();
    expect(await stateOf(host, sequences), `cut at ${length}`).toEqual(stateAt(length));
    expect(host.told.damage, `cut at ${length}`).toEqual([]);
  }
});

test('cut at every byte of a second segment, the first still holds everything', { timeout: 60_000 }, async () => {
  const { files, sequences, states } = story;
  const again = await JournalFiles.of(await files.all(), files.clock);
  await again.open();
  again.kill();
  const second = await again.segment(2);
  for (let length = 0; length <= second.length; length++) {
    const cut = await JournalFiles.of(await again.all(), again.clock);
    await cut.setSegment(1, await files.segment(1));
    await cut.setSegment(2, second.subarray(0, length));
    const host = await cut.open();
    expect(await stateOf(host, sequences), `cut at ${length}`).toEqual(states.at(-1));
    expect(host.told.damage, `cut at ${length}`).toEqual([]);
  }
});

test('a transaction of several batches is there whole or not at all, wherever it is cut', {
  timeout: 60_000,
}, async () => {
  const files = new JournalFiles();
  const host = await files.open();
  host.client.declareQueue('large');
  await host.settle();
  const before = (await files.segment(1)).length;
  const body = Buffer.alloc(90_000, 'x');
  host.client.atomically(() => {
    for (let count = 0; count < 8; count++) host.client.publish({ routingKey: 'large', body });
  });
  await host.settle();
  files.kill();
  const whole = await files.segment(1);
  for (let length = whole.length; length > before; length -= 8_191) {
    const cut = await JournalFiles.of(new Map([['0000000001.segment', whole.subarray(0, length)]]), files.clock);
    const { readyCount } = (await cut.open()).vhost.queue('large');
    expect(readyCount, `cut at ${length}`).toBe(length === whole.length ? 8 : 0);
  }
});
