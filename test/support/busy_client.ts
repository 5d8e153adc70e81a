import { bodyFrame, headerFrame } from '../../src/codec/frames.ts';
import type { BasicProperties } from '../../src/codec/properties.ts';
import { ManualClock } from '../../src/lib/clock.ts';
import type { Server } from '../../src/server/server.ts';
import { FakeClient, frameOf, handshakeBytes } from './fake_client.ts';

/** Every look at it takes a tenth of a millisecond. */
export class BusyClock extends ManualClock {
  #looks = 0;

  override monotonicMs(): number {
    return this.#looks++ / 10;
  }
}

/** Logged in. */
export async function clientOf(server: Server): Promise<FakeClient> {
  const client = new FakeClient(server);
  client.chunk(handshakeBytes());
  await settled(client);
  client.lines.length = 0;
  return client;
}

/** Until nothing more comes. */
export async function settled(client: FakeClient): Promise<string[]> {
  const lines: string[] = [];
  for (let quiet = 0; quiet < 20; ) {
    const more = await client.seen();
    quiet = more.length === 0 ? quiet + 1 : 0;
    lines.push(...more);
  }
  return lines;
}

/** To be published, with their numbers for bodies. */
export function messages(queue: string, from: number, count: number, properties: BasicProperties = {}): Buffer {
  const all = Array.from({ length: count }, (_, index) => {
    const body = Buffer.from(`${from + index}`);
    return Buffer.concat([
      frameOf(1, 'basic.publish', { routingKey: queue }),
      headerFrame(1, body.length, properties),
      bodyFrame(1, body),
    ]);
  });
  return Buffer.concat(all);
}

/** The bodies delivered, in their order. */
export function bodies(lines: readonly string[]): number[] {
  return lines.flatMap((line) => {
    const body = /body.*?"(\d+)"/.exec(line)?.[1];
    return body === undefined ? [] : [Number(body)];
  });
}
