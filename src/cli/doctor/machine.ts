import { readFileSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';

/** What there is on this machine for a broker, as far as it can be seen; undefined where it cannot. */
export interface MachineFacts {
  /** Files and connections that a process may have open. */
  readonly openFilesMax: number | undefined;
  /** 0 is root. */
  readonly userId: number | undefined;
  readonly nodeVersion: string;
  readonly data: DataFolder | undefined;
}

export interface DataFolder {
  readonly freeBytes: number;
  /** As statfs numbers them. */
  readonly fileSystem: number;
  /** Of permissions, the lowest nine bits. */
  readonly mode: number;
}

export async function machineFacts(dataDir: string): Promise<MachineFacts> {
  return {
    openFilesMax: openFilesMax(),
    userId: process.getuid?.(),
    nodeVersion: process.versions.node,
    data: await dataFolder(dataDir),
  };
}

async function dataFolder(path: string): Promise<DataFolder | undefined> {
  try {
    const { bavail, bsize, type } = await statfs(path);
    return { freeBytes: bavail * bsize, fileSystem: type, mode: statSync(path).mode & 0o777 };
  } catch {
    return undefined;
  }
}

/**
 * Node raises its own limit as far as it may, so that the hard one is what counts.
 *
 *     Max open files            1024                 1048576              files
 */
function openFilesMax(): number | undefined {
  try {
    const [, hard] = /^Max open files\s+\S+\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return hard === undefined ? undefined : Number(hard);
  } catch {
    return undefined;
  }
}
