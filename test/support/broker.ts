import { onTestFinished } from 'vitest';
import { type Broker, type BrokerOptions, createBroker } from '../../src/index.ts';
import { RawClient, type RawClientOptions } from './raw_client.ts';
import type { Arguments } from './raw_methods.ts';

/** How long a client may take to close. */
const CLOSE_MS = 300;

/** A broker of the test's own, closed when the test is over. */
export async function startBroker(options: BrokerOptions = {}): Promise<Broker> {
  const broker = await createBroker(options);
  onTestFinished(() => broker.close());
  return broker;
}

/** Has `close` called when the test is over, whatever became of it by then. */
export function closing<T extends { close(): unknown }>(client: T): T {
  onTestFinished(async () => {
    // What is closed already refuses, and what was cut never answers: both are as good.
    const closed = Promise.resolve()
      .then(() => client.close())
      .catch(() => undefined);
    const given = new Promise((resolve) => setTimeout(resolve, CLOSE_MS).unref());
    await Promise.race([closed, given]);
  });
  return client;
}

/** A socket to the broker that has said nothing yet, and what is seen on it. */
export async function dial(broker: Broker): Promise<{ client: RawClient; transcript: string[] }> {
  const transcript: string[] = [];
  const options: RawClientOptions = {
    host: broker.host,
    port: broker.port,
    label: '',
    transcript,
    runPrefix: '',
    quietMs: 100,
  };
  return { client: closing(await RawClient.dial(options)), transcript };
}

/** A connection with channel 1 open. */
export async function open(
  broker: Broker,
  given: { tune?: Partial<Arguments<'connection.tune-ok'>>; startOk?: Partial<Arguments<'connection.start-ok'>> } = {},
): Promise<{ client: RawClient; transcript: string[] }> {
  const { client, transcript } = await dial(broker);
  client.header();
  await client.answer(0, ['connection.start']);
  await client.call(0, 'connection.start-ok', given.startOk);
  client.send(0, 'connection.tune-ok', given.tune);
  await client.call(0, 'connection.open');
  await client.call(1, 'channel.open');
  transcript.length = 0;
  return { client, transcript };
}

/** Waits until `condition` holds, looking often; fails the test when it never does. */
export async function until(condition: () => boolean | Promise<boolean>, withinMs = 5_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`still not so after ${withinMs} ms: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
