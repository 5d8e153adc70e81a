// What a busy hour took of the system's memory is given back when it is over.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'amqplib';
import { expect, test } from 'vitest';
import { placeForEachTest, startDaemon } from '../support/daemon.ts';

const place = placeForEachTest('leveret-memory-');
const MIB = 1024 * 1024;

function residentBytes(pid: number): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) * 1024;
}

test.skipIf(process.platform !== 'linux').each([
  ['large', 100_000, 2_500],
  ['small', 10_000, 25_000],
])('a broker that held very many messages gives their memory back, %s ones', async (_size, bytes, count) => {
  const { url, child } = await startDaemon(join(place.folder, 'data'));
  const connection = await connect(url);
  const channel = await connection.createConfirmChannel();
  const { queue } = await channel.assertQueue('', { exclusive: true });
  const body = Buffer.alloc(bytes);
  for (let index = 0; index < count; index++) {
    channel.sendToQueue(queue, body);
    if (index % 100 === 0) await channel.waitForConfirms();
  }
  await channel.waitForConfirms();
  const pid = child.pid as number;
  const full = residentBytes(pid);
  await channel.purgeQueue(queue);
  // It fails by the test's own time: garbage is collected when there is little to do, which a busy computer keeps it from.
  while (residentBytes(pid) > full - 120 * MIB) await sleep(100);
  expect(full).toBeGreaterThan(250 * MIB);
  await connection.close();
});
