import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Origin } from '../origin.ts';

/** A client on its way from the kernel to its connection. */
export interface Arrival {
  /** What the kernel gave. Destroying it ends everything that was put on it. */
  readonly socket: Socket;
  /** What is spoken over: the socket itself, or TLS, or a WebSocket. */
  readonly stream: Duplex;
  readonly origin: Origin;
}

/** A step on that way. It calls `next` when the client has passed, and destroys the socket of one that does not. */
export interface Gate {
  pass(arrival: Arrival, next: (arrival: Arrival) => void): void;
}
