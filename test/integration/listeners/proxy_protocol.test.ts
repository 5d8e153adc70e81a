import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { expect, test } from 'vitest';
import { type Broker, type BrokerOptions, ManualClock } from '../../../src/index.ts';
import { closing, startBroker, until } from '../../support/broker.ts';
import { certificates, tlsFiles } from '../../support/certificates.ts';
import { handshakeBytes } from '../../support/fake_client.ts';
import { keptLog } from '../../support/kept_log.ts';
import { binary, proxyBinary, proxyLine } from '../../support/proxy_headers.ts';

const FAR = { remoteAddress: '203.0.113.5', remotePort: 50_000, localAddress: '198.51.100.7', localPort: 5672 };
const FAR_IPV6 = { remoteAddress: '2001:db8::5', remotePort: 50_000, localAddress: '2001:db8::7', localPort: 5672 };
const OPEN_OK = '0014000b';

async function proxied(given: BrokerOptions = {}) {
  const { logger, lines } = keptLog();
  const broker = await startBroker({ logger, proxyProtocol: true, loopbackUsers: [], ...given });
  /** Who the broker takes its clients for. */
  const peers = (): unknown[] =>
    lines.filter(({ message }) => message === 'connection authenticated').map(({ fields }) => fields['peer']);
  return { broker, lines, peers };
}

async function dial(broker: Broker): Promise<Socket> {
  const socket = connect(broker.port, '127.0.0.1');
  socket.on('error', () => {});
  closing({ close: () => socket.destroy() });
  await once(socket, 'connect');
  return socket;
}

/** Resolves when channel 1 is open. */
async function opened(socket: Socket): Promise<void> {
  let came = '';
  socket.on('data', (data: Buffer) => {
    came += data.toString('hex');
  });
  await until(() => came.includes(OPEN_OK));
}

test.each([
  ['version 1', proxyLine(FAR), '203.0.113.5:50000'],
  ['version 1, IPv6', proxyLine(FAR_IPV6), '2001:db8::5:50000'],
  ['version 2', proxyBinary(FAR, Buffer.alloc(100)), '203.0.113.5:50000'],
  ['version 2, IPv6', proxyBinary(FAR_IPV6), '2001:db8::5:50000'],
])('the client is who the proxy says: %s', async (_version, header, peer) => {
  const { broker, peers } = await proxied();
  const together = await dial(broker);
  together.write(Buffer.concat([header, handshakeBytes()]));
  await opened(together);
  const bytewise = await dial(broker);
  for (const byte of header) bytewise.write(Buffer.of(byte));
  bytewise.write(handshakeBytes());
  await opened(bytewise);
  expect(peers()).toEqual([peer, peer]);
});

test('a user of this machine only does not come in through a proxy from elsewhere', async () => {
  const { broker, lines } = await proxied({ loopbackUsers: ['guest'] });
  const far = await dial(broker);
  far.write(Buffer.concat([proxyLine(FAR), handshakeBytes()]));
  await until(() => lines.some(({ message }) => message === 'login refused'));
  const near = await dial(broker);
  near.write(Buffer.concat([proxyLine({ ...FAR, remoteAddress: '127.0.0.9' }), handshakeBytes()]));
  await opened(near);
});

test('a proxy that speaks for itself is where it is seen to be', async () => {
  const { broker, peers } = await proxied();
  const socket = await dial(broker);
  socket.write(Buffer.concat([binary(0x20, 0, Buffer.alloc(0)), handshakeBytes()]));
  await opened(socket);
  expect(peers()).toEqual([`127.0.0.1:${socket.localPort}`]);
});

test.each([
  ['no header', handshakeBytes()],
  ['a damaged one', Buffer.from('PROXY TCP4 1.2.3.4 nowhere 1 2\r\n')],
])('%s closes the socket without a word', async (_what, bytes) => {
  const { broker, lines } = await proxied();
  const socket = await dial(broker);
  const heard = once(socket, 'data').then(() => 'answered');
  heard.catch(() => {});
  socket.write(bytes);
  expect(await Promise.race([heard, once(socket, 'close').then(() => 'closed')])).toBe('closed');
  expect(lines.map(({ level, message }) => [level, message])).toEqual([['warn', 'PROXY protocol header refused']]);
});

test('who is not trusted comes for himself, and cannot claim to be another', async () => {
  const { broker, peers } = await proxied({ proxyProtocol: ['10.0.0.0/8', '192.0.2.1'] });
  const direct = await dial(broker);
  direct.write(handshakeBytes());
  await opened(direct);
  expect(peers()).toEqual([`127.0.0.1:${direct.localPort}`]);
  const liar = await dial(broker);
  liar.write(Buffer.concat([proxyLine(FAR), handshakeBytes()]));
  const [answer] = (await once(liar, 'data')) as [Buffer];
  expect(answer.toString('latin1')).toBe('AMQP\0\0\x09\x01');
});

test('who is trusted is, also by network', async () => {
  const { broker, peers } = await proxied({ proxyProtocol: ['10.0.0.0/8', '127.0.0.0/8'] });
  const socket = await dial(broker);
  socket.write(Buffer.concat([proxyLine(FAR), handshakeBytes()]));
  await opened(socket);
  expect(peers()).toEqual(['203.0.113.5:50000']);
});

test('a header that does not end has the time of a handshake', async () => {
  const clock = new ManualClock();
  const { broker } = await proxied({ clock, handshakeTimeoutMs: 5_000 });
  const socket = await dial(broker);
  socket.write('PROXY TCP4');
  await new Promise((resolve) => setTimeout(resolve, 50));
  const closed = once(socket, 'close');
  clock.advance(5_500);
  await closed;
});

test('TLS begins behind the header', async () => {
  const { broker, peers } = await proxied({ tls: tlsFiles() });
  const socket = connect(broker.tlsPort ?? 0, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(proxyBinary(FAR));
  const tls = connectTls({ socket, servername: 'localhost', ca: certificates().authority.cert });
  closing({ close: () => tls.destroy() });
  await once(tls, 'secureConnect');
  tls.write(handshakeBytes());
  await opened(tls);
  expect(peers()).toEqual(['203.0.113.5:50000']);
});
