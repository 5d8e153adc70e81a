import type { User } from '../auth/users.ts';
import type { Server } from '../server/server.ts';
import { ApiError, notAuthorised } from './api_error.ts';
import type { ManagementContext } from './context.ts';
import { Identity, isManagementUser } from './identity.ts';

const REALM = { 'www-authenticate': 'Basic realm="RabbitMQ Management"' };

/** Who has to wait longer than this for his turn, after too many failures from his address, is sent away. */
const DELAY_MAX_MS = 5_000;

/** Who has failed too often waits for his turn with the same address's AMQP logins. */
export class HttpLogin {
  readonly #server: Server;
  readonly #attempts: ManagementContext['httpLogins'];

  constructor({ server, httpLogins }: ManagementContext) {
    this.#server = server;
    this.#attempts = httpLogins;
  }

  /** `authorization` is the header. Throws for whoever cannot be let in. */
  async identify(authorization: string | undefined, remoteAddress: string): Promise<Identity> {
    if (authorization === undefined || authorization === '') throw new UnknownUser();
    const credentials = readAuthorization(authorization);
    await this.#turn(remoteAddress);
    const outcome = await authenticate(this.#server, credentials, remoteAddress);
    const isRefused = typeof outcome === 'string' || !isManagementUser(outcome);
    if (isRefused) this.#attempts.refused++;
    else this.#attempts.accepted++;
    if (typeof outcome === 'string') {
      this.#server.throttle.failed(remoteAddress);
      this.#server.logger.warn({ peer: remoteAddress, user: credentials.userName, reason: outcome }, 'login refused');
      if (outcome === LOOPBACK_ONLY) throw notAuthorised('User can only log in via localhost');
      throw new ApiError(401, 'not_authorized', 'Not_Authorized', REALM);
    }
    if (!isManagementUser(outcome)) throw notAuthorised('Not management user');
    return new Identity(outcome, this.#server);
  }

  async #turn(remoteAddress: string): Promise<void> {
    const { throttle, wheel } = this.#server;
    const delayMs = throttle.delayMs(remoteAddress);
    if (delayMs === 0) return;
    if (delayMs > DELAY_MAX_MS) throw new ApiError(429, 'too_many_requests', 'Too many failed logins');
    await new Promise<void>((resolve) => {
      wheel.after(delayMs, resolve);
    });
  }
}

/** Each of those who know users, until one lets him in; else why nobody does. */
export async function authenticate(
  server: Server,
  { userName, password }: HttpCredentials,
  remoteAddress: string,
): Promise<User | string> {
  const { authBackends, users } = server;
  let refusal = 'unknown user or wrong password';
  for (const backend of authBackends) {
    if (backend === 'internal' && userName === undefined) continue;
    const outcome =
      backend === 'internal'
        ? users.authenticate({ kind: 'password', userName: userName ?? '', password }, remoteAddress)
        : await byToken(server, password, remoteAddress);
    if (typeof outcome !== 'string') return outcome;
    refusal = outcome;
  }
  return refusal;
}

async function byToken({ tokens, users }: Server, jwt: string, remoteAddress: string): Promise<User | string> {
  const token = (await tokens?.verify(jwt)) ?? { refused: 'no tokens are taken' };
  if ('refused' in token) return token.refused;
  const { userName: name, tags } = token;
  return users.mayComeFrom(name, remoteAddress) ? { name, tags, token } : LOOPBACK_ONLY;
}

const LOOPBACK_ONLY = 'user can only connect via localhost';

/** No credentials at all: told which realm this is, without a body, so that a browser asks. */
export class UnknownUser extends Error {
  override readonly name = 'UnknownUser';
  readonly headers: Readonly<Record<string, string>> = REALM;
}

interface HttpCredentials {
  /** Undefined for a token. */
  readonly userName: string | undefined;
  readonly password: string;
}

/** `Basic` and the user name and password in base64, or `Bearer` and a token. */
function readAuthorization(authorization: string): HttpCredentials {
  const [, scheme = '', value = ''] = /^(\w+) +(.*)$/.exec(authorization) ?? [];
  if (scheme.toLowerCase() === 'bearer') return { userName: undefined, password: value.trim() };
  const text = Buffer.from(value, 'base64').toString();
  const colon = text.indexOf(':');
  if (scheme.toLowerCase() !== 'basic' || colon === -1) throw new ApiError(400, 'bad_request', 'bad_authorization');
  return { userName: text.slice(0, colon), password: text.slice(colon + 1) };
}
