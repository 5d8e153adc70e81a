// A journal on a disk that forgets what is not synced, used at random, and ended at random; see simulation/simulate.ts.
//
//     npm run test:crash -- --only simulation --seed 4711

import { expect, test } from 'vitest';
import { simulate } from './simulation/simulate.ts';

/** `npm run test:crash` sets these: how many seeds, or which one. */
const SEEDS = Number(process.env['LEVERET_SEEDS'] ?? 300);
/** Of the seeds that break a promise, so many are told. */
const SHOWN_MAX = 10;
const ONLY_SEED = process.env['LEVERET_SEED'];

test('nothing that was told to be on disk is lost, whenever the process or the power fails', {
  timeout: 3_600_000,
}, async () => {
  const seeds = ONLY_SEED === undefined ? Array.from({ length: SEEDS }, (_, i) => i + 1) : [Number(ONLY_SEED)];
  const broken: string[] = [];
  for (const seed of seeds) {
    if (broken.length === SHOWN_MAX) break;
    await simulate(seed).catch((error: Error) => broken.push(`seed ${seed}: ${error.message}`));
  }
  expect(broken).toEqual([]);
});
