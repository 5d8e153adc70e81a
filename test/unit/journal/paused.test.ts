import { expect, test } from 'vitest';
import { pauseQueue, resumeQueue } from '../../../src/core/topology/pause.ts';
import { MemoryLog } from '../../../src/journal/memory_log.ts';
import { JournalHost } from '../../support/journal_host.ts';

async function reopened(log: MemoryLog, host: JournalHost): Promise<JournalHost> {
  await host.settle();
  host.kill();
  return await JournalHost.open({ log });
}

test('a durable queue is still paused after a restart, also by a checkpoint, and not once it was resumed', async () => {
  const log = new MemoryLog();
  let host = await JournalHost.open({ log });
  for (const name of ['paused', 'resumed', 'other']) host.client.declareQueue(name);
  for (const name of ['paused', 'resumed']) pauseQueue(host.vhost, host.vhost.queue(name));
  resumeQueue(host.vhost, host.vhost.queue('resumed'));
  for (let restarts = 0; restarts < 2; restarts++) {
    host = await reopened(log, host);
    const paused = [...host.vhost.queues.values()].filter(({ consumers }) => consumers.paused);
    expect(paused.map(({ name }) => name)).toEqual(['paused']);
  }
  host.kill();
});

test('a queue of the same name is not paused', async () => {
  const log = new MemoryLog();
  const host = await JournalHost.open({ log });
  pauseQueue(host.vhost, host.client.declareQueue('q'));
  host.client.deleteQueue('q');
  expect(host.client.declareQueue('q').consumers.paused).toBe(false);
  const again = await reopened(log, host);
  expect(again.vhost.queue('q').consumers.paused).toBe(false);
  again.kill();
});
