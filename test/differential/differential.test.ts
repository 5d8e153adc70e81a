import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ACCEPTED, expectedOf } from './accepted.ts';
import { leveretOperator, noOperator, referenceOperator } from './operator.ts';
import { readRecording, writeRecording } from './recording.ts';
import { type Target, tell } from './stage.ts';
import { LATER, RESTARTED, TOPICS } from './topics.ts';

/**
 *     LEVERET_REFERENCE_URL   a RabbitMQ to compare with; without it the recorded transcripts stand in for it
 *     LEVERET_URL             the Leveret to test; without it one is started in this process
 *     LEVERET_DATA_DIR        a folder for its journal; without it it keeps everything in memory
 *     LEVERET_JOURNAL=1       such a folder for this run only
 *     UPDATE=1                record the reference again, and test nothing else
 */
const referenceUrl = process.env['LEVERET_REFERENCE_URL'];
const leveretUrl = process.env['LEVERET_URL'];
const folder =
  process.env['LEVERET_JOURNAL'] === '1' ? mkdtempSync(join(tmpdir(), 'leveret-differential-')) : undefined;
const dataDir = process.env['LEVERET_DATA_DIR'] ?? folder;
const update = process.env['UPDATE'] === '1';

const NOT_FROM_OUTSIDE = 'a Leveret in another process has no operator here';
const WITH_OPERATOR = ['access', 'trace', 'vhosts'];

const reference: Target | undefined =
  referenceUrl === undefined
    ? undefined
    : { url: referenceUrl, quietMs: 250, operator: referenceOperator(referenceUrl) };
let leveret: Target | undefined;
let stop: () => Promise<void> = async () => {};

beforeAll(async () => {
  if (update) {
    if (reference === undefined)
      throw new Error('UPDATE=1 records the broker at LEVERET_REFERENCE_URL, which is not set');
    return;
  }
  if (leveretUrl !== undefined) {
    leveret = { url: leveretUrl, quietMs: 60, operator: noOperator() };
    return;
  }
  const { createBroker } = await import('../../src/index.ts');
  const broker = await createBroker({ port: 0, host: '127.0.0.1', dataDir });
  leveret = { url: broker.url, quietMs: 60, operator: leveretOperator(broker) };
  stop = () => broker.close();
});

afterAll(async () => {
  await stop();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

for (const [topic, conversations] of Object.entries(TOPICS)) {
  const recording = readRecording(topic);

  describe.concurrent(topic, () => {
    for (const conversation of conversations) {
      test(conversation.name, async ({ skip }) => {
        const told = reference === undefined ? undefined : await tell(conversation, reference);
        if (update) {
          recording.set(conversation.name, { rule: conversation.rule, lines: told ?? [] });
          return;
        }
        const recorded = recording.get(conversation.name);
        expect(recorded?.rule, 'the recording is of this conversation').toBe(conversation.rule);
        if (told !== undefined)
          expect(told, 'the reference says what it said when it was recorded').toEqual(recorded?.lines);
        const later =
          LATER[topic] ?? (WITH_OPERATOR.includes(topic) && leveretUrl !== undefined ? NOT_FROM_OUTSIDE : undefined);
        if (later !== undefined) skip(later);
        const expected = expectedOf(conversation.name, recorded?.lines ?? []);
        expect(expected, 'every accepted difference is one').toBeDefined();
        expect(await tell(conversation, leveret!)).toEqual(expected);
      });
    }

    if (update)
      afterAll(() =>
        writeRecording(
          topic,
          conversations.map(({ name }) => name),
          recording,
        ),
      );
  });
}

const names = [...Object.values(TOPICS), ...Object.values(RESTARTED)].flatMap((conversations) =>
  conversations.map(({ name }) => name),
);

test('no name is told twice', () => {
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

test('every accepted difference and later topic is one that is told', () => {
  expect(Object.keys(ACCEPTED).filter((name) => !names.includes(name))).toEqual([]);
  expect(Object.keys(LATER).filter((topic) => TOPICS[topic] === undefined)).toEqual([]);
});
