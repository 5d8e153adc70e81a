import type { Duplex } from 'node:stream';
import type { Line } from './ways.ts';

/** How the hostile client ends: it waits for the server, hangs up, or cuts the line, after reading or not. */
export type Ending = 'wait' | 'hang-up' | 'cut' | 'deaf';

/** Longer than the server gives a peer to say its last word. */
const END_MS = 8_000;

/** Sends the chunks and answers whether the connection came to its end in time. */
export async function attack({ stream, closed }: Line, chunks: readonly Buffer[], ending: Ending): Promise<boolean> {
  if (ending === 'deaf') stream.pause();
  else stream.resume();
  await send(stream, chunks);
  if (ending === 'cut') stream.destroy();
  else setTimeout(() => hangUp(stream), ending === 'wait' ? 50 : 5);
  const timer = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), END_MS).unref());
  const ended = await Promise.race([closed, timer]);
  stream.destroy();
  return ended;
}

async function send(stream: Duplex, chunks: readonly Buffer[]): Promise<void> {
  for (const chunk of chunks) {
    if (stream.destroyed) return;
    stream.write(chunk);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function hangUp(stream: Duplex): void {
  stream.resume();
  stream.end();
}
