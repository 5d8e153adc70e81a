import { mayOpen } from '../../auth/oauth2/token_access.ts';
import type { User } from '../../auth/users.ts';
import { AmqpError } from '../../codec/errors.ts';
import type { ConnectionUpdateSecret } from '../../codec/methods.gen.ts';
import { bytesToText } from '../../codec/table.ts';
import type { Connection } from './connection.ts';
import { authenticateByToken } from './login.ts';

const IDS = { classId: 10, methodId: 70 };

/** A new token for the same user. Of a user who came with a password nothing expires: there is nothing to renew. */
export function updateSecret(connection: Connection, { newSecret, reason }: ConnectionUpdateSecret): void {
  const { phase } = connection;
  if (phase.name !== 'running') return;
  if (phase.user.token === undefined) {
    connection.send({ name: 'connection.update-secret-ok' });
    return;
  }
  connection.holdFor(authenticateByToken(connection, bytesToText(newSecret)), (outcome) => {
    if (connection.phase.name === 'running') renew(connection, outcome, reason);
  });
}

function renew(connection: Connection, outcome: User | string, reason: string): void {
  const { peer, userName, vhost, server } = connection;
  const problem = problemOf(outcome, userName);
  if (typeof outcome === 'string' || problem !== undefined) {
    server.logger.warn({ peer, user: userName, reason: problem }, 'new secret refused');
    connection.fail(new AmqpError(530, 'New secret was refused by one of the backends', IDS));
    return;
  }
  if (outcome.token === undefined || !mayOpen(outcome.token, vhost.name)) {
    connection.fail(new AmqpError(530, `access to vhost '${vhost.name}' refused for user '${userName}'`, IDS));
    return;
  }
  connection.renewed(outcome);
  server.logger.info({ peer, user: userName, reason }, 'secret updated');
  connection.send({ name: 'connection.update-secret-ok' });
}

function problemOf(outcome: User | string, userName: string): string | undefined {
  if (typeof outcome === 'string') return outcome;
  return outcome.name === userName ? undefined : 'a new token must be for the same user';
}
