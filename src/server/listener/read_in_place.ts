import { Socket, type SocketConstructorOpts } from 'node:net';
import { UNSENT_BYTES_MAX } from '../outbox.ts';

/** How every socket is made: accepted ones by the listener, and those here. */
export const SOCKET_OPTIONS: { readonly highWaterMark: number; readonly allowHalfOpen: false; readonly noDelay: true } =
  {
    highWaterMark: UNSENT_BYTES_MAX,
    allowHalfOpen: false,
    noDelay: true,
  };

/** Where all clients are read to, one after the other: what is in it is used before the next read. */
const region = new Uint8Array(64 * 1024);

/** What Node keeps to itself: the socket as libuv has it, which may be given to another Socket. */
type Handled = { _handle: object | null };

/**
 * The accepted socket as one that is read into a region for all; `accepted` is empty from now on. It must not have been read
 * yet (`pauseOnConnect`).
 *
 * Node allocates 64 KiB for each read of a socket that it accepted, and leaves them to the garbage collector: a third of the
 * broker's time with messages of 16 KiB. It reads into a buffer of ours (`onread`) only for sockets that a program makes
 * itself, so the handle moves to such a one. Its chunks are valid only within their 'data' event.
 */
export function readInPlace(accepted: Socket): Socket {
  const handle = (accepted as unknown as Handled)._handle;
  // Gone already, or a Node that keeps its handles elsewhere: then it is read as Node would.
  if (!handle) return accepted.resume();
  (accepted as unknown as Handled)._handle = null;
  accepted.destroy();
  const onread = {
    buffer: region,
    callback: (length: number): boolean => {
      socket.emit('data', region.subarray(0, length));
      return true;
    },
  };
  // When it ends is the connection's to say: left to Node, all that end at once would be closed in one go.
  const options = { ...SOCKET_OPTIONS, allowHalfOpen: true, handle, onread };
  const socket = new Socket(options as SocketConstructorOpts);
  return socket;
}
