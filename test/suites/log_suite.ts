import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Log, SEGMENT_HEADER_BYTES } from '../../src/journal/log.ts';
import { append, headerOf, text, textIn } from '../support/log_bytes.ts';

/** A log that holds nothing, not opened yet. */
export interface LogUnderTest {
  readonly log: Log;
  /** What the next process has, over what this one left; the log is closed before. Not opened yet. */
  again(): Log;
  /** Makes the next append fail. */
  failNext(): void;
  dispose(): void;
}

/** The least room that the logs of the suite are told to have in a segment. */
export const SUITE_SEGMENT_BYTES = 1024;

/** What every log has to do, whatever it keeps its segments in. */
export function logSuite(name: string, create: () => LogUnderTest): void {
  describe(name, () => {
    let made: LogUnderTest;
    let log: Log;

    beforeEach(async () => {
      made = create();
      log = made.log;
      await log.open();
    });
    afterEach(async () => {
      await log.close();
      made.dispose();
    });

    async function begin(segment: number): Promise<void> {
      await log.begin(segment, SUITE_SEGMENT_BYTES, headerOf(segment));
    }

    async function reopen(): Promise<readonly number[]> {
      await log.close();
      log = made.again();
      return log.open();
    }

    describe('appending', () => {
      it('puts the pieces behind the header, in order', async () => {
        await begin(1);
        await append(log, [text('one '), text(''), text('two ')], false);
        await append(log, [text('three')], true);
        expect(Uint8Array.from(await log.read(1, 0, SEGMENT_HEADER_BYTES))).toEqual(headerOf(1));
        expect(await textIn(log, 1, 13)).toBe('one two three');
      });

      it('takes nothing at all, to sync what came before', async () => {
        await begin(1);
        await append(log, [text('kept')], false);
        await append(log, [], true);
        expect(await textIn(log, 1, 4)).toBe('kept');
      });

      it('takes more than the segment was said to need', async () => {
        await begin(1);
        const large = new Uint8Array(300_000).map((_, at) => at % 251);
        await append(log, [large.subarray(0, 7), large.subarray(7)], true);
        await append(log, [text('behind')], true);
        expect(Buffer.compare(await log.read(1, SEGMENT_HEADER_BYTES, large.length), large)).toBe(0);
        expect(Buffer.from(await log.read(1, SEGMENT_HEADER_BYTES + large.length, 6)).toString()).toBe('behind');
      });

      it.each([true, false])('reports once, and not before the call has returned (sync: %s)', async (sync) => {
        await begin(1);
        const calls: string[] = [];
        const reported = new Promise<void>((resolve) => {
          log.append([text('x')], sync, (error) => {
            calls.push(error === undefined ? 'done' : 'failed');
            resolve();
          });
        });
        calls.push('returned');
        await reported;
        await append(log, [text('y')], true);
        expect(calls).toEqual(['returned', 'done']);
      });

      it('lets the next append be made from the report of the last', async () => {
        await begin(1);
        await new Promise<void>((resolve, reject) => {
          log.append([text('a')], true, () => {
            log.append([text('b')], true, (error) => (error === undefined ? resolve() : reject(error)));
          });
        });
        expect(await textIn(log, 1, 2)).toBe('ab');
      });

      it('is one call at a time, and only to a segment that was begun', async () => {
        expect(() => log.append([text('x')], true, () => {})).toThrow(/before a segment/);
        await begin(1);
        const first = append(log, [text('x')], true);
        expect(() => log.append([text('y')], true, () => {})).toThrow(/under way/);
        await expect(begin(2)).rejects.toThrow(/under way/);
        await first;
      });
    });

    describe('segments', () => {
      it('are there again, lowest first, with all that was appended', async () => {
        for (const segment of [1, 2, 10]) {
          await begin(segment);
          await append(log, [text(`in ${segment}`)], segment === 2);
        }
        expect(await reopen()).toEqual([1, 2, 10]);
        expect(await textIn(log, 1, 4)).toBe('in 1');
        expect(await textIn(log, 2, 4)).toBe('in 2');
        expect(await textIn(log, 10, 5)).toBe('in 10');
      });

      it('have numbers that only rise', async () => {
        await begin(2);
        await expect(begin(2)).rejects.toThrow(/begun after 2/);
        await expect(begin(1)).rejects.toThrow(/begun after 2/);
        await reopen();
        await expect(begin(2)).rejects.toThrow(/begun after 2/);
        await begin(3);
      });

      it('have a header of a known length', async () => {
        await expect(log.begin(1, SUITE_SEGMENT_BYTES, new Uint8Array(31))).rejects.toThrow(/header of 31 bytes/);
      });

      it('give fewer bytes at their end', async () => {
        await log.begin(1, SEGMENT_HEADER_BYTES, headerOf(1));
        await append(log, [text('all')], true);
        expect(await textIn(log, 1, 100)).toBe('all');
        expect(await textIn(log, 1, 0)).toBe('');
        expect((await log.read(1, 1000, 10)).length).toBe(0);
      });

      it('are gone when removed', async () => {
        for (const segment of [1, 2]) {
          await begin(segment);
          await append(log, [text('x')], true);
        }
        await log.remove(1);
        await expect(log.read(1, 0, 1)).rejects.toThrow(/segment 1/);
        await expect(log.remove(1)).rejects.toThrow(/segment 1/);
        expect(await reopen()).toEqual([2]);
      });

      it('are not removed or set aside while they are written', async () => {
        await begin(1);
        await expect(log.remove(1)).rejects.toThrow(/still being written/);
        await expect(log.setAside(1)).rejects.toThrow(/still being written/);
        await append(log, [text('x')], true);
        expect(await textIn(log, 1, 1)).toBe('x');
      });

      it('hold what was written to them and no other, whatever was there before', async () => {
        await begin(1);
        await append(log, [new Uint8Array(900).fill(0xff)], true);
        await begin(2);
        await log.remove(1);
        await begin(3);
        await append(log, [text('short')], true);
        expect(await textIn(log, 3, 5)).toBe('short');
        await append(log, [new Uint8Array(2000).fill(0x61)], true);
        expect(await reopen()).toEqual([2, 3]);
        expect(Uint8Array.from(await log.read(3, 0, SEGMENT_HEADER_BYTES))).toEqual(headerOf(3));
        expect(await textIn(log, 3, 2005)).toBe(`short${'a'.repeat(2000)}`);
      });

      it('are read while others are appended to, as many as there are', async () => {
        for (let segment = 1; segment <= 20; segment++) {
          await begin(segment);
          await append(log, [text(String(segment).padStart(2, '0'))], false);
        }
        const reads = Array.from({ length: 20 }, (_, index) => textIn(log, index + 1, 2));
        await append(log, [text('more')], true);
        expect(await Promise.all(reads)).toEqual(
          Array.from({ length: 20 }, (_, index) => String(index + 1).padStart(2, '0')),
        );
      });
    });

    describe('an index', () => {
      beforeEach(async () => {
        await begin(1);
        await append(log, [text('x')], false);
        await begin(2);
        await append(log, [text('y')], true);
      });

      it('is kept beside a segment, and replaced', async () => {
        expect(await log.readIndex(1)).toBeUndefined();
        await log.writeIndex(1, text('first, longer'));
        await log.writeIndex(1, text('second'));
        expect(Buffer.from((await log.readIndex(1))!).toString()).toBe('second');
        await reopen();
        expect(Buffer.from((await log.readIndex(1))!).toString()).toBe('second');
      });

      it('goes with its segment', async () => {
        await log.writeIndex(1, text('index'));
        await log.remove(1);
        await reopen();
        await begin(3);
        expect(await log.readIndex(3)).toBeUndefined();
        await expect(log.readIndex(1)).rejects.toThrow(/segment 1/);
      });
    });

    describe('a segment set aside', () => {
      it('is out of the log, under a name that tells its number, and still occupies space', async () => {
        await begin(1);
        await append(log, [new Uint8Array(500)], true);
        await begin(2);
        await append(log, [text('x')], true);
        const before = log.usedBytes();
        expect(await log.setAside(1)).toMatch(/1.*damaged/);
        await expect(log.read(1, 0, 1)).rejects.toThrow(/segment 1/);
        expect(log.usedBytes()).toBe(before);
        expect(await reopen()).toEqual([2]);
      });

      it('does not take the place of another of its number', async () => {
        await begin(1);
        await begin(2);
        expect(await reopen()).toEqual([1, 2]);
        const first = await log.setAside(2);
        expect(await reopen()).toEqual([1]);
        await begin(2);
        await begin(3);
        expect(await log.setAside(2)).not.toBe(first);
      });
    });

    it('says what it occupies', async () => {
      expect(log.usedBytes()).toBe(0);
      await begin(1);
      await append(log, [new Uint8Array(5000)], true);
      const one = log.usedBytes();
      expect(one).toBeGreaterThanOrEqual(5000 + SEGMENT_HEADER_BYTES);
      await begin(2);
      await log.writeIndex(1, new Uint8Array(100));
      expect(log.usedBytes()).toBeGreaterThanOrEqual(one + 100);
      await log.remove(1);
      expect(log.usedBytes()).toBeLessThan(one);
    });

    it('is broken for good by an error, and can still be read', async () => {
      await begin(1);
      await append(log, [text('safe')], true);
      await begin(2);
      made.failNext();
      const error = await append(log, [text('lost')], true).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'EIO' });
      await expect(append(log, [text('later')], true)).rejects.toBe(error);
      await expect(append(log, [text('later')], false)).rejects.toBe(error);
      await expect(begin(3)).rejects.toBe(error);
      await expect(log.remove(1)).rejects.toBe(error);
      expect(await textIn(log, 1, 4)).toBe('safe');
    });
  });
}
