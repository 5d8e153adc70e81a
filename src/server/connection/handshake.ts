import { certificateName } from '../../auth/certificate_name.ts';
import { type Credentials, type Mechanism, readCredentials } from '../../auth/mechanisms.ts';
import type { User } from '../../auth/users.ts';
import { AmqpError } from '../../codec/errors.ts';
import { FRAME_MIN_SIZE, PROTOCOL_HEADER } from '../../codec/frames.ts';
import {
  type ConnectionOpen,
  type ConnectionStartOk,
  type ConnectionTuneOk,
  METHOD_IDS,
  type Method,
} from '../../codec/methods.gen.ts';
import { getString } from '../../codec/table.ts';
import { introduced, loginAccepted, loginRefused } from '../events.ts';
import { readCapabilities, serverProperties } from './capabilities.ts';
import type { Connection } from './connection.ts';
import { LEGAL_METHODS } from './phase.ts';

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
    serverProperties: serverProperties(server.version),
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

function mechanisms(connection: Connection): readonly Mechanism[] {
  const { server, origin } = connection;
  return origin.tls === undefined ? server.mechanisms.filter((name) => name !== 'EXTERNAL') : server.mechanisms;
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
      return connection.send({ name: 'connection.update-secret-ok' });
    case 'connection.close':
      // Exclusive queues are gone before the client hears close-ok: it may declare them again at once.
      connection.releaseAll();
      connection.send({ name: 'connection.close-ok' });
      return connection.end();
    case 'connection.close-ok':
      return connection.end();
  }
}

function startOk(connection: Connection, method: ConnectionStartOk): void {
  const { server, remoteAddress } = connection;
  connection.capabilities = readCapabilities(method.clientProperties);
  connection.clientName = getString(method.clientProperties, 'connection_name');
  introduced(connection, method);
  const credentials = readCredentials(method.mechanism, method.response, mechanisms(connection), () =>
    certificateUser(connection),
  );
  const delayMs = server.throttle.delayMs(remoteAddress);
  if (delayMs === 0) return logIn(connection, method.mechanism, credentials);
  connection.hold((resume) => {
    server.wheel.after(delayMs, () => {
      if (connection.phase.name === 'starting') logIn(connection, method.mechanism, credentials);
      resume();
    });
  });
}

function logIn(connection: Connection, mechanism: string, credentials: Credentials): void {
  const { server, peer, remoteAddress } = connection;
  const user = server.users.authenticate(credentials, remoteAddress);
  if (typeof user === 'string') {
    const name = credentials.kind === 'anonymous' ? undefined : credentials.userName;
    server.logger.warn({ peer, user: name, reason: user }, 'login refused');
    loginRefused(connection, name ?? '');
    server.throttle.failed(remoteAddress);
    refuse(connection, mechanism);
    return;
  }
  connection.userName = user.name;
  connection.impersonates = user.tags.includes('impersonator');
  loginAccepted(connection, user.name);
  connection.phase = { name: 'tuning', user };
  const { channelMax, frameMax, heartbeatSeconds: heartbeat } = server;
  connection.send({ name: 'connection.tune', channelMax, frameMax, heartbeat });
}

/** Nobody, where there is no certificate or no name in it. */
function certificateUser({ server, origin, peer }: Connection): string {
  const certificate = origin.tls?.getPeerX509Certificate();
  const name = certificate && certificateName(certificate, server.certificateLogin);
  const from = server.certificateLogin.from;
  if (certificate === undefined) server.logger.warn({ peer }, 'EXTERNAL login without a client certificate');
  else if (name === undefined) server.logger.warn({ peer, from }, 'no user name in the client certificate');
  return name ?? '';
}

function refuse(connection: Connection, mechanism: string): void {
  if (!connection.capabilities.authenticationFailureClose) {
    connection.refuseSilently();
    return;
  }
  const explanation = `Login was refused using authentication mechanism ${mechanism}. For details see the broker logfile.`;
  connection.fail(new AmqpError(403, explanation));
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
  const vhost = server.vhosts.get(method.virtualHost);
  if (vhost === undefined) throw new AmqpError(530, `vhost ${method.virtualHost} not found`, OPEN_IDS);
  const user: User | undefined = phase.name === 'opening' ? phase.user : undefined;
  if (user === undefined) return;
  if (server.permissions.get(vhost.name, user.name) === undefined) {
    throw new AmqpError(530, `access to vhost '${vhost.name}' refused for user '${user.name}'`, OPEN_IDS);
  }
  connection.opened(user, vhost);
  connection.send({ name: 'connection.open-ok' });
}
