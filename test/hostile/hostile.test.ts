import { expect, test } from 'vitest';
import { startBroker, until } from '../support/broker.ts';
import { ATTACKS } from './attacks.ts';
import { Bystander } from './bystander.ts';

const MIB = 2 ** 20;
/** The broker, the attacker and the bystander together, which are one process here. */
const GROWTH_BYTES_MAX = 120 * MIB;

function memoryBytes(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

test.each(ATTACKS)('%s: the broker and those beside are none the worse', async (_name, attack) => {
  const failures: string[] = [];
  const logger = {
    debug() {},
    info() {},
    warn() {},
    error: (fields: object, text: string) => {
      const { err } = fields as { err?: Error };
      failures.push(`${text}: ${err?.stack ?? JSON.stringify(fields)}`);
    },
  };
  const broker = await startBroker({ logger, handshakeTimeoutMs: 1_500 });
  const bystander = await Bystander.beside(broker.url);
  const before = memoryBytes();
  bystander.start();
  await attack(broker, 1);
  const { count } = await bystander.stop();
  expect(count).toBeGreaterThan(0);
  expect(failures).toEqual([]);
  bystander.start();
  expect((await bystander.stop()).count).toBe(1);
  await until(() => memoryBytes() - before < GROWTH_BYTES_MAX);
  await bystander.close();
});
