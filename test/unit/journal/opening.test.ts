// One test for each row of docs/journal-format.md, *Opening*, and for what has gone wrong there.

import { expect, test } from 'vitest';
import { StartError } from '../../../src/lib/start_error.ts';
import { JournalFiles } from '../../support/journal_files.ts';
import type { JournalHost } from '../../support/journal_host.ts';
import { stateOf } from '../../support/journal_state.ts';
import {
  batchBytes,
  checkpoint,
  EPOCH,
  headerBytes,
  message,
  queueDeclared,
  segmentBytes,
  settled,
} from '../../support/segment_bytes.ts';

const Q = { 1: 'q' };

async function filesWith(segments: Readonly<Record<number, Uint8Array>>): Promise<JournalFiles> {
  const files = new JournalFiles();
  for (const [number, bytes] of Object.entries(segments)) await files.setSegment(Number(number), bytes);
  return files;
}

async function messagesIn(host: JournalHost, queue = 'q'): Promise<readonly string[] | undefined> {
  return (await stateOf(host, new Map())).queues[queue]?.messages;
}

function findings(host: JournalHost): readonly string[] {
  return host.told.findings.map(({ finding }) => `${finding.kind} in ${finding.segment}`);
}

/** What there is to do for segments is done. */
async function idle(host: JournalHost): Promise<void> {
  for (let round = 0; round < 20; round++) await host.settle();
}

test('a folder with nothing in it is a journal with nothing in it', async () => {
  const host = await new JournalFiles().open();
  expect([findings(host), await stateOf(host, new Map())]).toEqual([[], { exchanges: [], bindings: [], queues: {} }]);
});

test('a torn tail is cut, and told', async () => {
  const whole = segmentBytes(1, [
    { number: 1, records: checkpoint(1, Q) },
    { number: 2, records: [message(1, 1)] },
    { number: 3, records: [message(1, 2)] },
  ]);
  const files = await filesWith({ 1: whole.subarray(0, whole.length - 1) });
  const host = await files.open();
  expect([await messagesIn(host), findings(host)]).toEqual([['1:1'], ['torn tail in 1']]);
});

test('zeros and what an earlier segment left are no torn tail', async () => {
  const stale = batchBytes({ number: 900, epoch: EPOCH - 1, records: [message(1, 7)] });
  const batches = segmentBytes(1, [{ number: 1, records: checkpoint(1, Q) }]);
  for (const rest of [new Uint8Array(5000), stale]) {
    const host = await (await filesWith({ 1: Buffer.concat([batches, rest]) })).open();
    expect([await messagesIn(host), findings(host)]).toEqual([[], []]);
  }
});

test('unsynced writes that came in another order: what is there counts, what is missing was not confirmed', async () => {
  const files = await filesWith({
    1: segmentBytes(1, [
      { number: 1, records: checkpoint(1, Q) },
      { number: 2, records: [message(1, 1)], lost: true },
      { number: 3, lag: 1, records: [message(1, 2)] },
    ]),
  });
  const host = await files.open({ onDamage: 'stop' });
  expect([await messagesIn(host), findings(host)]).toEqual([['1:2'], ['torn tail in 1']]);
});

test('a missing batch that a later one knows to have been synced is damage', async () => {
  const files = await filesWith({
    1: segmentBytes(1, [
      { number: 1, records: checkpoint(1, Q) },
      { number: 2, records: [message(1, 1)], lost: true },
      { number: 3, records: [message(1, 2)] },
    ]),
  });
  const host = await files.open();
  expect([await messagesIn(host), findings(host)]).toEqual([['1:2'], ['damage in 1']]);
  expect(host.told.findings[0]?.missing).toEqual(new Map([['q', 1]]));
  await idle(host);
  expect(host.told.setAside).toEqual([1]);
  expect(await files.names()).toEqual(['0000000001.damaged', '0000000002.segment']);
  const again = await files.open();
  expect([await messagesIn(again), findings(again)]).toEqual([['1:2'], []]);
});

test('it may be a much later batch, or one of the next segment, that knows', async () => {
  const first = [
    { number: 1, records: checkpoint(1, Q) },
    { number: 2, records: [message(1, 1)], lost: true },
    { number: 3, lag: 1, records: [message(1, 2)] },
  ];
  const last = { number: 4, lag: 0, records: [message(1, 3)] };
  const inSegment = await (await filesWith({ 1: segmentBytes(1, [...first, last]) })).open();
  expect([await messagesIn(inSegment), findings(inSegment)]).toEqual([['1:2', '1:3'], ['damage in 1']]);
  const next = { number: 4, lag: 0, records: checkpoint(2, Q) };
  const files = await filesWith({ 1: segmentBytes(1, first), 2: segmentBytes(2, [next]) });
  expect(findings(await files.open())).toEqual(['damage in 1']);
});

