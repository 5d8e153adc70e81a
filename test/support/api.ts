import type { Broker } from '../../src/index.ts';

export function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The body as JSON, where it is; undefined for an empty one. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many forms
  readonly json: any;
}

/** One user's way to a broker's management API. */
export class Api {
  readonly #url: string;
  readonly #authorization: string | undefined;

  /** `authorization` is the header; without one, nobody logs in. */
  constructor(url: string | undefined, authorization?: string) {
    if (url === undefined) throw new Error('the broker has no management API');
    this.#url = url;
    this.#authorization = authorization;
  }

  static of(broker: Broker, user: string = 'guest', password: string = user): Api {
    return new Api(broker.managementUrl, basic(user, password));
  }

  /** `path` is below `/api/`; a body that is no text is sent as JSON. */
  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<ApiAnswer> {
    const authorization = this.#authorization === undefined ? {} : { authorization: this.#authorization };
    const sent = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(`${this.#url}/api/${path}`, {
      method,
      headers: { ...authorization, 'content-type': 'application/json', ...headers },
      body: sent,
    });
    const text = await response.text();
    const isJson = text !== '' && response.headers.get('content-type')?.startsWith('application/json') === true;
    return { status: response.status, headers: response.headers, json: isJson ? JSON.parse(text) : undefined };
  }

  get(path: string): Promise<ApiAnswer> {
    return this.call('GET', path);
  }

  put(path: string, body?: unknown): Promise<ApiAnswer> {
    return this.call('PUT', path, body);
  }

  post(path: string, body?: unknown): Promise<ApiAnswer> {
    return this.call('POST', path, body);
  }

  delete(path: string): Promise<ApiAnswer> {
    return this.call('DELETE', path);
  }
}
