import { readFileSync } from 'node:fs';
import { StartError } from '../../lib/start_error.ts';

/** What an `amqp://` URL says. */
export interface AmqpUrl {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly vhost: string;
  /** Undefined for a connection without TLS. */
  readonly tls: { readonly ca: Buffer | undefined; readonly rejectUnauthorized: boolean } | undefined;
}

/** As RabbitMQ's URIs: `amqps://user:password@host:port/vhost?cacertfile=FILE&verify=verify_none`. */
export function readAmqpUrl(text: string): AmqpUrl {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^amqps?:$/.test(url.protocol)) {
    throw new StartError('option', `--uri takes a URL such as amqp://user:password@host:5672/vhost, not "${text}".`);
  }
  const isTls = url.protocol === 'amqps:';
  return {
    host: url.hostname.replace(/^\[|\]$/g, '') || '127.0.0.1',
    port: Number(url.port || (isTls ? 5671 : 5672)),
    user: decodeURIComponent(url.username || 'guest'),
    password: decodeURIComponent(url.password || 'guest'),
    vhost: url.pathname.length > 1 ? decodeURIComponent(url.pathname.slice(1)) : '/',
    tls: isTls ? tlsOf(url.searchParams) : undefined,
  };
}

function tlsOf(parameters: URLSearchParams): NonNullable<AmqpUrl['tls']> {
  const file = parameters.get('cacertfile');
  const rejectUnauthorized = parameters.get('verify') !== 'verify_none';
  try {
    return { ca: file === null ? undefined : readFileSync(file), rejectUnauthorized };
  } catch (error) {
    throw new StartError('option', `The cacertfile of --uri cannot be read: ${(error as Error).message}.`);
  }
}
