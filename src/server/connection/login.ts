import { certificateName } from '../../auth/certificate_name.ts';
import { type Credentials, type Mechanism, readCredentials } from '../../auth/mechanisms.ts';
import type { User } from '../../auth/users.ts';
import { AmqpError } from '../../codec/errors.ts';
import type { ConnectionStartOk } from '../../codec/methods.gen.ts';
import { getString } from '../../codec/table.ts';
import { introduced, loginAccepted, loginRefused } from '../events.ts';
import { readCapabilities } from './capabilities.ts';
import type { Connection } from './connection.ts';

/** Who was let in, or why nobody was: for the log, never for the peer. */
type Outcome = User | string;

/** The mechanisms that a client may log in by. */
export function mechanisms({ server, origin }: Connection): readonly Mechanism[] {
  return origin.tls === undefined ? server.mechanisms.filter((name) => name !== 'EXTERNAL') : server.mechanisms;
}

export function startOk(connection: Connection, method: ConnectionStartOk): void {
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
  const { tokens } = connection.server;
  if (tokens === undefined || credentials.kind !== 'password') {
    decide(connection, mechanism, credentials, authenticate(connection, credentials));
    return;
  }
  // Whether a token is to be believed may have to be asked of somebody else first.
  connection.holdFor(authenticateInTurn(connection, credentials), (outcome) => {
    if (connection.phase.name === 'starting') decide(connection, mechanism, credentials, outcome);
  });
}

function authenticate({ server, remoteAddress }: Connection, credentials: Credentials): Outcome {
  if (!server.authBackends.includes('internal')) return 'only tokens are taken';
  return server.users.authenticate(credentials, remoteAddress);
}

/** Each of those who know users, until one lets him in. */
async function authenticateInTurn(
  connection: Connection,
  credentials: Credentials & { readonly kind: 'password' },
): Promise<Outcome> {
  const refusals: string[] = [];
  for (const backend of connection.server.authBackends) {
    const outcome =
      backend === 'internal'
        ? authenticate(connection, credentials)
        : await authenticateByToken(connection, credentials.password);
    if (typeof outcome !== 'string') return outcome;
    refusals.push(outcome);
  }
  return refusals.join('; ');
}

/** The name that comes with a token does not count: it has its own. */
export async function authenticateByToken({ server, remoteAddress }: Connection, jwt: string): Promise<Outcome> {
  const token = (await server.tokens?.verify(jwt)) ?? { refused: 'no tokens are taken' };
  if ('refused' in token) return token.refused;
  const { userName: name, tags } = token;
  return server.users.mayComeFrom(name, remoteAddress) ? { name, tags, token } : 'user can only connect via localhost';
}

function decide(connection: Connection, mechanism: string, credentials: Credentials, outcome: Outcome): void {
  const { server, peer, remoteAddress } = connection;
  if (typeof outcome === 'string') {
    const name = credentials.kind === 'anonymous' ? undefined : credentials.userName;
    server.logger.warn({ peer, user: name, reason: outcome }, 'login refused');
    loginRefused(connection, name ?? '');
    server.counters.loginsRefused++;
    server.throttle.failed(remoteAddress);
    refuse(connection, mechanism);
    return;
  }
  server.counters.loginsAccepted++;
  connection.userName = outcome.name;
  loginAccepted(connection, outcome.name);
  connection.phase = { name: 'tuning', user: outcome };
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
