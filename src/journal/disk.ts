/**
 * The disk as the journal sees it: the few verbs that can fail, and that a test can make fail. Errors pass as the system
 * gives them, with their `code` (EIO, ENOSPC, ENOENT, ...). Nothing else in the broker writes to the data folder, but for the
 * traces in a folder of their own.
 *
 * What was written is safe after `datasync` on its file; that the file is there under its name, after `syncDir` on its
 * folder. Until then a power failure may undo any of it, in any order. The end of the process undoes nothing.
 */
export interface Disk {
  /** Makes the folder and those above it that are missing, durably; nothing happens if it is there. */
  makeDir(dir: string): Promise<void>;
  /** The names of the files in the folder, in no order. */
  list(dir: string): Promise<readonly string[]>;
  size(path: string): Promise<number>;
  open(path: string, mode: OpenMode): Promise<DiskFile>;
  /** A file that has the new name already is replaced. */
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** The folder must be empty. */
  removeDir(dir: string): Promise<void>;
  syncDir(dir: string): Promise<void>;
  /** What an unprivileged process may still write to the filesystem of this folder. */
  freeBytes(dir: string): Promise<number>;
}

/** `create`: to read and write, EEXIST if it is there; `existing`: to read and write; `read`: to read only. */
export type OpenMode = 'create' | 'existing' | 'read';

/** Writes and reads are at given offsets, whole or an error; a failed write may have written a part. */
export interface DiskFile {
  /** Writes before it returns: for what is small, where handing it to another thread costs more than the write. */
  writeNow(pieces: readonly Uint8Array[], at: number): void;
  /** The pieces must stay unchanged until it is done. */
  write(pieces: readonly Uint8Array[], at: number): Promise<void>;
  /** Fewer bytes than asked for only at the end of the file. */
  read(at: number, length: number): Promise<Uint8Array>;
  /** Resolves when all that was written before the call is on the disk, with as much metadata as it takes to read it. */
  datasync(): Promise<void>;
  /** Waits for what is under way on the file. A file that is closed already stays so. */
  close(): Promise<void>;
}
