import type { PageTable } from '../core/store/page_table.ts';
import { reservedArenaBytes } from '../lib/arena.ts';

export interface MemoryMeter {
  /** Bytes in use. */
  used(): number;
  /** Looks anew at what is not counted as it changes. */
  measure(): void;
}

/**
 * Bytes in use, for the memory alarm: what messages' pages hold now, and what everything else (queues, connections,
 * buffers) held when last measured. Arenas are reserved whole but touched only as far as they are used, so they are taken
 * out, and their pages come in again with the pages. Several brokers in one process count each other's far pages.
 */
export function memoryMeter(pages: PageTable): MemoryMeter {
  let otherBytes = 0;
  const measure = (): void => {
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    otherBytes = Math.max(0, heapUsed + arrayBuffers - reservedArenaBytes() - pages.farBytes);
  };
  return { measure, used: () => otherBytes + pages.residentBytes };
}
