import { expect, test } from 'vitest';
import { simulate } from './simulation/simulate.ts';

/** `npm run test:crash` sets these: how many seeds, or which one. */
const SEEDS = Number(process.env['LEVERET_SEEDS'] ?? 300);
const ONLY_SEED = process.env['LEVERET_SEED'];

test('nothing that was told to be on disk is lost, whenever the process or the power fails', {
  timeout: 3_600_000,
}, async () => {
  const seeds = ONLY_SEED === undefined ? Array.from({ length: SEEDS }, (_, i) => i + 1) : [Number(ONLY_SEED)];
  const broken: string[] = [];
  for (const seed of seeds) {
    await simulate(seed).catch((error: Error) => broken.push(`seed ${seed}: ${error.message}`));
  }
  expect(broken).toEqual([]);
});
