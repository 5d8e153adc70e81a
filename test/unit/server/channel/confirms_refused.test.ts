import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { PublishCounts } from '../../../../src/core/counts.ts';
import type { DurableStore } from '../../../../src/core/ports.ts';
import { Confirms } from '../../../../src/server/channel/confirms.ts';
import type { Outbox } from '../../../../src/server/outbox.ts';
import type { Flushable, LoopTurn } from '../../../../src/server/turn.ts';

const counts = new PublishCounts();

const ACK = 80;

/** A channel's confirms, with what they say read as a client does. */
class Bench {
  readonly said: string[] = [];
  /** What each number was told, first. */
  readonly verdicts: Map<number, 'ack' | 'nack'> = new Map();
  readonly confirms: Confirms;
  readonly #store = { gathering: 1, committed: 0, failure: undefined as Error | undefined, whenCommitted: () => {} };
  #ready: Flushable[] = [];
  #published = 0;

  constructor() {
    const confirm = (_channel: number, method: number, number: number, multiple: boolean): void =>
      this.#hear(method === ACK ? 'ack' : 'nack', number, multiple);
    const turn = { confirmsReady: (flushable: Flushable) => this.#ready.push(flushable) };
    this.confirms = new Confirms(1, { confirm } as unknown as Outbox, turn as unknown as LoopTurn);
  }

  publish(how: 'safe' | 'refused' | 'durable'): number {
    if (how === 'safe') this.confirms.publishedSafely(counts);
    else if (how === 'refused') this.confirms.refused();
    else this.confirms.publishedDurably(this.#store as unknown as DurableStore, counts);
    return ++this.#published;
  }

  commit(failure?: Error): void {
    this.#store.failure = failure;
    if (failure === undefined) this.#store.committed = this.#store.gathering++;
    this.confirms.committed(this.#store as unknown as DurableStore);
  }

  turnEnds(): void {
    for (const flushable of this.#ready.splice(0)) flushable.flush();
  }

  #hear(verdict: 'ack' | 'nack', number: number, multiple: boolean): void {
    this.said.push(`${verdict} ${multiple ? 'up to ' : ''}${number}`);
    for (let each = multiple ? 1 : number; each <= number; each++) {
      if (!this.verdicts.has(each)) this.verdicts.set(each, verdict);
    }
  }
}

function told(...hows: readonly ('safe' | 'refused')[]): string[] {
  const bench = new Bench();
  for (const how of hows) bench.publish(how);
  bench.turnEnds();
  return bench.said;
}

test('what was refused is nacked behind the ack of what came before it', () => {
  expect(told('refused')).toEqual(['nack 1']);
  expect(told('safe', 'safe', 'refused', 'safe')).toEqual(['ack up to 2', 'nack 3', 'ack 4']);
});

test('neighbours that were refused are nacked at once', () => {
  expect(told('safe', 'refused', 'refused', 'refused', 'safe')).toEqual(['ack 1', 'nack up to 4', 'ack 5']);
});

test('what was refused does not wait for the disk, and takes nothing with it that does', () => {
  const bench = new Bench();
  bench.publish('durable');
  bench.publish('refused');
  bench.turnEnds();
  expect(bench.said).toEqual(['nack 2']);
  bench.commit();
  bench.turnEnds();
  expect([...bench.verdicts].sort()).toEqual([
    [1, 'ack'],
    [2, 'nack'],
  ]);
});

test('every message is told what became of it, once that is known and not before', () => {
  const step = fc.constantFrom('safe', 'refused', 'durable', 'commit', 'turn');
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.boolean(), (steps, fails) => {
      const bench = new Bench();
      const due = new Map<number, 'ack' | 'nack'>();
      const waiting: number[] = [];
      const settled = (verdict: 'ack' | 'nack'): void => {
        for (const number of waiting.splice(0)) due.set(number, verdict);
      };
      for (const each of steps) {
        if (each === 'turn') bench.turnEnds();
        else if (each === 'commit') {
          bench.commit();
          settled('ack');
        } else {
          const number = bench.publish(each);
          if (each === 'durable') waiting.push(number);
          else due.set(number, each === 'safe' ? 'ack' : 'nack');
        }
        for (const [number, verdict] of bench.verdicts) expect(due.get(number)).toBe(verdict);
      }
      bench.commit(fails ? new Error('disk') : undefined);
      settled(fails ? 'nack' : 'ack');
      bench.turnEnds();
      expect(new Map([...bench.verdicts].sort(([a], [b]) => a - b))).toEqual(
        new Map([...due].sort(([a], [b]) => a - b)),
      );
    }),
    { numRuns: 500 },
  );
});
