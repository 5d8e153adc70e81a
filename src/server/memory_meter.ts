import type { PageTable } from '../core/store/page_table.ts';
import type { Arena } from '../lib/arena.ts';

export interface MemoryMeter {
  /** Bytes in use. */
  used(): number;
  /** Looks anew at what is not counted as it changes. */
  measure(): void;
}

/**
 * Bytes in use, for the memory alarm: what messages' pages hold now, and what everything else (queues, connections,
 * buffers) held when last measured. The arena is reserved whole but touched only as far as it is used, so it is taken
 * out, and its pages come in again with the pages.
 */
export function memoryMeter(pages: PageTable, arena: Arena): MemoryMeter {
  let otherBytes = 0;
  const measure = (): void => {
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    otherBytes = Math.max(0, heapUsed + arrayBuffers - arena.bytes.length - pages.farBytes);
  };
  return { measure, used: () => otherBytes + pages.residentBytes };
}
