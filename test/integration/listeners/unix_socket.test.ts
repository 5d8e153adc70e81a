import { spawnSync } from 'node:child_process';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startBroker, until } from '../../support/broker.ts';
import { temporaryFolder } from '../../support/certificates.ts';
import { handshakeBytes } from '../../support/fake_client.ts';

async function served(path: string): Promise<Socket> {
  const socket = connect(path);
  let came = '';
  socket.on('data', (data: Buffer) => {
    came += data.toString('hex');
  });
  socket.write(handshakeBytes());
  await until(() => came.includes('0014000b'));
  return socket;
}

test('guest may come in by a Unix domain socket, which goes with the broker', async () => {
  const path = join(temporaryFolder(), 'amqp.sock');
  const broker = await startBroker({ unixSocket: path });
  (await served(path)).destroy();
  await broker.close();
  expect(existsSync(path)).toBe(false);
});

test('a socket on which nobody listens is taken over; one in use, or a file, is not', async () => {
  const path = join(temporaryFolder(), 'amqp.sock');
  leaveBehind(path);
  await startBroker({ unixSocket: path });
  (await served(path)).destroy();
  await expect(startBroker({ unixSocket: path })).rejects.toThrow(
    `Cannot listen on ${path}: another program is using this path.`,
  );
  (await served(path)).destroy();
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, 'not a socket');
  await expect(startBroker({ unixSocket: file })).rejects.toMatchObject({ code: 'port-in-use' });
  expect(existsSync(file)).toBe(true);
});

test('who may open the folder may open the socket', async () => {
  const path = join(temporaryFolder(), 'amqp.sock');
  await startBroker({ unixSocket: path });
  expect(statSync(path).mode & 0o666).toBe(0o666);
});

test('a path that is too long, or whose folder is missing, is refused', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'x'.repeat(107));
  await expect(startBroker({ unixSocket: path })).rejects.toThrow(`and ${path} has ${path.length}.`);
  const astray = join(folder, 'missing', 'amqp.sock');
  await expect(startBroker({ unixSocket: astray })).rejects.toThrow(
    `Cannot listen on ${astray}: its folder is missing,`,
  );
});

/** As a broker that was killed does: closing in good order would take the socket away. */
function leaveBehind(path: string): void {
  const listen = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', listen, path]);
  expect(existsSync(path)).toBe(true);
}
