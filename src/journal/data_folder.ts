import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { StartError } from '../lib/start_error.ts';
import type { Disk } from './disk.ts';

/** Version of everything in a data folder: docs/journal-format.md. */
const DATA_FORMAT = 1;

const MARKER = 'leveret.json';
const VHOSTS = 'vhosts';
/** File systems take 255 bytes, some a little less. */
const FOLDER_NAME_MAX = 200;

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

export interface VhostFolder {
  /** Only the beginning of it, where the name was too long for a folder's. */
  readonly vhost: string;
  readonly whole: boolean;
  readonly path: string;
}

/** The virtual hosts in a data folder, of which nothing is changed. Rejects with a StartError if it is none. */
export async function readDataFolder(disk: Disk, dir: string): Promise<readonly VhostFolder[]> {
  const names = await disk.list(dir).catch((error: Error) => {
    throw new StartError('data-dir', `The folder ${dir} cannot be read: ${error.message}.`);
  });
  if (!names.includes(MARKER)) {
    throw new StartError('data-dir', `The folder ${dir} is not a Leveret's data folder: there is no ${MARKER} in it.`);
  }
  checkFormat(dir, await readMarker(disk, dir));
  return listVhostFolders(disk, dir);
}

export async function listVhostFolders(disk: Disk, dir: string): Promise<readonly VhostFolder[]> {
  if (!(await disk.list(dir)).includes(VHOSTS)) return [];
  const names = [...(await disk.list(join(dir, VHOSTS)))].sort();
  return names.map((name) => {
    const [encoded = ''] = name.split('.');
    return { vhost: decodeURIComponent(encoded), whole: encoded === name, path: join(dir, VHOSTS, name) };
  });
}

/** Removes a virtual host's folder and what is in it, file by file. Nothing happens if it is not there. */
export async function removeVhostFolder(disk: Disk, dir: string, vhost: string): Promise<void> {
  const path = vhostFolder(dir, vhost);
  if (!(await listVhostFolders(disk, dir)).some((folder) => folder.path === path)) return;
  for (const name of await disk.list(path)) await disk.remove(join(path, name));
  await disk.removeDir(path);
  await disk.syncDir(dirname(path));
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

/**
 * Where a virtual host's journal is: its name percent-encoded, so that it is the same on every machine. One that is too long for
 * a folder's name is cut, and its hash put behind a dot, which names have not otherwise.
 */
export function vhostFolder(dir: string, vhostName: string): string {
  const encoded = encodeURIComponent(vhostName).replaceAll('.', '%2E').replaceAll('*', '%2A');
  if (encoded.length <= FOLDER_NAME_MAX) return join(dir, VHOSTS, encoded);
  const hash = createHash('sha256').update(vhostName).digest('hex');
  return join(dir, VHOSTS, `${beginningOf(encoded)}.${hash}`);
}

/** Whole characters, of which each is up to four escaped bytes. */
function beginningOf(encoded: string): string {
  for (let end = FOLDER_NAME_MAX - 65; ; end--) {
    const beginning = encoded.slice(0, end);
    try {
      decodeURIComponent(beginning);
      return beginning;
    } catch {
      // It was cut within a character.
    }
  }
}
