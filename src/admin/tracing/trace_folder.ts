import { type FileHandle, mkdir, mkdtemp, open, readdir, rm, stat, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManagementError } from '../management_error.ts';

const ENDING = '.log';
const CHUNK_BYTES = 64 * 1024;

export interface TraceFile {
  readonly name: string;
  readonly size: number;
}

/** The folder that traces are written to: `NAME.log` for each. Nothing else in it is looked at, and nothing outside of it. */
export class TraceFolder {
  readonly #given: string | undefined;
  /** One of its own, where none is given. */
  #temporary: Promise<string> | undefined;

  /** Without a folder, one is made when it is needed, and goes with the broker. */
  constructor(dir: string | undefined) {
    this.#given = dir;
  }

  /** To write at its end. What was there stays. */
  async openLog(traceName: string): Promise<FileHandle> {
    const name = traceName + ENDING;
    if (!isFileName(name)) throw new ManagementError('invalid', 'invalid trace name');
    const dir = await this.#made();
    return await open(join(dir, name), 'a');
  }

  /** By name. */
  async list(): Promise<TraceFile[]> {
    const dir = await this.#present();
    const entries = dir === undefined ? [] : await readdir(dir, { withFileTypes: true }).catch(orNothing([]));
    const names = entries.filter((entry) => entry.isFile() && isLogName(entry.name)).map(({ name }) => name);
    const files = await Promise.all(names.sort().map((name) => this.find(name)));
    return files.filter((file) => file !== undefined);
  }

  /** Undefined where there is no such file. */
  async find(name: string): Promise<TraceFile | undefined> {
    const path = await this.#pathOf(name);
    const found = path === undefined ? undefined : await stat(path).catch(orNothing(undefined));
    return found?.isFile() === true ? { name, size: found.size } : undefined;
  }

  /** The first `size` bytes, as they are asked for. */
  async *read({ name, size }: TraceFile): AsyncGenerator<Uint8Array> {
    const path = await this.#pathOf(name);
    if (path === undefined) return;
    const file = await open(path, 'r');
    try {
      for (let at = 0; at < size; ) {
        const buffer = new Uint8Array(Math.min(CHUNK_BYTES, size - at));
        const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
        if (bytesRead === 0) return;
        yield buffer.subarray(0, bytesRead);
        at += bytesRead;
      }
    } finally {
      await file.close();
    }
  }

  /** False where there is none. */
  async remove(name: string): Promise<boolean> {
    const path = await this.#pathOf(name);
    if (path === undefined || (await this.find(name)) === undefined) return false;
    await unlink(path);
    return true;
  }

  /** Removes the folder if it was its own. */
  async close(): Promise<void> {
    if (this.#temporary !== undefined) await rm(await this.#temporary, { recursive: true, force: true });
  }

  async #pathOf(name: string): Promise<string | undefined> {
    if (!isLogName(name)) return undefined;
    const dir = await this.#present();
    return dir === undefined ? undefined : join(dir, name);
  }

  async #made(): Promise<string> {
    if (this.#given === undefined) {
      this.#temporary ??= mkdtemp(join(tmpdir(), 'leveret-traces-'));
      return await this.#temporary;
    }
    await mkdir(this.#given, { recursive: true });
    return this.#given;
  }

  async #present(): Promise<string | undefined> {
    return this.#given ?? (await this.#temporary);
  }
}

/** Of one file in the folder itself, on any system. */
function isFileName(name: string): boolean {
  return !/[/\\\0]/.test(name);
}

function isLogName(name: string): boolean {
  return isFileName(name) && name.endsWith(ENDING);
}

function orNothing<T>(nothing: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT' || error.code === 'ENAMETOOLONG') return nothing;
    throw error;
  };
}
