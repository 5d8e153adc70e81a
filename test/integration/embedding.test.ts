import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect as dial } from 'node:net';
import { fileURLToPath } from 'node:url';
import { connect } from 'amqplib';
import { expect, test } from 'vitest';
import { createBroker, StartError } from '../../src/index.ts';
import { closing, startBroker } from '../support/broker.ts';

test('many brokers in one process know nothing of each other', async () => {
  const brokers = await Promise.all(Array.from({ length: 8 }, () => startBroker()));
  expect(new Set(brokers.map(({ port }) => port)).size).toBe(8);
  for (const [index, { url }] of brokers.entries()) {
    const connection = closing(await connect(url));
    const channel = await connection.createChannel();
    const { messageCount } = await channel.assertQueue('same');
    expect(messageCount).toBe(0);
    for (let i = 0; i <= index; i++) channel.sendToQueue('same', Buffer.from(`${index}`));
    expect((await channel.checkQueue('same')).messageCount).toBe(index + 1);
  }
});

test('a broker that is closed takes no connections, and says so to those it has', async () => {
  const broker = await createBroker();
  const connection = await connect(broker.url);
  const told = new Promise<Error>((resolve) => connection.once('close', resolve));
  connection.on('error', () => {});
  const started = performance.now();
  await broker.close({ reason: 'maintenance' });
  expect(performance.now() - started).toBeLessThan(1_500);
  expect((await told).message).toContain(
    '320 (CONNECTION-FORCED) with message "CONNECTION_FORCED - broker forced connection closure with reason \'maintenance\'"',
  );
  await expect(connect(broker.url)).rejects.toThrow('ECONNREFUSED');
});

test('closing again is the same closing', async () => {
  const broker = await createBroker();
  const closed = broker.close();
  expect(broker.close()).toBe(closed);
  await closed;
});

test('a client that never answers does not keep a broker from closing', async () => {
  const broker = await createBroker();
  const socket = dial(broker.port, broker.host);
  await once(socket, 'connect');
  socket.on('error', () => {});
  socket.write('AMQP');
  const started = performance.now();
  await broker.close();
  expect(performance.now() - started).toBeLessThan(3_000);
  socket.destroy();
});

test('a port in use is told in a sentence', async () => {
  const broker = await startBroker();
  const second = createBroker({ port: broker.port });
  await expect(second).rejects.toBeInstanceOf(StartError);
  await expect(second).rejects.toThrow(
    `Cannot listen on 127.0.0.1:${broker.port}: another program is using this port.`,
  );
});

test('a wrong password is told with 403, the user and password of the options are let in', async () => {
  const broker = await startBroker({ defaultUser: 'hare', defaultPassword: 'f@rm/1' });
  await expect(connect(`amqp://hare:wrong@127.0.0.1:${broker.port}`)).rejects.toThrow('403');
  const connection = await connect(broker.url);
  await connection.close();
});

/** A program with a broker, on its way to its end; nothing in it asks to exit. */
const PROGRAM = `
  import { createBroker } from ${JSON.stringify(fileURLToPath(new URL('../../dist/index.js', import.meta.url)))};
  import { connect } from 'amqplib';
  const broker = await createBroker();
  const connection = await connect(broker.url);
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue('q');
  await channel.consume('q', (message) => channel.ack(message));
  for (let i = 0; i < 100; i++) channel.sendToQueue('q', Buffer.from('m'));
  await channel.waitForConfirms();
  if (process.argv[1] === 'client-first') await connection.close();
  else connection.on('error', () => {});
  await broker.close();
  process.stdout.write('closed\\n');
`;

test.each(['client-first', 'broker-first'])(
  'close() leaves nothing behind: the process ends by itself, %s',
  async (order) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM, order], {
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      timeout: 10_000,
    });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    const closed = once(child.stdout, 'data').then(() => performance.now());
    const [code] = await once(child, 'exit');
    expect([code, output]).toEqual([0, 'closed\n']);
    expect(performance.now() - (await closed)).toBeLessThan(1_500);
  },
);
