import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Broker } from '../../src/index.ts';

/** How the hostile client ends: it waits for the server, hangs up, or cuts the line, after reading or not. */
export type Ending = 'wait' | 'hang-up' | 'cut' | 'deaf';

/** Longer than the server gives a peer to say its last word. */
const END_MS = 8_000;

/** Sends the chunks and answers whether the socket came to its end in time. */
export async function attack(broker: Broker, chunks: readonly Buffer[], ending: Ending): Promise<boolean> {
  const socket = connect({ host: broker.host, port: broker.port, noDelay: true });
  socket.on('error', () => {});
  const closed = new Promise<boolean>((resolve) => socket.once('close', () => resolve(true)));
  await Promise.race([once(socket, 'connect'), closed]).catch(() => undefined);
  if (ending === 'deaf') socket.pause();
  else socket.resume();
  await send(socket, chunks);
  if (ending === 'cut') socket.destroy();
  else if (ending !== 'wait') setTimeout(() => hangUp(socket), 5);
  else setTimeout(() => hangUp(socket), 50);
  const timer = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), END_MS).unref());
  const ended = await Promise.race([closed, timer]);
  socket.destroy();
  return ended;
}

async function send(socket: Socket, chunks: readonly Buffer[]): Promise<void> {
  for (const chunk of chunks) {
    if (socket.destroyed) return;
    socket.write(chunk);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function hangUp(socket: Socket): void {
  socket.resume();
  socket.end();
}
