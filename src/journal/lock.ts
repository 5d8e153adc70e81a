// The lock on a data folder is a Unix socket in it, `leveret.lock`, on which the owner listens:
//
//   no file, or nobody listens (refused)   free: the last owner stopped, or was killed
//   somebody answers                       taken: the answer is the owner's process id and a line end
//
// The kernel closes the socket when its process dies, however it dies, so the lock cannot outlive its owner as a file
// holding a process id can, and it tells apart two containers that share the folder and are both process 1. It is no
// guard between two machines that share a folder over a network.
//
// The socket is made under a name of its own and then linked to the lock's name, which only one process can do; one that
// nobody listens on is replaced by renaming over it.

import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { createConnection, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartError } from '../lib/start_error.ts';

export interface DataLock {
  release(): Promise<void>;
}

const LOCK_NAME = 'leveret.lock';
/** The kernel takes 107 bytes of socket path on Linux, 103 on macOS. */
const SOCKET_PATH_BYTES_MAX = 100;
/** An owner that is alive but stopped answers nothing; it owns the folder all the same. */
const ANSWER_TIMEOUT_MS = 500;
/** Far longer than another process needs between looking at the lock's file and replacing it. */
const TAKEOVER_SETTLES_MS = 25;

/**
 * Makes the folder if it is missing and takes it for this broker. Throws a StartError: `locked` when a running Leveret
 * has it, `data-dir` when it cannot be made or written to.
 */
export async function lockDataDir(dir: string): Promise<DataLock> {
  const folder = resolve(dir);
  const lockPath = join(folder, LOCK_NAME);
  const ownName = `${LOCK_NAME}.${randomBytes(4).toString('hex')}`;
  const ownPath = join(folder, ownName);
  attempt(folder, () => makeFolder(folder));
  const alias = shortAlias(folder, ownName);
  try {
    const server = await listen(folder, join(alias ?? folder, ownName));
    try {
      const inode = inodeOf(ownPath);
      await take(folder, ownPath, join(alias ?? folder, LOCK_NAME));
      return { release: () => release(server, lockPath, inode) };
    } catch (error) {
      server.close();
      throw error;
    } finally {
      rmSync(ownPath, { force: true });
    }
  } finally {
    if (alias !== undefined) rmSync(alias, { force: true });
  }
}

/** Throws a StartError when a running Leveret has the folder. Takes nothing: one may start the moment after. */
export async function refuseLockedDataDir(dir: string): Promise<void> {
  const folder = resolve(dir);
  if (inodeOf(join(folder, LOCK_NAME)) === undefined) return;
  const alias = shortAlias(folder, LOCK_NAME);
  try {
    const owner = await ask(folder, join(alias ?? folder, LOCK_NAME));
    if (owner !== 'nobody') throw locked(folder, owner);
  } finally {
    if (alias !== undefined) rmSync(alias, { force: true });
  }
}

/** Gives our socket the lock's name, or throws. */
async function take(folder: string, ownPath: string, askPath: string): Promise<void> {
  const lockPath = join(folder, LOCK_NAME);
  const inode = inodeOf(ownPath);
  if (linkUnlessTaken(folder, ownPath, lockPath)) return;
  const found = inodeOf(lockPath);
  const owner = await ask(folder, askPath);
  if (owner !== 'nobody' || inodeOf(lockPath) !== found) throw locked(folder, owner);
  attempt(folder, () => renameSync(ownPath, lockPath));
  // Two processes may have found nobody at the same moment. The later socket holds; whoever finds, once the other must
  // have finished too, that the name no longer leads to its own gives way.
  await sleep(TAKEOVER_SETTLES_MS);
  if (inodeOf(lockPath) !== inode) throw locked(folder, 'silent');
}

function linkUnlessTaken(folder: string, ownPath: string, lockPath: string): boolean {
  try {
    linkSync(ownPath, lockPath);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw unusable(folder, error as NodeJS.ErrnoException);
  }
}

function listen(folder: string, socketPath: string): Promise<Server> {
  return new Promise((done, fail) => {
    const server = createServer((socket) => {
      // The one who asks may be gone before the answer; that is its own affair.
      socket.on('error', () => socket.destroy());
      socket.end(`${process.pid}\n`);
    });
    server.once('error', (error) => fail(unusable(folder, error)));
    server.listen(socketPath, () => done(server));
    // A broker that has closed everything else may end its process.
    server.unref();
  });
}

/** The owner's process id, `silent` when it does not say, `nobody` when nobody listens. */
function ask(folder: string, socketPath: string): Promise<string> {
  return new Promise((done, fail) => {
    let answer = '';
    const socket = createConnection(socketPath);
    socket.setEncoding('utf8').setTimeout(ANSWER_TIMEOUT_MS, () => socket.destroy());
    socket.on('data', (data) => {
      answer += data;
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') done('nobody');
      else if (error.code === 'EACCES' || error.code === 'ENOTSOCK') fail(unusable(folder, error));
      else done('silent');
    });
    socket.on('close', () => done(/^\d+\n$/.test(answer) ? answer.trim() : 'silent'));
  });
}

async function release(server: Server, lockPath: string, inode: number | undefined): Promise<void> {
  if (!server.listening) return;
  if (inodeOf(lockPath) === inode) rmSync(lockPath, { force: true });
  await new Promise<void>((done) => {
    server.close(() => done());
  });
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}

/** A short symbolic link to a folder whose own path is too long for a socket's. */
function shortAlias(folder: string, name: string): string | undefined {
  if (Buffer.byteLength(join(folder, name)) <= SOCKET_PATH_BYTES_MAX) return undefined;
  const alias = join(tmpdir(), `leveret-${randomBytes(4).toString('hex')}`);
  attempt(folder, () => symlinkSync(folder, alias));
  return alias;
}

/** Not mkdir's own `recursive`, which never returns where a folder that exists says it does not, as /proc does. */
function makeFolder(folder: string): void {
  if (isFolder(folder)) return;
  const parent = dirname(folder);
  if (parent !== folder) makeFolder(parent);
  try {
    mkdirSync(folder, { mode: 0o750 });
  } catch (error) {
    // Another process may have made it meanwhile.
    if (!isFolder(folder)) throw error;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function attempt(folder: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    throw unusable(folder, error as NodeJS.ErrnoException);
  }
}

function locked(folder: string, owner: string): StartError {
  const who = owner === 'silent' ? 'another Leveret' : `another Leveret (process ${owner})`;
  return new StartError(
    'locked',
    `The data folder ${folder} is in use by ${who}. Stop that one, or choose another folder.`,
  );
}

function unusable(folder: string, error: NodeJS.ErrnoException): StartError {
  return new StartError('data-dir', `Cannot use ${folder} as the data folder: ${explanation(error)}.`);
}

function explanation(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'EACCES':
    case 'EPERM':
      return 'this user is not permitted to write there';
    case 'ENOENT':
      return 'folders cannot be made there';
    case 'EROFS':
      return 'it is on a read-only file system';
    case 'EEXIST':
    case 'ENOTDIR':
      return 'there is a file in the way';
    case 'ENOSPC':
      return 'the disk is full';
    case 'ENOTSOCK':
      return `${LOCK_NAME} in it is not a lock`;
    case 'ENOTSUP':
      return 'its file system cannot hold a Unix socket, which is the lock';
    default:
      return error.message;
  }
}
