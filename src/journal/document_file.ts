// A small JSON document in the data folder, that is replaced as a whole:
//
//   write <name>.new, sync it, rename it to <name>, sync the folder
//
// So there is the old document or the new one, whenever the power fails. What changes while one is written waits for the
// next, which has all of it: a thousand changes are two writes.

import { join } from 'node:path';
import type { Disk } from './disk.ts';

export class DocumentFile {
  readonly #disk: Disk;
  readonly #dir: string;
  readonly #name: string;
  readonly #content: () => unknown;
  #writing: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  /** `content` is asked when a write begins. */
  constructor(disk: Disk, dir: string, name: string, content: () => unknown) {
    this.#disk = disk;
    this.#dir = dir;
    this.#name = name;
    this.#content = content;
  }

  /** Resolves when the content as it is now, or a later one, is on disk. After a rejection another try may succeed. */
  save(): Promise<void> {
    if (this.#next !== undefined) return this.#next;
    if (this.#writing === undefined) return this.#write();
    this.#next = this.#writing.then(
      () => this.#writeNext(),
      () => this.#writeNext(),
    );
    return this.#next;
  }

  /** Waits for what is under way. */
  async idle(): Promise<void> {
    await Promise.allSettled([this.#writing, this.#next]);
  }

  #writeNext(): Promise<void> {
    this.#next = undefined;
    return this.#write();
  }

  #write(): Promise<void> {
    const writing = this.#replace().finally(() => {
      if (this.#writing === writing) this.#writing = undefined;
    });
    this.#writing = writing;
    return writing;
  }

  async #replace(): Promise<void> {
    const text = Buffer.from(`${JSON.stringify(this.#content(), undefined, 1)}\n`);
    const path = join(this.#dir, this.#name);
    const newPath = `${path}.new`;
    // One that an earlier write left behind.
    if ((await this.#disk.list(this.#dir)).includes(`${this.#name}.new`)) await this.#disk.remove(newPath);
    const file = await this.#disk.open(newPath, 'create');
    try {
      await file.write([text], 0);
      await file.datasync();
    } finally {
      await file.close();
    }
    await this.#disk.rename(newPath, path);
    await this.#disk.syncDir(this.#dir);
  }
}

/** Undefined where there is none. Rejects with a SyntaxError for what is not JSON. */
export async function readDocument(disk: Disk, dir: string, name: string): Promise<unknown> {
  if (!(await disk.list(dir)).includes(name)) return undefined;
  const path = join(dir, name);
  const length = await disk.size(path);
  const file = await disk.open(path, 'read');
  try {
    return JSON.parse(Buffer.from(await file.read(0, length)).toString('utf8'));
  } finally {
    await file.close();
  }
}