test('damage keeps the broker from starting where that is asked for, and nothing is changed', async () => {
  const files = await filesWith({
    1: segmentBytes(1, [
      { number: 1, records: checkpoint(1, Q), lost: true },
      { number: 2, records: [message(1, 1)] },
    ]),
  });
  await expect(files.open({ onDamage: 'stop' })).rejects.toThrow(StartError);
  expect(await files.names()).toEqual(['0000000001.segment']);
});

test('damage at the end of a segment shows in the next one, which goes on with a later number', async () => {
  const files = await filesWith({
    1: segmentBytes(1, [
      { number: 1, records: checkpoint(1, Q) },
      { number: 2, records: [message(1, 1)], lost: true },
    ]),
    2: segmentBytes(2, [{ number: 3, records: checkpoint(2, Q) }]),
  });
  expect(findings(await files.open())).toEqual(['damage in 1']);
});

test('a segment that was removed between two others is no damage', async () => {
  const files = await filesWith({
    1: segmentBytes(1, [
      { number: 1, records: checkpoint(1, Q) },
      { number: 2, records: [message(1, 1)] },
    ]),
    3: segmentBytes(3, [{ number: 90, records: checkpoint(3, Q) }]),
  });
  const host = await files.open({ onDamage: 'stop' });
  expect([await messagesIn(host), findings(host)]).toEqual([['1:1'], []]);
});

test('without any whole checkpoint nothing is known, and everything is kept for people to look at', async () => {
  const files = await filesWith({
    // By itself, this one could be taken for one that was never written whole.
    1: segmentBytes(1, [
      { number: 1, records: checkpoint(1, Q), lost: true },
      { number: 2, lag: 1, records: [message(1, 1)] },
    ]),
    2: segmentBytes(
      2,
      [
        { number: 1, records: checkpoint(2, Q), lost: true },
        { number: 2, records: [message(1, 2)] },
      ],
      EPOCH + 1,
    ),
  });
  const host = await files.open();
  await idle(host);
  expect(await files.names()).toEqual(['0000000001.damaged', '0000000002.damaged', '0000000003.segment']);
});

test('a damaged checkpoint: the one before it counts, with what came since', async () => {
  const files = await filesWith({
    1: segmentBytes(1, [
      { number: 1, records: checkpoint(1, Q) },
      { number: 2, records: [message(1, 1), message(1, 2)] },
      { number: 3, records: [settled(1, 1)] },
    ]),
    2: segmentBytes(2, [
      { number: 4, records: [...checkpoint(2, Q)], lost: true },
      { number: 5, records: [message(1, 3)] },
    ]),
  });
  const host = await files.open();
  expect([await messagesIn(host), findings(host)]).toEqual([['1:2', '1:3'], ['damage in 2']]);
});

test('a file that is no segment is removed', async () => {
  const files = await filesWith({
    1: segmentBytes(1, [{ number: 1, records: [...checkpoint(1, Q), message(1, 1)] }]),
    2: new Uint8Array(4000),
    3: new Uint8Array(5),
  });
  const host = await files.open({ onDamage: 'stop' });
  expect([await messagesIn(host), findings(host)]).toEqual([['1:1'], ['no segment in 2', 'no segment in 3']]);
  expect(await files.names()).not.toContain('0000000002.segment');
});

test('a newer format is refused, and nothing is touched', async () => {
  const files = await filesWith({ 1: segmentBytes(1, [{ number: 1, records: checkpoint(1, Q) }]) });
  const newer = (await files.segment(1)).slice();
  newer[11] = 2;
  const { crc32 } = await import('node:zlib');
  new DataView(newer.buffer, newer.byteOffset).setUint32(24, crc32(newer.subarray(0, 24)));
  await files.setSegment(1, newer);
  await expect(files.open()).rejects.toThrow(/format 2.*newer Leveret/);
  expect(await files.names()).toEqual(['0000000001.segment']);
});

test('a segment whose header is damaged is read all the same', async () => {
  const bytes = segmentBytes(1, [
    { number: 1, records: checkpoint(1, Q) },
    { number: 2, records: [message(1, 1)] },
  ]);
  bytes.fill(0, 0, 16);
  const host = await (await filesWith({ 1: bytes })).open();
  expect([await messagesIn(host), findings(host)]).toEqual([['1:1'], ['damage in 1']]);
});

