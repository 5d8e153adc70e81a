import { methodFrame, PROTOCOL_HEADER } from '../../src/codec/frames.ts';
import { frameOf } from '../support/fake_client.ts';
import { method } from '../support/raw_methods.ts';
import { Intruder, openMany, type Target, withIntruders } from './intruder.ts';

/** Handshakes that come octet by octet and would take for ever: each is dropped when its time is over. */
export async function slowLoris(target: Target, effort: number): Promise<void> {
  const words = Buffer.concat([PROTOCOL_HEADER, frameOf(0, 'connection.start-ok')]);
  const intruders = await Promise.all(Array.from({ length: 100 * effort }, () => Intruder.dial(target)));
  await withIntruders(intruders, async () => {
    let at = 0;
    const drip = setInterval(() => {
      // The last octet never comes.
      if (at < words.length - 1) for (const intruder of intruders) intruder.send(words.subarray(at, at + 1));
      at++;
    }, 100);
    try {
      await Promise.all(intruders.map((intruder) => intruder.end()));
    } finally {
      clearInterval(drip);
    }
  });
}

/** Peers that agreed to heartbeats and are gone without a word: each is dropped after two intervals of silence. */
export async function halfOpen(target: Target, effort: number): Promise<void> {
  const intruders = await Promise.all(
    Array.from({ length: 50 * effort }, () => Intruder.open(target, { heartbeat: 1 })),
  );
  await withIntruders(intruders, async () => {
    await Promise.all(intruders.map((intruder) => intruder.end()));
  });
}

/** Very many connections at once, all of them logged in, and gone again all at once. */
export async function connectionFlood(target: Target, effort: number): Promise<void> {
  await withIntruders(await openMany(target, 300 * effort), async () => {});
}

/** Passwords tried on many connections at once: each is refused, and none is looked at for long. */
export async function guesses(target: Target, effort: number): Promise<void> {
  const startOk = method('connection.start-ok', { response: Buffer.from('\0guest\0guess') });
  const intruders = await Promise.all(Array.from({ length: 15 * effort }, () => Intruder.dial(target)));
  await withIntruders(intruders, async () => {
    for (const intruder of intruders) intruder.send(PROTOCOL_HEADER, methodFrame(0, startOk));
    await Promise.all(intruders.map((intruder) => intruder.end()));
  });
}
