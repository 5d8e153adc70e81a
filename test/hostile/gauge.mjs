// Loaded into the daemon that `npm run hostile` attacks: when asked, it collects its garbage and tells what is left, and for
// how long its event loop was busy at most since it was asked before.

import { monitorEventLoopDelay } from 'node:perf_hooks';

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();

process.on('message', async () => {
  // Pages that are free are kept for the next messages, as far as they are kept at all.
  const { reservedArenaBytes } = await import('../../dist/lib/arena.js');
  // Once is not enough for array buffers, which are let go of while the program goes on.
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  process.send({ keptBytes: heapUsed + arrayBuffers - reservedArenaBytes(), busyMs: delay.max / 1e6 });
  delay.reset();
});
// Whoever asks is not what keeps a daemon running.
process.channel.unref();
