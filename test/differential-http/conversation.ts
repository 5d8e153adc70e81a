import type { Api } from '../support/api.ts';
import { type Shape, shapeOf } from './shape.ts';

/** One request. */
export interface Step {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE' | 'OPTIONS';
  /** Below `/api/`. */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether what the answer says counts too, beside what it is made of. */
  readonly isLiteral?: boolean;
}

/** Requests in their order, which leave the broker as it was. */
export interface HttpConversation {
  readonly name: string;
  readonly steps: readonly Step[];
}

/** What was answered. */
export interface Told {
  /** `GET users/hare`, and the body where there is one. */
  readonly request: string;
  readonly status: number;
  /** What it said, of errors and where that counts. */
  readonly literal?: unknown;
  readonly shape?: Shape;
}

export function get(path: string): Step {
  return { method: 'GET', path };
}

export function literally(path: string): Step {
  return { method: 'GET', path, isLiteral: true };
}

export function put(path: string, body?: unknown): Step {
  return { method: 'PUT', path, body };
}

export function post(path: string, body?: unknown): Step {
  return { method: 'POST', path, body };
}

export function remove(path: string): Step {
  return { method: 'DELETE', path };
}

/** `node` is what the broker calls itself; what is told has `$node` instead. */
export async function talk(api: Api, node: string, { steps }: HttpConversation): Promise<readonly Told[]> {
  const told: Told[] = [];
  for (const step of steps) {
    const { method, path, body, headers = {}, isLiteral = false } = step;
    const { status, json } = await api.call(method, path.replaceAll('$node', node), body, headers);
    const sent = body === undefined ? '' : ` ${typeof body === 'string' ? body : JSON.stringify(body)}`;
    const request = `${method} ${path}${sent}`;
    if (json === undefined) told.push({ request, status });
    else if (status >= 400 || isLiteral) told.push({ request, status, literal: withoutNode(json, node) });
    else told.push({ request, status, shape: namelessShape(shapeOf(json), node) });
  }
  return told;
}

function withoutNode(json: unknown, node: string): unknown {
  return JSON.parse(JSON.stringify(json).replaceAll(node, '$node'));
}

function namelessShape(shape: Shape, node: string): Shape {
  return withoutNode(shape, node) as Shape;
}
