import { type Server, Socket, type SocketConstructorOpts } from 'node:net';
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

/** What Node keeps to itself: a socket as libuv has it, of which a Socket can be made, and how one comes in. */
interface Handle {
  close(): void;
  setNoDelay?(noDelay: boolean): void;
}
interface ListeningHandle {
  onconnection: ((this: ListeningHandle, status: number, handle: Handle | undefined) => void) | undefined;
}

/** A client who has come in, of whom nothing is read yet. */
export interface Newcomer {
  /** Reads what he says; chunks are valid only within their 'data' event. */
  welcome(): Socket;
  turnAway(): void;
}

/**
 * Hands over who comes in by a server that listens, as one who is read into a region for all. The server does not know of
 * those. It must leave them unread itself (`pauseOnConnect`).
 *
 * Node allocates 64 KiB for each read of a socket that it accepted, and leaves them to the garbage collector: a third of the
 * broker's time with messages of 16 KiB. It reads into a buffer of ours (`onread`) only for sockets that a program makes
 * itself, so that is what is made of each handle. Nor is it made at once: of the thousands that may come in together, each would
 * keep the loop busy longer than to be told of it does.
 */
export function acceptInPlace(server: Server, comes: (newcomer: Newcomer) => void): void {
  const listening = (server as unknown as { _handle: ListeningHandle | null })._handle;
  const inNode = listening?.onconnection;
  if (!listening || inNode === undefined) {
    // A Node that keeps its handles elsewhere: then they are read as Node would.
    server.on('connection', (socket) => comes({ welcome: () => socket.resume(), turnAway: () => socket.destroy() }));
    return;
  }
  listening.onconnection = function (status, handle) {
    if (handle === undefined || status !== 0) inNode.call(this, status, handle);
    else comes({ welcome: () => readInPlace(handle), turnAway: () => handle.close() });
  };
}

function readInPlace(handle: Handle): Socket {
  handle.setNoDelay?.(SOCKET_OPTIONS.noDelay);
  const onread = {
    buffer: region,
    callback: (length: number): boolean => {
      socket.emit('data', region.subarray(0, length));
      return true;
    },
  };
  // When it ends is the connection's to say: left to Node, all that end at once would be closed in one go.
  const options = { ...SOCKET_OPTIONS, allowHalfOpen: true, handle, onread };
  const socket = new UnbufferedSocket(options as SocketConstructorOpts);
  return socket;
}

/**
 * Nothing is ever in the buffer of such a socket's stream, so its end need not pass through that, which takes several times as
 * long; thousands may end at once.
 */
class UnbufferedSocket extends Socket {
  /** Called by Node when the client says no more, with null. */
  override push(): boolean {
    // Node would begin to read again.
    this.read = readNothing;
    this.emit('end');
    return false;
  }
}

function readNothing(): null {
  return null;
}
