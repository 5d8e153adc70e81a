import { basename, dirname, join } from 'node:path';
import type { Disk, DiskFile, OpenMode } from '../../src/journal/disk.ts';
import { diskError } from './disk_error.ts';
import { ForgetfulInode } from './forgetful_file.ts';
import type { Random } from './seeded_random.ts';

type NameChange =
  | { readonly kind: 'create'; readonly path: string; readonly inode: ForgetfulInode }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string; readonly inode: ForgetfulInode }
  | { readonly kind: 'remove'; readonly path: string; readonly inode: ForgetfulInode };

type Names = Map<string, ForgetfulInode>;

/**
 * A disk in memory that keeps to what `Disk` promises and to nothing more: what is not synced may be lost, in part and in
 * any order, when the power fails; and so may what happened to names in a folder that was not synced. A rename of
 * which only the second of two happened leaves a file with two names, as file systems without a journal do.
 *
 * After `powerLoss` or `crash` this object is the disk of a process that is no more: all its calls fail, and what was under
 * way is never reported as done. The disk that is returned is the one to go on with.
 */
export class ForgetfulDisk implements Disk {
  /** What `freeBytes` says. */
  free: number = 2 ** 40;
  #names: Names;
  #durableNames: Names;
  #changes: NameChange[];
  #gone = false;

  constructor() {
    this.#names = new Map();
    this.#durableNames = new Map();
    this.#changes = [];
  }

  /** The process ends and the system goes on: nothing is lost, but what was unsynced still is. */
  crash(): ForgetfulDisk {
    this.#gone = true;
    const disk = new ForgetfulDisk();
    disk.free = this.free;
    disk.#names = this.#names;
    disk.#durableNames = this.#durableNames;
    disk.#changes = this.#changes;
    return disk;
  }

  powerLoss(random: Random): ForgetfulDisk {
    this.#gone = true;
    const names: Names = new Map(this.#durableNames);
    for (const change of this.#changes) if (random() < 0.5) apply(change, names);
    const survivors = new Map<ForgetfulInode, ForgetfulInode>();
    const disk = new ForgetfulDisk();
    disk.free = this.free;
    for (const [path, inode] of names) {
      const survivor = survivors.get(inode) ?? inode.afterPowerLoss(random);
      survivors.set(inode, survivor);
      disk.#names.set(path, survivor);
    }
    disk.#durableNames = new Map(disk.#names);
    return disk;
  }

  makeDir(_dir: string): Promise<void> {
    return this.#later(() => {});
  }

  list(dir: string): Promise<readonly string[]> {
    const folder = join(dir);
    return this.#later(() =>
      [...this.#names.keys()].filter((path) => dirname(path) === folder).map((path) => basename(path)),
    );
  }

  size(path: string): Promise<number> {
    return this.#later(() => this.#inode(path, 'stat').size);
  }

  open(path: string, mode: OpenMode): Promise<DiskFile> {
    return this.#later(() => {
      if (mode === 'create') this.#create(path);
      return new ForgetfulDiskFile(this.#inode(path, 'open'), mode, () => this.#check());
    });
  }

  rename(from: string, to: string): Promise<void> {
    return this.#later(() => this.#change({ kind: 'rename', from, to, inode: this.#inode(from, 'rename') }));
  }

  remove(path: string): Promise<void> {
    return this.#later(() => this.#change({ kind: 'remove', path, inode: this.#inode(path, 'unlink') }));
  }

  removeDir(_dir: string): Promise<void> {
    return this.#later(() => {});
  }

  syncDir(dir: string): Promise<void> {
    const covered = this.#changes.filter((change) => folderOf(change) === join(dir));
    return this.#later(() => {
      // Some may have been synced by another call meanwhile, and must not be done again over what came after them.
      for (const change of this.#changes) if (covered.includes(change)) apply(change, this.#durableNames);
      this.#changes = this.#changes.filter((change) => !covered.includes(change));
    });
  }

  freeBytes(_dir: string): Promise<number> {
    return this.#later(() => this.free);
  }

  #create(path: string): void {
    if (this.#names.has(path)) throw diskError('EEXIST', 'open', path);
    this.#change({ kind: 'create', path, inode: new ForgetfulInode() });
  }

  #change(change: NameChange): void {
    this.#changes.push(change);
    apply(change, this.#names);
  }

  #inode(path: string, call: string): ForgetfulInode {
    const inode = this.#names.get(path);
    if (inode === undefined) throw diskError('ENOENT', call, path);
    return inode;
  }

  #later<T>(effect: () => T): Promise<T> {
    return later(() => this.#check(), effect);
  }

  #check(): void {
    if (this.#gone) throw new Error('the process that had this disk is gone');
  }
}

class ForgetfulDiskFile implements DiskFile {
  readonly #inode: ForgetfulInode;
  readonly #mode: OpenMode;
  readonly #check: () => void;
  #closed = false;

  constructor(inode: ForgetfulInode, mode: OpenMode, check: () => void) {
    this.#inode = inode;
    this.#mode = mode;
    this.#check = check;
  }

  writeNow(pieces: readonly Uint8Array[], at: number): void {
    this.#mayBeUsed();
    if (this.#mode === 'read') throw diskError('EBADF', 'write');
    this.#inode.write(Buffer.concat(pieces), at);
  }

  async write(pieces: readonly Uint8Array[], at: number): Promise<void> {
    this.writeNow(pieces, at);
    await later(this.#check, () => {});
  }

  async read(at: number, length: number): Promise<Uint8Array> {
    this.#mayBeUsed();
    return later(this.#check, () => this.#inode.read(at, length));
  }

  async datasync(): Promise<void> {
    this.#mayBeUsed();
    const covered = this.#inode.lastSerial;
    await later(this.#check, () => this.#inode.sync(covered));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await later(this.#check, () => {});
  }

  #mayBeUsed(): void {
    this.#check();
    if (this.#closed) throw diskError('EBADF', 'use of a closed file');
  }
}

/**
 * Lets others run first, among them the end of the process: then there is no effect. The last look at that and the effect
 * are one step, or a process that is gone would still be told of success.
 */
async function later<T>(check: () => void, effect: () => T): Promise<T> {
  check();
  await Promise.resolve();
  check();
  return effect();
}

function folderOf(change: NameChange): string {
  return dirname(change.kind === 'rename' ? change.to : change.path);
}

/** What the change does to a folder, also where changes before it did not happen. */
function apply(change: NameChange, names: Names): void {
  if (change.kind === 'create') {
    names.set(change.path, change.inode);
    return;
  }
  const from = change.kind === 'rename' ? change.from : change.path;
  if (names.get(from) === change.inode) names.delete(from);
  if (change.kind === 'rename') names.set(change.to, change.inode);
}
