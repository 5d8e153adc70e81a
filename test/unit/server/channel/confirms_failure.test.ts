import { expect, test } from 'vitest';
import { PublishCounts } from '../../../../src/core/counts.ts';
import type { CommitWaiter, DurableStore } from '../../../../src/core/ports.ts';
import { Confirms } from '../../../../src/server/channel/confirms.ts';
import type { Outbox } from '../../../../src/server/outbox.ts';
import type { Flushable, LoopTurn } from '../../../../src/server/turn.ts';

const counts = new PublishCounts();

/** A store that commits and fails when told to, and a channel's confirms as lines. */
function stage() {
  const lines: string[] = [];
  const outbox = {
    confirm: (_channel: number, method: number, number: number, multiple: boolean) => {
      lines.push(`${method === 80 ? 'ack' : 'nack'} ${number}${multiple ? ' multiple' : ''}`);
    },
  } as unknown as Outbox;
  const ready = new Set<Flushable>();
  const turn = { confirmsReady: (confirms: Flushable) => ready.add(confirms) } as unknown as LoopTurn;
  const waiters = new Set<CommitWaiter>();
  const store = {
    gathering: 1,
    committed: 0,
    failure: undefined as Error | undefined,
    whenCommitted: (_commit: number, waiter: CommitWaiter) => {
      if (store.failure === undefined || waiter.committed(clock)) waiters.add(waiter);
    },
  };
  const clock = store as unknown as DurableStore;
  const tell = (): void => {
    for (const waiter of waiters) if (!waiter.committed(clock)) waiters.delete(waiter);
  };
  return {
    lines,
    confirms: new Confirms(1, outbox, turn),
    store: clock,
    commit: (): void => {
      store.committed = store.gathering++;
      tell();
    },
    fail: (): void => {
      store.failure = new Error('EIO');
      tell();
    },
    endOfTurn: (): void => {
      for (const confirms of ready) {
        ready.delete(confirms);
        confirms.flush();
      }
    },
  };
}

test('what waits when the journal fails is refused, and what was safe before it confirmed', () => {
  const { lines, confirms, store, commit, fail, endOfTurn } = stage();
  for (let i = 0; i < 3; i++) confirms.publishedDurably(store, counts);
  commit();
  for (let i = 0; i < 4; i++) confirms.publishedDurably(store, counts);
  fail();
  endOfTurn();
  expect(lines).toEqual(['ack 3 multiple', 'nack 7 multiple']);
});

test('what comes in the turn in which the journal fails does not have what waited before it confirmed', () => {
  const { lines, confirms, store, fail, endOfTurn } = stage();
  for (let i = 0; i < 3; i++) confirms.publishedDurably(store, counts);
  fail();
  for (let i = 0; i < 2; i++) confirms.publishedDurably(store, counts);
  endOfTurn();
  expect(lines).toEqual(['nack 5 multiple']);
});

test('transient messages around those that are refused are confirmed', () => {
  const { lines, confirms, store, fail, endOfTurn } = stage();
  confirms.publishedDurably(store, counts);
  confirms.publishedSafely(counts);
  confirms.publishedDurably(store, counts);
  fail();
  confirms.publishedSafely(counts);
  confirms.publishedDurably(store, counts);
  confirms.publishedSafely(counts);
  endOfTurn();
  expect(lines).toEqual(['nack 1', 'ack 2', 'nack 3', 'ack 4', 'nack 5', 'ack 6']);
});

test('what a queue refused while others waited is not refused twice', () => {
  const { lines, confirms, store, fail, endOfTurn } = stage();
  confirms.publishedDurably(store, counts);
  confirms.refused();
  confirms.publishedDurably(store, counts);
  fail();
  endOfTurn();
  expect(lines).toEqual(['nack 3 multiple']);
});
