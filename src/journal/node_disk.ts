import { writevSync } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rmdir, stat, statfs, unlink } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Disk, DiskFile, OpenMode } from './disk.ts';
import { byteLength, skipBytes } from './pieces.ts';

const FLAGS: Readonly<Record<OpenMode, string>> = { create: 'wx+', existing: 'r+', read: 'r' };

/** Messages and password hashes are the broker's alone to read, and to take away. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/** The one door to the file system. */
export class NodeDisk implements Disk {
  /** From the top down, each synced before the next is made: where one is there, those above it are on disk. */
  async makeDir(dir: string): Promise<void> {
    const above = dirname(resolve(dir));
    try {
      await mkdir(dir, FOLDER_MODE);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') {
        await this.makeDir(above);
        await mkdir(dir, FOLDER_MODE);
      } else if (code !== 'EEXIST') {
        throw error;
      }
    }
    await this.syncDir(above);
  }

  list(dir: string): Promise<readonly string[]> {
    return readdir(dir);
  }

  async size(path: string): Promise<number> {
    return (await stat(path)).size;
  }

  async open(path: string, mode: OpenMode): Promise<DiskFile> {
    return new NodeFile(await open(path, FLAGS[mode], FILE_MODE));
  }

  rename(from: string, to: string): Promise<void> {
    return rename(from, to);
  }

  remove(path: string): Promise<void> {
    return unlink(path);
  }

  removeDir(dir: string): Promise<void> {
    return rmdir(dir);
  }

  async syncDir(dir: string): Promise<void> {
    const handle = await open(dir, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  async freeBytes(dir: string): Promise<number> {
    const { bavail, bsize } = await statfs(dir);
    return bavail * bsize;
  }
}

/** A FileHandle knows what is under way on it, so that its number is not another file's before that has ended. */
class NodeFile implements DiskFile {
  readonly #handle: FileHandle;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  writeNow(pieces: readonly Uint8Array[], at: number): void {
    const length = byteLength(pieces);
    for (let written = 0; written < length; ) {
      written += progress(writevSync(this.#handle.fd, skipBytes(pieces, written), at + written));
    }
  }

  async write(pieces: readonly Uint8Array[], at: number): Promise<void> {
    const length = byteLength(pieces);
    for (let written = 0; written < length; ) {
      const { bytesWritten } = await this.#handle.writev(skipBytes(pieces, written), at + written);
      written += progress(bytesWritten);
    }
  }

  async read(at: number, length: number): Promise<Uint8Array> {
    const bytes = Buffer.allocUnsafeSlow(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await this.#handle.read(bytes, filled, length - filled, at + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  }

  datasync(): Promise<void> {
    return this.#handle.datasync();
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** A write of nothing would be tried for ever. */
function progress(written: number): number {
  if (written === 0) throw Object.assign(new Error('EIO: the system wrote nothing, write'), { code: 'EIO' });
  return written;
}
