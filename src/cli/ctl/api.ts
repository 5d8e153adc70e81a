import { CtlError, EXIT, failure } from './exit.ts';
import { isObject, type Json, type JsonObject, objectsOf } from './json.ts';
import type { Target } from './target.ts';

type Method = 'GET' | 'PUT' | 'POST' | 'DELETE';

/** An answer that is not what was hoped for. What a verb does not know better is printed as RabbitMQ worded it. */
export class Refusal extends CtlError {
  readonly status: number;
  readonly reason: string;

  constructor(status: number, reason: string) {
    super(status === 401 || status === 403 ? EXIT.noPermission : EXIT.unavailable, `Error:\n${reason}`);
    this.status = status;
    this.reason = reason;
  }
}

/** A path with names in it, each percent-encoded. */
export function path(parts: TemplateStringsArray, ...names: readonly string[]): string {
  return parts.reduce((made, part, index) => `${made}${encodeURIComponent(names[index - 1] ?? '')}${part}`);
}

/** The management API over HTTP. Every call throws a Refusal for an answer above 299, and a CtlError when there is none. */
export class Api {
  readonly target: Target;
  readonly #timeoutMs: number;

  constructor(target: Target, timeoutMs: number) {
    this.target = target;
    this.#timeoutMs = timeoutMs;
  }

  async get(url: string): Promise<Json> {
    return (await this.#ask('GET', url)) ?? {};
  }

  async object(url: string): Promise<JsonObject> {
    const answer = await this.get(url);
    return isObject(answer) ? answer : {};
  }

  async list(url: string): Promise<readonly JsonObject[]> {
    return objectsOf(await this.get(url));
  }

  async put(url: string, body: Json): Promise<void> {
    await this.#ask('PUT', url, body);
  }

  async post(url: string, body: Json): Promise<Json | undefined> {
    return this.#ask('POST', url, body);
  }

  async delete(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Json | undefined> {
    return this.#ask('DELETE', url, undefined, headers);
  }

  /** Text that is no JSON. */
  async text(url: string): Promise<string> {
    const response = await this.#fetch('GET', url, undefined, {});
    const text = await response.text();
    if (!response.ok) throw new Refusal(response.status, reasonOf(parsed(text), response.status));
    return text;
  }

  /** Why somebody cannot log in; undefined if they can. */
  async whyNot(user: string, password: string): Promise<string | undefined> {
    const { status, json } = await new Api({ ...this.target, user, password }, this.#timeoutMs).answer('/api/whoami');
    // Whom the API knows, but lets do nothing with it, has logged in.
    const reason = reasonOf(json, status);
    return status < 300 || reason === 'Not management user' ? undefined : reason;
  }

  /** The status and the body of an answer, whatever the status is. */
  async answer(url: string): Promise<{ readonly status: number; readonly json: Json | undefined }> {
    const response = await this.#fetch('GET', url, undefined, {});
    return { status: response.status, json: parsed(await response.text()) };
  }

  async #ask(
    method: Method,
    url: string,
    body?: Json,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Json | undefined> {
    const response = await this.#fetch(method, url, body, headers);
    const json = parsed(await response.text());
    if (!response.ok) throw new Refusal(response.status, reasonOf(json, response.status));
    return json;
  }

  async #fetch(
    method: Method,
    url: string,
    body: Json | undefined,
    headers: Readonly<Record<string, string>>,
  ): Promise<Response> {
    const { base, user, password } = this.target;
    const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    try {
      return await fetch(`${base}${url}`, {
        method,
        headers: { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        body: body === undefined ? null : JSON.stringify(body),
        signal: AbortSignal.timeout(this.#timeoutMs),
      });
    } catch (error) {
      throw this.#unreachable(error as Error);
    }
  }

  #unreachable(error: Error): CtlError {
    const { base } = this.target;
    if (error.name === 'TimeoutError') {
      return failure(EXIT.temporary, `${base} gave no answer within ${this.#timeoutMs / 1000} seconds`);
    }
    const { code, message } = (error.cause ?? error) as NodeJS.ErrnoException;
    return failure(
      EXIT.unavailable,
      `unable to reach ${base} (${code ?? message}). Does the broker run, and is its management API on?`,
    );
  }
}

function parsed(text: string): Json | undefined {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reasonOf(json: Json | undefined, status: number): string {
  const reason = isObject(json) ? (json['detail'] ?? json['reason']) : undefined;
  return reason === undefined ? `the management API answered ${status}` : readable(reason);
}

/** Some reasons are Erlang terms, in which text is a list of its characters' codes. */
function readable(reason: Json): string {
  if (!Array.isArray(reason)) return typeof reason === 'object' ? JSON.stringify(reason) : String(reason);
  const isText = reason.length > 0 && reason.every((code) => typeof code === 'number' && code >= 32);
  return isText ? String.fromCodePoint(...reason) : reason.map(readable).join(' ');
}
