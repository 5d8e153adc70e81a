import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

/** Where a client comes from: known before it has said a word of AMQP. */
export interface Origin {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
  /** Over which it speaks, where it does. */
  readonly tls: TLSSocket | undefined;
}

/** Whoever can open a Unix domain socket is on this machine. */
const LOCAL = '127.0.0.1';

/** As the kernel tells it. A Unix domain socket has no addresses. */
export function originOf(socket: Socket): Origin {
  return {
    remoteAddress: socket.remoteAddress ?? LOCAL,
    remotePort: socket.remotePort ?? 0,
    localAddress: socket.localAddress ?? LOCAL,
    localPort: socket.localPort ?? 0,
    tls: undefined,
  };
}
