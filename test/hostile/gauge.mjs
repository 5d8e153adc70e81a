// Preloaded into the daemon that `npm run hostile` attacks: told to, it collects its garbage and tells what is left, and the
// longest that its event loop was busy since it was asked before.

import { monitorEventLoopDelay } from 'node:perf_hooks';

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();

process.on('message', () => {
  globalThis.gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  process.send({ keptBytes: heapUsed + arrayBuffers, loopMs: delay.max / 1e6, loop99: delay.percentile(99) / 1e6 });
  delay.reset();
});
process.channel.unref();
