import type { Environment } from '../../config/interpolate.ts';
import { resolveSetting } from '../../config/resolve.ts';
import { EXIT, failure } from './exit.ts';

/** Where the management API is, and as whom it is asked. */
export interface Target {
  /** Without a slash at its end. */
  readonly base: string;
  readonly user: string;
  readonly password: string;
}

type Login = Pick<Target, 'user' | 'password'>;

export interface TargetFlags {
  readonly url?: string;
  readonly node?: string;
}

const DEFAULT_URL = 'http://127.0.0.1:15672';
const MANAGEMENT_PORT = 15672;

/**
 * A flag counts before the environment variable LEVERET_URL. Without a user in it, it is asked as the one that the broker is told
 * to make at its first start, by the variables that are the same in a container. Throws a CtlError for what is no URL.
 */
export function readTarget({ url, node }: TargetFlags, environment: Environment): Target {
  const asked = url ?? environment['LEVERET_URL'] ?? DEFAULT_URL;
  const parsed = URL.canParse(asked) ? new URL(asked) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
    const where = url === undefined ? 'LEVERET_URL' : '--url';
    throw failure(EXIT.usage, `${where} is not the URL of a management API, such as http://user:password@host:15672`);
  }
  const { user, password } = parsed.username === '' ? defaultLogin(environment) : loginOf(parsed);
  if (node !== undefined && url === undefined) parsed.host = `${hostOf(node)}:${MANAGEMENT_PORT}`;
  return { base: `${parsed.origin}${parsed.pathname.replace(/\/+$/, '')}`, user, password };
}

function loginOf({ username, password }: URL): Login {
  return { user: decodeURIComponent(username), password: decodeURIComponent(password) };
}

function defaultLogin(environment: Environment): Login {
  const { value: user = '' } = resolveSetting('defaultUser', { flags: {}, environment });
  const { value: password = '' } = resolveSetting('defaultPass', { flags: {}, environment });
  return { user, password };
}

/** As rabbitmqctl names nodes: `rabbit@host`, or the host alone. */
function hostOf(node: string): string {
  return node.slice(node.indexOf('@') + 1);
}
