import type { Api } from '../support/api.ts';
import { type AmqpClient, connectTo } from './amqp_client.ts';
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
  /** Who is connected meanwhile: `$connection` stands for the connection's name in paths. */
  readonly client?: ConnectedClient;
}

export interface ConnectedClient {
  /** Made for it, and removed afterwards. */
  readonly vhost: string;
  work(client: AmqpClient): Promise<void>;
}

/** A broker to talk to. */
export interface Peer {
  readonly api: Api;
  /** What it calls itself; what is told has `$node` instead. */
  readonly node: string;
  /** Where clients connect, without a virtual host. */
  readonly amqpUrl: string;
  /** How long it takes until it tells what clients have done. */
  readonly delayMs: number;
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

export async function talk(peer: Peer, { steps, client }: HttpConversation): Promise<readonly Told[]> {
  if (client === undefined) return await ask(peer, steps, '');
  const { vhost, work } = client;
  await peer.api.put(`vhosts/${vhost}`);
  await peer.api.put(`permissions/${vhost}/guest`, { configure: '.*', write: '.*', read: '.*' });
  const connected = await connectTo(peer.amqpUrl, vhost);
  await work(connected);
  await new Promise((resolve) => setTimeout(resolve, peer.delayMs));
  const { json } = await peer.api.get(`vhosts/${vhost}/connections`);
  const told = await ask(peer, steps, encodeURIComponent(json[0].name));
  await connected.connection.close().catch(() => {});
  await peer.api.delete(`vhosts/${vhost}`);
  return told;
}

async function ask({ api, node }: Peer, steps: readonly Step[], connection: string): Promise<Told[]> {
  const told: Told[] = [];
  for (const step of steps) {
    const { method, path, body, headers = {}, isLiteral = false } = step;
    const asked = path.replaceAll('$node', node).replaceAll('$connection', connection);
    const { status, json } = await api.call(method, asked, withNode(body, node), headers);
    const sent = body === undefined ? '' : ` ${typeof body === 'string' ? body : JSON.stringify(body)}`;
    const request = `${method} ${path}${sent}`;
    if (json === undefined) told.push({ request, status });
    else if (status >= 400 || isLiteral) told.push({ request, status, literal: withoutNode(json, node) });
    else told.push({ request, status, shape: namelessShape(shapeOf(json), node) });
  }
  return told;
}

function withNode(body: unknown, node: string): unknown {
  return body === undefined ? undefined : JSON.parse(JSON.stringify(body).replaceAll('$node', node));
}

function withoutNode(json: unknown, node: string): unknown {
  return JSON.parse(JSON.stringify(json).replaceAll(node, '$node'));
}

function namelessShape(shape: Shape, node: string): Shape {
  return withoutNode(shape, node) as Shape;
}
