import { describe, expect, test } from 'vitest';
import { DocumentFile, readDocument } from '../../../src/journal/document_file.ts';
import { FaultyDisk } from '../../support/faulty_disk.ts';
import { ForgetfulDisk } from '../../support/forgetful_disk.ts';
import { seededRandom } from '../../support/seeded_random.ts';

const DIR = '/data';
const NAME = 'metadata.json';

test('there is none at first, and what cannot be read is an error', async () => {
  const disk = new ForgetfulDisk();
  expect(await readDocument(disk, DIR, NAME)).toBeUndefined();
  const file = await disk.open(`${DIR}/${NAME}`, 'create');
  await file.write([Buffer.from('{"a":')], 0);
  await expect(readDocument(disk, DIR, NAME)).rejects.toBeInstanceOf(SyntaxError);
});

test('what was saved is there after a power failure at any time, or something later', async () => {
  for (let seed = 0; seed < 200; seed++) {
    const random = seededRandom(seed);
    let disk = new ForgetfulDisk();
    let value = 0;
    for (let life = 0; life < 3; life++) {
      const before = ((await readDocument(disk, DIR, NAME)) as number | undefined) ?? 0;
      const current = disk;
      const document = new DocumentFile(current, DIR, NAME, () => value);
      let saved = before;
      const saves: Promise<void>[] = [];
      const count = Math.floor(random() * 6);
      for (let i = 0; i < count; i++) {
        const wanted = ++value;
        saves.push(
          document.save().then(
            () => {
              saved = Math.max(saved, wanted);
            },
            () => {},
          ),
        );
        for (let turns = Math.floor(random() * 30); turns > 0; turns--) await Promise.resolve();
      }
      const kept = saved;
      disk = current.powerLoss(random);
      await Promise.all(saves);
      const found = ((await readDocument(disk, DIR, NAME)) as number | undefined) ?? 0;
      expect(found, `seed ${seed}`).toBeGreaterThanOrEqual(kept);
      expect(found).toBeLessThanOrEqual(value);
    }
  }
});

test('a thousand changes at once are two writes', async () => {
  const disk = new FaultyDisk(new ForgetfulDisk());
  let value = 0;
  const document = new DocumentFile(disk, DIR, NAME, () => value);
  const saves = Array.from({ length: 1_000 }, () => {
    value++;
    return document.save();
  });
  await Promise.all(saves);
  expect(await readDocument(disk, DIR, NAME)).toBe(1_000);
  expect(disk.calls.rename).toBe(2);
});

describe('a write that fails', () => {
  test.each(['write', 'datasync', 'rename', 'syncDir'] as const)(
    'at %s is told, and the next one has it all',
    async (call) => {
      const disk = new FaultyDisk(new ForgetfulDisk());
      let value = 1;
      const document = new DocumentFile(disk, DIR, NAME, () => value);
      await document.save();
      value = 2;
      disk.fail(call, 'EIO');
      const failing = document.save();
      const next = document.save();
      await expect(failing).rejects.toThrow('EIO');
      await next;
      expect(await readDocument(disk, DIR, NAME)).toBe(2);
      await document.idle();
    },
  );
});
