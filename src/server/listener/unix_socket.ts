import { lstat, unlink } from 'node:fs/promises';
import { connect } from 'node:net';

/**
 * Takes away a Unix domain socket on which nobody listens any more: a broker that was killed leaves its own behind. Anything
 * else stays, and is in the way of whoever listens there.
 */
export async function removeStaleSocket(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found?.isSocket() && !(await answers(path))) await unlink(path).catch(() => {});
}

function answers(path: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(path);
    socket.once('connect', () => done(true));
    socket.once('error', (error: NodeJS.ErrnoException) => done(error.code !== 'ECONNREFUSED'));
    socket.once('connect', () => socket.destroy());
  });
}
