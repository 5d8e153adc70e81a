// What Linux says of a process.

import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Resident memory, in bytes. */
export function residentBytes(pid) {
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(kibibytes) * 1024;
}

/** Processor time of all its threads over the next seconds, as a share of one core. */
export async function coreShare(pid, seconds) {
  const before = runNanoseconds(pid);
  const startedAt = performance.now();
  await sleep(seconds * 1000);
  return (runNanoseconds(pid) - before) / ((performance.now() - startedAt) * 1e6);
}

/** The first number of schedstat is the time spent running; it is far finer than the ticks of /proc/PID/stat. */
export function runNanoseconds(pid) {
  const folder = `/proc/${pid}/task`;
  const times = readdirSync(folder).map((task) => readFileSync(`${folder}/${task}/schedstat`, 'utf8').split(' ')[0]);
  return times.reduce((sum, time) => sum + Number(time), 0);
}

/** How many files and sockets this process, and those it starts, may open at most. */
export function openFilesMax() {
  const [, hard] = /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
  return hard === 'unlimited' ? Number.POSITIVE_INFINITY : Number(hard);
}