test('a segment whose header and first batch are lost with the same sector is read all the same', async () => {
  const bytes = segmentBytes(2, [
    { number: 2, records: checkpoint(2, Q), lost: true },
    { number: 3, records: [message(1, 1)] },
  ]);
  bytes.fill(0, 0, 32);
  const files = await filesWith({ 1: segmentBytes(1, [{ number: 1, records: checkpoint(1, Q) }]), 2: bytes });
  const host = await files.open();
  expect([await messagesIn(host), new Set(findings(host))]).toEqual([['1:1'], new Set(['damage in 2'])]);
});

test('a header that was never written, before batches that were not synced, is no damage', async () => {
  const bytes = segmentBytes(
    2,
    [
      { number: 1, records: checkpoint(2, Q) },
      { number: 2, lag: 1, records: [message(1, 1)] },
    ],
    EPOCH + 1,
  );
  bytes.fill(0, 0, 32);
  const files = await filesWith({ 1: segmentBytes(1, [{ number: 1, records: checkpoint(1, Q) }]), 2: bytes });
  const host = await files.open({ onDamage: 'stop' });
  expect([await messagesIn(host), findings(host)]).toEqual([['1:1'], ['torn tail in 2']]);
});

test('the first batch of an epoch is damaged: the rest of its segment is there', async () => {
  const files = await filesWith({
    1: segmentBytes(1, [{ number: 1, records: checkpoint(1, Q) }]),
    2: segmentBytes(
      2,
      [
        { number: 1, records: checkpoint(2, Q), lost: true },
        { number: 2, records: [message(1, 1)] },
      ],
      EPOCH + 1,
    ),
  });
  const host = await files.open();
  expect([await messagesIn(host), findings(host)]).toEqual([['1:1'], ['damage in 2']]);
});

test('a segment that was begun without a whole checkpoint: the one before is the base', async () => {
  const begun = segmentBytes(2, [{ number: 3, joined: true, records: checkpoint(2).slice(0, 1) }]);
  const first = segmentBytes(1, [
    { number: 1, records: checkpoint(1, Q) },
    { number: 2, records: [message(1, 1)] },
  ]);
  const files = await filesWith({ 1: first, 2: begun });
  const host = await files.open({ onDamage: 'stop' });
  expect([await messagesIn(host), host.told.damage]).toEqual([['1:1'], []]);
  await idle(host);
  expect(await files.names()).not.toContain('0000000002.segment');
});

test('what an earlier segment left in a file is not believed, checkpoint or not', async () => {
  const old = segmentBytes(1, [
    { number: 1, records: checkpoint(1, Q) },
    { number: 2, records: [settled(1, 1, 5)] },
  ]);
  const recycled = Buffer.concat([headerBytes(3), old.subarray(32)]);
  const files = await filesWith({
    2: segmentBytes(2, [{ number: 7, records: [...checkpoint(2, Q), message(1, 3)] }]),
    3: recycled,
  });
  const host = await files.open({ onDamage: 'stop' });
  expect([await messagesIn(host), findings(host)]).toEqual([['1:3'], []]);
});

test('joined batches without the last of them never happened', async () => {
  const files = await filesWith({
    1: segmentBytes(1, [
      { number: 1, records: checkpoint(1, Q) },
      { number: 2, joined: true, records: [message(1, 1)] },
      { number: 3, lag: 1, joined: true, continued: true, records: [message(1, 2)] },
    ]),
  });
  const host = await files.open();
  expect(await messagesIn(host)).toEqual([]);
  const again = await files.open();
  expect(await messagesIn(again)).toEqual([]);
});

test('joined batches without the first of them never happened, but what follows did', async () => {
  const files = await filesWith({
    1: segmentBytes(1, [
      { number: 1, records: checkpoint(1, Q) },
      { number: 2, joined: true, records: [message(1, 1)], lost: true },
      { number: 3, lag: 1, joined: true, continued: true, records: [message(1, 2)] },
      { number: 4, lag: 2, continued: true, records: [message(1, 3)] },
      { number: 5, lag: 3, records: [message(1, 4)] },
    ]),
  });
  expect(await messagesIn(await files.open({ onDamage: 'stop' }))).toEqual(['1:4']);
});

test('joined batches at the end of a segment are not ended by those of another', async () => {
  const files = await filesWith({
    1: segmentBytes(1, [
      { number: 1, records: checkpoint(1, Q) },
      { number: 2, joined: true, records: [message(1, 1)] },
    ]),
    2: segmentBytes(2, [{ number: 1, records: checkpoint(2, Q) }], EPOCH + 1),
    3: segmentBytes(3, [{ number: 1, records: [...checkpoint(3, Q), message(1, 9)] }], EPOCH + 2),
  });
  expect(await messagesIn(await files.open())).toEqual(['1:9']);
});

