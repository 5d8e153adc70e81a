import type { Disk, DiskFile, OpenMode } from '../../src/journal/disk.ts';
import { byteLength } from '../../src/journal/pieces.ts';
import { diskError } from './disk_error.ts';

/** `write` is both ways of writing. */
export type DiskCall = 'write' | 'datasync' | 'read' | 'open' | 'rename' | 'remove' | 'syncDir';

interface Fault {
  readonly call: DiskCall;
  readonly code: 'EIO' | 'ENOSPC';
  readonly path: RegExp;
  left: number;
}

/**
 * A disk that fails when told to. A call that fails does so once, and the next like it succeeds, as the kernel has it: whoever
 * tries again is lied to. A write fails half done.
 */
export class FaultyDisk implements Disk {
  readonly #inner: Disk;
  #faults: Fault[] = [];
  /** How often each call was made, those that failed included. */
  readonly calls: Record<DiskCall, number> = {
    write: 0,
    datasync: 0,
    read: 0,
    open: 0,
    rename: 0,
    remove: 0,
    syncDir: 0,
  };
  /** What `freeBytes` says; what the disk itself says, while undefined. */
  free: number | undefined;

  constructor(inner: Disk) {
    this.#inner = inner;
  }

  /** The `nth` call of this kind from now on, of those on paths that match, fails; 1 is the next. */
  fail(call: DiskCall, code: 'EIO' | 'ENOSPC', nth = 1, path = /(?:)/): void {
    this.#faults.push({ call, code, path, left: nth });
  }

  makeDir(dir: string): Promise<void> {
    return this.#inner.makeDir(dir);
  }

  list(dir: string): Promise<readonly string[]> {
    return this.#inner.list(dir);
  }

  size(path: string): Promise<number> {
    return this.#inner.size(path);
  }

  async open(path: string, mode: OpenMode): Promise<DiskFile> {
    this.#pass('open', path);
    return new FaultyFile(await this.#inner.open(path, mode), (call) => this.#fault(call, path));
  }

  async rename(from: string, to: string): Promise<void> {
    this.#pass('rename', from);
    await this.#inner.rename(from, to);
  }

  async remove(path: string): Promise<void> {
    this.#pass('remove', path);
    await this.#inner.remove(path);
  }

  removeDir(dir: string): Promise<void> {
    return this.#inner.removeDir(dir);
  }

  async syncDir(dir: string): Promise<void> {
    this.#pass('syncDir', dir);
    await this.#inner.syncDir(dir);
  }

  async freeBytes(dir: string): Promise<number> {
    return this.free ?? this.#inner.freeBytes(dir);
  }

  #pass(call: DiskCall, path: string): void {
    const error = this.#fault(call, path);
    if (error !== undefined) throw error;
  }

  #fault(call: DiskCall, path: string): Error | undefined {
    this.calls[call]++;
    let due: Fault | undefined;
    for (const fault of this.#faults) {
      if (fault.call === call && fault.path.test(path) && --fault.left === 0) due = fault;
    }
    this.#faults = this.#faults.filter(({ left }) => left > 0);
    return due === undefined ? undefined : diskError(due.code, call, path);
  }
}

class FaultyFile implements DiskFile {
  readonly #inner: DiskFile;
  readonly #fault: (call: DiskCall) => Error | undefined;

  constructor(inner: DiskFile, fault: (call: DiskCall) => Error | undefined) {
    this.#inner = inner;
    this.#fault = fault;
  }

  writeNow(pieces: readonly Uint8Array[], at: number): void {
    const error = this.#fault('write');
    this.#inner.writeNow(error === undefined ? pieces : half(pieces), at);
    if (error !== undefined) throw error;
  }

  async write(pieces: readonly Uint8Array[], at: number): Promise<void> {
    const error = this.#fault('write');
    await this.#inner.write(error === undefined ? pieces : half(pieces), at);
    if (error !== undefined) throw error;
  }

  async read(at: number, length: number): Promise<Uint8Array> {
    const error = this.#fault('read');
    if (error !== undefined) throw error;
    return this.#inner.read(at, length);
  }

  async datasync(): Promise<void> {
    const error = this.#fault('datasync');
    if (error !== undefined) throw error;
    await this.#inner.datasync();
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}

function half(pieces: readonly Uint8Array[]): Uint8Array[] {
  return [Buffer.concat(pieces).subarray(0, byteLength(pieces) >> 1)];
}
