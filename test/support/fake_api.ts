import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** What was asked of it, in order: the method, the path as it was sent, and the body. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly headers: IncomingMessage['headers'];
}

/** By method and path: the JSON of an answer, or its status where that is a number, and no answer at all for 'silence'. */
export type Answers = Readonly<Record<string, unknown>>;

export interface FakeApi {
  readonly url: string;
  readonly asked: readonly Asked[];
}

/** A management API that knows a few answers, and says 404 as RabbitMQ does to everything else. */
export async function fakeApi(answers: Answers): Promise<FakeApi> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const { method = '', url: path = '', headers } = request;
    const body = await text(request);
    asked.push({ method, path, body: body === '' ? undefined : JSON.parse(body), headers });
    const answer = answers[`${method} ${path}`];
    if (answer === 'silence') return;
    const isFailure = isFailureAnswer(answer);
    const status = typeof answer === 'number' ? answer : isFailure ? answer.status : answer === undefined ? 404 : 200;
    const missing = { error: 'Object Not Found', reason: 'Not Found' };
    const document = answer === undefined ? missing : isFailure ? answer.json : answer;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(
      typeof document === 'number' ? '' : typeof document === 'string' ? document : JSON.stringify(document),
    );
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://guest:guest@127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

interface FailureAnswer {
  readonly status: number;
  readonly json: unknown;
}

function isFailureAnswer(answer: unknown): answer is FailureAnswer {
  return typeof answer === 'object' && answer !== null && 'status' in answer && 'json' in answer;
}

/** An answer with a status of its own. */
export function failing(status: number, reason: unknown): FailureAnswer {
  return { status, json: { error: 'bad_request', reason } };
}
