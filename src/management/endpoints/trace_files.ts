import { z } from 'zod';
import { BROKER_NODE } from '../../core/names.ts';
import { list, noContent } from '../answer.ts';
import { badRequest, objectNotFound } from '../api_error.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';

const FILE = z.object({ name: z.string(), size: z.number() });

/** What traces have written. */
export const TRACE_FILES: readonly Endpoint[] = (['/api/trace-files', '/api/trace-files/node/:node'] as const).flatMap(
  (root) => [
    endpoint({
      method: 'GET',
      path: root,
      may: 'administrator',
      summary: 'The files that traces have written, with their bytes.',
      isList: true,
      answers: FILE,
      handle: async ({ context, params }) => {
        checkMember(params);
        return list(await (await context.loadTraces()).files.list());
      },
    }),
    endpoint({
      method: 'GET',
      path: `${root}/:name`,
      may: 'administrator',
      summary: 'What is in a file, as text.',
      isText: true,
      handle: async ({ context, params }) => {
        checkMember(params);
        const { files } = await context.loadTraces();
        const file = await files.find(params.name);
        if (file === undefined) throw objectNotFound();
        const content = { type: 'text/plain; charset=utf-8', bytes: file.size, chunks: files.read(file) };
        return { status: 200, content };
      },
    }),
    endpoint({
      method: 'DELETE',
      path: `${root}/:name`,
      may: 'administrator',
      summary: 'Deletes a file. A trace that still writes to it goes on, to a file that nobody can read.',
      handle: async ({ context, params }) => {
        checkMember(params);
        if (await (await context.loadTraces()).files.remove(params.name)) return noContent();
        throw objectNotFound();
      },
    }),
  ],
);

/** Throws for a node in the path that is not this one. */
export function checkMember(params: Readonly<Record<string, string>>): void {
  const { node = BROKER_NODE } = params as Readonly<Record<string, string | undefined>>;
  if (node !== BROKER_NODE) throw badRequest('Node is not a cluster member');
}
