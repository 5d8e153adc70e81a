import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import type { MemoryLimit } from './value_types.ts';

/** Reads a small file whole; undefined when there is none. */
export type ReadText = (path: string) => string | undefined;

export function memoryLimitBytes(limit: MemoryLimit, availableBytes: number): number {
  return 'bytes' in limit ? limit.bytes : Math.floor(availableBytes * limit.share);
}

/** Free disk below which publishers are held, unless another limit is given. */
export function defaultDiskFreeLimitBytes(memoryCacheBytes: number): number {
  return Math.max(50 * 2 ** 20, 2 * memoryCacheBytes);
}

/** What this process may use: the machine's RAM, or less where a container's control group says so. */
export function availableMemoryBytes(readText: ReadText = readTextFile, machineBytes: number = totalmem()): number {
  return Math.min(machineBytes, ...controlGroupLimits(readText));
}

/**
 * Limits of control groups, version 2 (`memory.max`: a number, or the word max) and version 1 (`memory.limit_in_bytes`:
 * a number, absurdly large for none). Inside a container the files are at the root of the mount; outside one, at the
 * path that /proc/self/cgroup gives, and every group above it limits too.
 *
 *   0::/system.slice/leveret.service       version 2
 *   4:memory:/docker/3f2a                  version 1: number, controllers, path
 */
function controlGroupLimits(readText: ReadText): number[] {
  const limits: number[] = [];
  for (const line of (readText('/proc/self/cgroup') ?? '').split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (controllers === undefined || path === undefined) continue;
    if (controllers === '') {
      for (const group of groupAndParents(path)) limits.push(...limitIn(readText, `/sys/fs/cgroup${group}/memory.max`));
    } else if (controllers.split(',').includes('memory')) {
      for (const group of groupAndParents(path)) {
        limits.push(...limitIn(readText, `/sys/fs/cgroup/memory${group}/memory.limit_in_bytes`));
      }
    }
  }
  return limits;
}

/** `/a/b` gives `/a/b`, `/a` and ``. */
function groupAndParents(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '');
  return [...parts.keys()].map((index) => `/${parts.slice(0, parts.length - index).join('/')}`).concat('');
}

function limitIn(readText: ReadText, path: string): number[] {
  const content = readText(path)?.trim() ?? '';
  return /^[1-9]\d*$/.test(content) ? [Number(content)] : [];
}

function readTextFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
