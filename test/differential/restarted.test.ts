import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectedOf } from './accepted.ts';
import { referenceOperator } from './operator.ts';
import { readRecording, writeRecording } from './recording.ts';
import { RestartedLeveret, Restarts, restartReference } from './restarts.ts';
import { type Conversation, type Target, tell } from './stage.ts';
import { RESTARTED } from './topics.ts';

/**
 * Conversations in which the broker is restarted on its data folder: all at once, so that one restart does for all.
 *
 *     LEVERET_REFERENCE_RESTART   a shell command that stops the RabbitMQ at LEVERET_REFERENCE_URL and starts it again; without
 *                                 either, the recorded transcripts stand in for it
 */
const referenceUrl = process.env['LEVERET_REFERENCE_URL'];
const restartCommand = process.env['LEVERET_REFERENCE_RESTART'];
const update = process.env['UPDATE'] === '1' && restartCommand !== undefined;
const elsewhere = process.env['LEVERET_URL'] !== undefined;

type Told = ReadonlyMap<Conversation, PromiseSettledResult<string[]>>;

let reference: Told | undefined;
let leveret: Told | undefined;

beforeAll(async () => {
  if (referenceUrl !== undefined && restartCommand !== undefined) {
    const operator = referenceOperator(referenceUrl);
    const restart = (): Promise<void> => restartReference(referenceUrl, restartCommand);
    reference = await tellAll({ url: referenceUrl, quietMs: 500, operator, restart });
  }
  if (update || elsewhere) return;
  const broker = await RestartedLeveret.start();
  try {
    leveret = await tellAll(broker);
  } finally {
    await broker.close();
  }
}, 300_000);

async function tellAll(target: Target & Required<Pick<Target, 'restart'>>): Promise<Told> {
  const conversations = Object.values(RESTARTED).flat();
  const restarts = new Restarts(conversations.length, target.restart);
  const shared: Target = {
    quietMs: target.quietMs,
    get url() {
      return target.url;
    },
    get operator() {
      return target.operator;
    },
    restart: () => restarts.arrive(),
  };
  const told = await Promise.allSettled(
    conversations.map((conversation) => tell(conversation, shared).finally(() => restarts.over())),
  );
  return new Map(conversations.map((conversation, index) => [conversation, told[index]!]));
}

function said(told: Told | undefined, conversation: Conversation): readonly string[] | undefined {
  const outcome = told?.get(conversation);
  if (outcome?.status === 'rejected') throw outcome.reason;
  return outcome?.value;
}

for (const [topic, conversations] of Object.entries(RESTARTED)) {
  const recording = readRecording(topic);

  describe(topic, () => {
    for (const conversation of conversations) {
      test(conversation.name, ({ skip }) => {
        const { name, rule } = conversation;
        const told = said(reference, conversation);
        if (update) {
          recording.set(name, { rule, lines: told ?? [] });
          return;
        }
        const recorded = recording.get(name);
        expect(recorded?.rule, 'the recording is of this conversation').toBe(rule);
        if (told !== undefined)
          expect(told, 'the reference says what it said when it was recorded').toEqual(recorded?.lines);
        if (elsewhere) skip('a Leveret in another process is not restarted here');
        const expected = expectedOf(name, recorded?.lines ?? []);
        expect(expected, 'every accepted difference is one').toBeDefined();
        expect(said(leveret, conversation)).toEqual(expected);
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
