import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import type { Broker, BrokerOptions } from '../../src/index.ts';
import { startBroker } from '../support/broker.ts';
import { attack, type Ending } from './attack.ts';
import { Random } from './bytes.ts';
import { conversation } from './conversation.ts';
import { allWays, dial, WAYS } from './ways.ts';
import { Witness } from './witness.ts';

const SECONDS = Number(process.env['LEVERET_FUZZ_SECONDS'] ?? 4);
const SEED = Number(process.env['LEVERET_FUZZ_SEED'] ?? Date.now() % 2 ** 32);
const ENDINGS: readonly Ending[] = ['wait', 'hang-up', 'cut', 'deaf'];
/** Hostile clients at a time. */
const WIDTH = 8;
/** From one word about how it goes to the next. */
const SAY_MS = 60_000;
const GROWTH_BYTES_MAX = 150 * 2 ** 20;

/** A broker whose every internal error is kept: a client's garbage must never be one. */
async function watched(options: BrokerOptions = {}): Promise<{ broker: Broker; failures: string[] }> {
  const failures: string[] = [];
  const logger = {
    debug() {},
    info() {},
    warn() {},
    error: (fields: object, message: string) => {
      const { err } = fields as { err?: Error };
      failures.push(`${message}: ${err?.stack ?? JSON.stringify(fields)}`);
    },
  };
  return { broker: await startBroker({ logger, maxMessageSizeBytes: 2 ** 20, ...options }), failures };
}

/** Without its garbage, where that can be collected: `npm run fuzz` sees to it. */
function memoryBytes(): number {
  (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function mib(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}

/** Told where it goes on for long; a run among the other tests is silent. */
function say(sentence: string): void {
  if (process.env['LEVERET_FUZZ_SECONDS'] !== undefined) process.stdout.write(`fuzz: ${sentence}\n`);
}

/** In a folder that goes when the test is over. */
function onDisk(): BrokerOptions {
  const dataDir = mkdtempSync(join(tmpdir(), 'leveret-fuzz-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  return { dataDir };
}

const PLACES: readonly (readonly [string, () => BrokerOptions])[] = [
  ['in memory', () => ({})],
  ['on disk', onDisk],
];

test.each(PLACES)(
  `%s, garbage harms nobody but its sender (seed ${SEED})`,
  async (_place, options) => {
    const { broker, failures } = await watched({ ...allWays(), ...options() });
    // What nobody can name again would fill with messages: it goes. The few names that are used again are deleted at random.
    await broker
      .policies()
      .set('unnamed', { pattern: '^(amq|[^fqw])', definition: { expires: 5_000 }, applyTo: 'queues' });
    const witness = await Witness.beside(broker);
    const before = memoryBytes();
    say(`begins with seed ${SEED}; ${mib(before)} MiB are in use`);
    let saidMs = performance.now();
    const deadline = performance.now() + (SECONDS * 1_000) / PLACES.length;
    let attacks = 0;
    for (let round = 0; performance.now() < deadline; round++) {
      // Each attack has a seed of its own: npm run fuzz -- --seed N begins with that one.
      const seeds = Array.from({ length: WIDTH }, (_, index) => (SEED + round * WIDTH + index) >>> 0);
      const ended = await Promise.all(
        seeds.map((seed) => {
          const random = new Random(seed);
          const chunks = conversation(random);
          const ending = random.pick(ENDINGS);
          // Half of them plain, which is where most can go wrong.
          const way = random.chance(0.5) ? 'plain' : random.pick(WAYS);
          return attack(dial(broker, way, random), chunks, ending);
        }),
      );
      attacks += WIDTH;
      await witness.check().catch((error: Error) => failures.push(`${error}`));
      const where = `after attacks with seeds ${seeds[0]} to ${seeds.at(-1)}`;
      expect(failures, where).toEqual([]);
      expect(ended, where).not.toContain(false);
      if (performance.now() - saidMs < SAY_MS) continue;
      saidMs = performance.now();
      say(`${attacks} attacks, up to seed ${seeds.at(-1)}; ${mib(memoryBytes())} MiB are in use`);
    }
    say(`ended after ${attacks} attacks; ${mib(memoryBytes())} MiB are in use`);
    expect(attacks).toBeGreaterThan(0);
    expect(memoryBytes() - before).toBeLessThan(GROWTH_BYTES_MAX);
    await witness.close();
  },
  SECONDS * 1_000 + 30_000,
);

const corpus = fileURLToPath(new URL('corpus', import.meta.url));

/** Past failures, as the bytes sent: hexadecimal digits, and lines that begin with # to say what was wrong. */
test.each(readdirSync(corpus))('past failure: %s', async (name) => {
  const { broker, failures } = await watched();
  const witness = await Witness.beside(broker);
  const lines = readFileSync(`${corpus}/${name}`, 'utf8').split('\n');
  const chunks = lines.filter((line) => line !== '' && !line.startsWith('#')).map((line) => Buffer.from(line, 'hex'));
  for (const ending of ENDINGS) {
    expect(await attack(dial(broker, 'plain', new Random(0)), chunks, ending)).toBe(true);
    await witness.check();
  }
  expect(failures).toEqual([]);
  await witness.close();
});
