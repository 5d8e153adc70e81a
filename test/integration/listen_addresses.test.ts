import { once } from 'node:events';
import { createServer, connect as tcpConnect } from 'node:net';
import { connect } from 'amqplib';
import { expect, test } from 'vitest';
import { closing, startBroker } from '../support/broker.ts';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

test('a broker listens on as many addresses as it is told, and on none in plain text if so told', async () => {
  const [second, third] = [await freePort(), await freePort()];
  const broker = await startBroker({
    port: false,
    moreListeners: [
      { host: undefined, port: second },
      { host: '127.0.0.2', port: third },
    ],
  });
  expect(broker.port).toBe(0);
  for (const place of [`127.0.0.1:${second}`, `127.0.0.2:${third}`]) {
    const connection = closing(await connect(`amqp://guest:guest@${place}`));
    await connection.createChannel();
  }
  const refused = tcpConnect(third, '127.0.0.1');
  await expect(once(refused, 'connect')).rejects.toThrow(/ECONNREFUSED/);
});
