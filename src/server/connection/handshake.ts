import { mayOpen } from '../../auth/oauth2/token_access.ts';
import type { User } from '../../auth/users.ts';
import { AmqpError } from '../../codec/errors.ts';
import { FRAME_MIN_SIZE, PROTOCOL_HEADER } from '../../codec/frames.ts';
import { type ConnectionOpen, type ConnectionTuneOk, METHOD_IDS, type Method } from '../../codec/methods.gen.ts';
import { checkConnections, checkNodeConnections } from '../limits.ts';
import type { Server } from '../server.ts';
import { serverProperties } from './capabilities.ts';
import type { Connection } from './connection.ts';
import { mechanisms, startOk } from './login.ts';
import { LEGAL_METHODS } from './phase.ts';
import { updateSecret } from './update_secret.ts';

/** The header of 0-9, which old clients send, stands for 0-9-1 in RabbitMQ too. */
const OLD_PROTOCOL_HEADER = Uint8Array.of(0x41, 0x4d, 0x51, 0x50, 1, 1, 0, 9);

/** Compares what has come of the protocol header so far; `bytes[at, end)` is at most its 8 octets. */
export function isProtocolHeader(bytes: Uint8Array, at: number, end: number): boolean {
  return startsWith(bytes, at, end, PROTOCOL_HEADER) || startsWith(bytes, at, end, OLD_PROTOCOL_HEADER);
}

function startsWith(bytes: Uint8Array, at: number, end: number, header: Uint8Array): boolean {
  for (let i = at; i < end; i++) if (bytes[i] !== header[i - at]) return false;
  return true;
}

/** The protocol header came: the server introduces itself. */
export function start(connection: Connection): void {
  const { server } = connection;
  connection.introduced();
  connection.send({
    name: 'connection.start',
    versionMajor: 0,
    versionMinor: 9,
    serverProperties: serverProperties(server),
    mechanisms: Buffer.from(mechanisms(connection).join(' ')),
    locales: Buffer.from('en_US'),
  });
}

/** Something else came: the peer learns which protocol is spoken here. */
export function refuseProtocol(connection: Connection): void {
  const { server, peer } = connection;
  server.logger.warn({ peer }, 'not an AMQP 0-9-1 client');
  connection.outbox.raw(PROTOCOL_HEADER, 0, PROTOCOL_HEADER.length);
  connection.end();
}

/** A method on channel 0. Throws AmqpError. */
export function connectionMethod(connection: Connection, method: Method): void {
  const { phase } = connection;
  if (!LEGAL_METHODS[phase.name].has(method.name)) {
    if (phase.name === 'closing' || phase.name === 'refusing' || phase.name === 'closed') return;
    const id = METHOD_IDS[method.name];
    const options = { classId: id >>> 16, methodId: id & 0xffff };
    throw new AmqpError(504, `unexpected method in connection state ${phase.name}`, options);
  }
  switch (method.name) {
    case 'connection.start-ok':
      return startOk(connection, method);
    case 'connection.tune-ok':
      return tuneOk(connection, method);
    case 'connection.open':
      return open(connection, method);
    case 'connection.update-secret':
      return updateSecret(connection, method);
    case 'connection.close':
      return connection.closeOrderly();
    case 'connection.close-ok':
      return connection.end();
  }
}

function tuneOk(connection: Connection, method: ConnectionTuneOk): void {
  const { server, phase } = connection;
  if (phase.name !== 'tuning') return;
  const frameMax = negotiated('frame_max', method.frameMax, server.frameMax, FRAME_MIN_SIZE);
  const channelMax = negotiated('channel_max', method.channelMax, server.channelMax, 1);
  connection.tuning = { frameMax, channelMax, heartbeatSeconds: method.heartbeat };
  connection.phase = { name: 'opening', user: phase.user };
}

/** 0 asks for no limit, which a server that has one refuses, as it does what is above its limit or below the least. */
function negotiated(name: string, asked: number, offered: number, least: number): number {
  if (asked === 0 && offered === 0) return 0;
  if (asked !== 0 && asked < least) {
    const bound = `lower than the minimum allowed value (${least})`;
    throw new AmqpError(530, `negotiated ${name} = ${asked} is ${bound}`);
  }
  if (offered !== 0 && (asked === 0 || asked > offered)) {
    throw new AmqpError(530, `negotiated ${name} = ${asked} is higher than the maximum allowed value (${offered})`);
  }
  return asked;
}

const OPEN_IDS = { classId: 10, methodId: 40 };

function open(connection: Connection, method: ConnectionOpen): void {
  const { server, phase } = connection;
  checkNodeConnections(server);
  const vhost = server.vhosts.get(method.virtualHost);
  if (vhost === undefined) throw new AmqpError(530, `vhost ${method.virtualHost} not found`, OPEN_IDS);
  const user: User | undefined = phase.name === 'opening' ? phase.user : undefined;
  if (user === undefined) return;
  checkConnections(server, vhost.name, user.name);
  if (!mayEnter(server, user, vhost.name)) {
    throw new AmqpError(530, `access to vhost '${vhost.name}' refused for user '${user.name}'`, OPEN_IDS);
  }
  connection.opened(user, vhost);
  connection.send({ name: 'connection.open-ok' });
}

function mayEnter({ permissions }: Server, { name, token }: User, vhost: string): boolean {
  return token === undefined ? permissions.get(vhost, name) !== undefined : mayOpen(token, vhost);
}
