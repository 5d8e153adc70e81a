import { z } from 'zod';
import { ok } from './answer.ts';
import { type Endpoint, endpoint } from './endpoint.ts';

const LIST_QUERY: Readonly<Record<string, string>> = {
  columns: 'Columns to answer, separated by commas; a dot goes into an object.',
  sort: 'Column to sort by, before virtual host and name.',
  sort_reverse: '`true` for the last first.',
  page: 'Number of the page to answer, from 1; without it, the whole list.',
  page_size: 'Objects on a page, up to 500; 100 unless given.',
  name: 'Only objects whose name contains this; with `page`.',
  use_regex: '`true` where `name` is a regular expression.',
};

const ERROR = { type: 'object', properties: { error: { type: 'string' }, reason: {} } };

const PAGE_FIELDS = ['filtered_count', 'item_count', 'page', 'page_count', 'page_size', 'total_count'];

/** The OpenAPI document of all endpoints, and of itself. */
export function openApi(endpoints: readonly Endpoint[]): Endpoint {
  const self: Endpoint = endpoint({
    method: 'GET',
    path: '/api/openapi.json',
    may: 'anybody',
    summary: 'This document.',
    handle: ({ context }) => ok(openApiDocument([...endpoints, self], context.server.version)),
  });
  return self;
}

function openApiDocument(endpoints: readonly Endpoint[], version: string): unknown {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const each of endpoints) {
    const path = each.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [each.method.toLowerCase()]: operation(each) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Leveret management API', version },
    components: {
      securitySchemes: {
        basic: { type: 'http', scheme: 'basic' },
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
      },
    },
    security: [{ basic: [] }, { bearer: [] }],
    paths,
  };
}

function operation(endpoint: Endpoint): unknown {
  const { path, method, may, summary, body, isList = false, query = {} } = endpoint;
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const inQuery = Object.entries({ ...(isList ? LIST_QUERY : {}), ...query }).map(([name, description]) => ({
    name,
    in: 'query',
    description,
    schema: { type: 'string' },
  }));
  return {
    operationId: `${method.toLowerCase()}${path.replace(/^\/api/, '').replace(/[^A-Za-z0-9]+/g, '_')}`,
    tags: [path.split('/')[2] ?? ''],
    summary,
    'x-may': may,
    ...(may === 'anybody' ? { security: [] } : {}),
    parameters: [...inPath, ...inQuery],
    ...(body === undefined ? {} : { requestBody: { content: json(schemaOf(body)) } }),
    responses: {
      '2XX': { description: 'Done.', ...contentOf(endpoint) },
      '4XX': { description: 'Something is wrong with the request.', content: json(ERROR) },
    },
  };
}

function contentOf({ answers, isList = false, isText = false }: Endpoint): object {
  if (isText) return { content: { 'text/plain': { schema: { type: 'string' } } } };
  return answers === undefined ? {} : { content: json(answered(schemaOf(answers), isList)) };
}

function json(schema: unknown): unknown {
  return { 'application/json': { schema } };
}

function answered(schema: unknown, isList: boolean): unknown {
  if (!isList) return schema;
  const items = { type: 'array', items: schema };
  const counts = Object.fromEntries(PAGE_FIELDS.map((name) => [name, { type: 'integer' }]));
  return { anyOf: [items, { type: 'object', properties: { ...counts, items } }] };
}

function schemaOf(type: z.ZodType): unknown {
  const { $schema: _, ...schema } = z.toJSONSchema(type, { unrepresentable: 'any', io: 'input' });
  return schema;
}
