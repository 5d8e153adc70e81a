import { join } from 'node:path';
import { StartError } from '../lib/start_error.ts';
import type { Disk } from './disk.ts';

/** Version of everything in a data folder: docs/journal-format.md. */
const DATA_FORMAT = 1;

const MARKER = 'leveret.json';
const VHOSTS = 'vhosts';

/** Makes a new data folder a Leveret's, or makes sure that it is one that can be read. Rejects with a StartError if not. */
export async function openDataFolder(disk: Disk, dir: string): Promise<void> {
  const present = (await disk.list(dir)).includes(MARKER);
  if (present) {
    checkFormat(dir, await readMarker(disk, dir));
    return;
  }
  const file = await disk.open(join(dir, MARKER), 'create');
  try {
    await file.write([Buffer.from(`${JSON.stringify({ format: DATA_FORMAT })}\n`)], 0);
    await file.datasync();
  } finally {
    await file.close();
  }
  await disk.syncDir(dir);
}

/** The names of the virtual hosts in a data folder, of which nothing is changed. Rejects with a StartError if it is none. */
export async function readDataFolder(disk: Disk, dir: string): Promise<readonly string[]> {
  const names = await disk.list(dir).catch((error: Error) => {
    throw new StartError('data-dir', `The folder ${dir} cannot be read: ${error.message}.`);
  });
  if (!names.includes(MARKER)) {
    throw new StartError('data-dir', `The folder ${dir} is not a Leveret's data folder: there is no ${MARKER} in it.`);
  }
  checkFormat(dir, await readMarker(disk, dir));
  if (!names.includes(VHOSTS)) return [];
  return (await disk.list(join(dir, VHOSTS))).map((name) => decodeURIComponent(name)).sort();
}

async function readMarker(disk: Disk, dir: string): Promise<unknown> {
  const path = join(dir, MARKER);
  const length = await disk.size(path);
  // An empty marker is one whose writing was cut short, before anything else was written.
  if (length === 0) return { format: DATA_FORMAT };
  const file = await disk.open(path, 'read');
  try {
    return JSON.parse(Buffer.from(await file.read(0, length)).toString('utf8'));
  } catch {
    throw new StartError('data-dir', `The data folder ${dir} has a ${MARKER} that cannot be read.`);
  } finally {
    await file.close();
  }
}

function checkFormat(dir: string, marker: unknown): void {
  const format = (marker as { format?: unknown } | null)?.format;
  if (typeof format !== 'number') {
    throw new StartError('data-dir', `The data folder ${dir} has a ${MARKER} that is not Leveret's.`);
  }
  if (format > DATA_FORMAT) {
    throw new StartError(
      'data-dir',
      `The data folder ${dir} has format ${format}, and this Leveret knows formats up to ${DATA_FORMAT}: a newer Leveret wrote it.`,
    );
  }
}

/** Where a virtual host's journal is: its name percent-encoded, so that it is the same on every machine. */
export function vhostFolder(dir: string, vhostName: string): string {
  const encoded = encodeURIComponent(vhostName).replaceAll('.', '%2E').replaceAll('*', '%2A');
  return join(dir, VHOSTS, encoded);
}