test('of two copies that an interrupted compaction left the newer counts, in the old place', async () => {
  const files = await filesWith({
    1: segmentBytes(1, [
      { number: 1, records: checkpoint(1, Q) },
      { number: 2, records: [message(1, 1, 'older'), message(1, 2), message(1, 3)] },
    ]),
    2: segmentBytes(2, [
      { number: 3, records: checkpoint(2, Q) },
      { number: 4, records: [message(1, 4), message(1, 1, 'newer'), message(1, 3, 'newer too'), settled(1, 2)] },
    ]),
  });
  expect(await messagesIn(await files.open())).toEqual(['newer', 'newer too', '1:4']);
});

test('an index that is missing or wrong is made again', async () => {
  const files = new JournalFiles();
  const host = await files.open();
  host.client.declareQueue('q');
  host.client.publish({ routingKey: 'q', body: Buffer.from('kept') });
  await host.settle();
  for (let life = 0; life < 3; life++) await idle(await files.open());
  expect(await files.names()).toContain('0000000001.index');
  const sound = await files.read('0000000001.index');
  for (let at = 0; at <= sound.length; at++) {
    const broken = sound.slice();
    if (at < sound.length) broken[at] = (broken[at] as number) ^ 0x10;
    const copy = await JournalFiles.of(await files.all(), files.clock);
    if (at === sound.length) await copy.remove('0000000001.index');
    else await copy.setIndex(1, broken);
    const again = await copy.open({ onDamage: 'stop' });
    expect([await messagesIn(again), findings(again)], `byte ${at}`).toEqual([['kept'], []]);
    await idle(again);
    expect(Buffer.compare(await copy.read('0000000001.index'), sound), `byte ${at}`).toBe(0);
  }
});

test('a page that is damaged when it is read back loses its messages, and no others', async () => {
  const files = new JournalFiles();
  const host = await files.open();
  host.client.declareQueue('q');
  for (const fill of ['a', 'b']) host.client.publish({ routingKey: 'q', body: Buffer.alloc(200_000, fill) });
  await host.settle();
  for (let life = 0; life < 3; life++) await idle(await files.open());
  files.kill();
  const bytes = (await files.segment(1)).slice();
  bytes[100_000] = 0;
  await files.setSegment(1, bytes);
  const again = await files.open();
  expect(findings(again)).toEqual([]);
  expect((await messagesIn(again))?.map((body) => body[0])).toEqual(['b']);
  expect(again.told.pagesLost.map(({ segment }) => segment)).toEqual([1]);
});

test('a queue that is there only in its messages does not give them to the next one declared', async () => {
  const files = await filesWith({
    1: segmentBytes(1, [
      // Something that is needed, or the segment would be gone by the time it matters.
      { number: 1, records: [...checkpoint(1, Q), message(1, 1)] },
      { number: 2, records: [queueDeclared(2, 'never written')], lost: true },
      { number: 3, lag: 1, records: [message(2, 1, 'of the queue never written')] },
    ]),
  });
  const host = await files.open();
  host.client.declareQueue('new');
  await host.settle();
  host.kill();
  expect(await messagesIn(await files.open(), 'new')).toEqual([]);
});

test('a sequence that was settled, delivered or returned is not used again', async () => {
  const delivered = { type: 'delivered', queue: 1, ranges: [{ first: 4, count: 1 }] } as const;
  const returned = { type: 'returned', queue: 1, returns: new Map([[4, 0x1_0001]]) } as const;
  for (const record of [settled(1, 4), delivered, returned]) {
    const files = await filesWith({
      1: segmentBytes(1, [{ number: 1, records: [...checkpoint(1, Q), record] }]),
    });
    const host = await files.open();
    expect(host.vhost.queue('q').nextSequence, record.type).toBe(5);
  }
});

test('an epoch of which nothing is left is not used again', async () => {
  const files = await filesWith({ 1: segmentBytes(1, [{ number: 1, records: checkpoint(1, Q) }]) });
  const epochs = new Set<number>();
  for (let life = 0; life < 3; life++) {
    const copy = await JournalFiles.of(await files.all(), files.clock);
    epochs.add((await copy.open()).journal.writer.segment.epoch);
    files.clock.advance(10);
  }
  expect(epochs.size).toBe(3);
});
