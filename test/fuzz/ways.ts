import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { createWebSocketStream, WebSocket } from 'ws';
import type { Broker, BrokerOptions } from '../../src/index.ts';
import { tlsFiles } from '../support/certificates.ts';
import { proxyLine } from '../support/proxy_headers.ts';
import { mutate, type Random } from './bytes.ts';

/** The ways in: plain; through TLS, a WebSocket or a proxy; and garbage to where TLS, HTTP or a proxy's header is due. */
export const WAYS = ['plain', 'tls', 'websocket', 'proxy', 'no tls', 'no websocket', 'no proxy'] as const;

export type Way = (typeof WAYS)[number];

/** Whoever comes from here is taken for a proxy. */
const PROXY = '127.0.0.2';
const HEADER = proxyLine({ remoteAddress: '10.1.2.3', remotePort: 4, localAddress: '10.4.5.6', localPort: 5672 });

/** What a broker needs to have them all. */
export function allWays(): BrokerOptions {
  const { certfile, keyfile } = tlsFiles();
  return { tls: { certfile, keyfile }, webSocketPort: 0, proxyProtocol: [PROXY], loopbackUsers: [] };
}

/** A connection, and when it is over. */
export interface Line {
  readonly stream: Duplex;
  readonly closed: Promise<boolean>;
}

export function dial(broker: Broker, way: Way, random: Random): Line {
  const { host } = broker;
  switch (way) {
    case 'plain':
      return lineOf(connect({ host, port: broker.port, noDelay: true }));
    case 'tls':
      return lineOf(connectTls({ host, port: broker.tlsPort as number, rejectUnauthorized: false }));
    case 'no tls':
      return lineOf(connect({ host, port: broker.tlsPort as number }));
    case 'no websocket':
      return lineOf(connect({ host, port: broker.webSocketPort as number }));
    case 'proxy':
    case 'no proxy': {
      const socket = connect({ host, port: broker.port, localAddress: PROXY });
      socket.write(way === 'proxy' ? HEADER : mutate(random, HEADER));
      return lineOf(socket);
    }
    case 'websocket': {
      const socket = new WebSocket(`ws://${host}:${broker.webSocketPort}/ws/amqp`, 'amqp');
      const closed = new Promise<boolean>((resolve) => socket.once('close', () => resolve(true)));
      const stream = createWebSocketStream(socket);
      stream.on('error', () => {});
      return { stream, closed };
    }
  }
}

function lineOf(stream: Duplex): Line {
  stream.on('error', () => {});
  return { stream, closed: new Promise((resolve) => stream.once('close', () => resolve(true))) };
}
