import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { droppedArenaBytes } from '../lib/arena.ts';

const LOOK_MS = 1_000;
/** Less than this is not worth a pause. */
const WORTH_BYTES = 64 * 1024 * 1024;
/** Of the time since the last look: who has less to do than this can spare the pause. */
const IDLE_UTILIZATION = 0.3;
/** A pause takes about a millisecond for each MiB of what is not garbage. */
const HEAP_BYTES_MAX = 64 * 1024 * 1024;

/**
 * Gives the system back what very many messages took, once they are gone and the broker has little to do. V8 does so only when
 * more memory is asked for: a broker that was busy once would keep for good what it took then.
 */
export function collectWhenIdle(): void {
  let collectedAt = 0;
  let before = performance.eventLoopUtilization();
  const look = (): void => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    const dropped = droppedArenaBytes();
    if (dropped - collectedAt < WORTH_BYTES || utilization > IDLE_UTILIZATION) return;
    if (process.memoryUsage().heapUsed > HEAP_BYTES_MAX) return;
    collectedAt = dropped;
    collect();
  };
  setInterval(look, LOOK_MS).unref();
}

function collect(): void {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  gc();
  // Array buffers are let go of while the program goes on, and then it takes another look.
  setImmediate(gc);
}
