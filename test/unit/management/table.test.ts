import { describe, expect, test } from 'vitest';
import type { ManagementContext } from '../../../src/management/context.ts';
import { openApi } from '../../../src/management/openapi.ts';
import type { ApiRequest } from '../../../src/management/request.ts';
import { ENDPOINTS } from '../../../src/management/table.ts';

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
}

async function operations(): Promise<readonly [string, Operation][]> {
  const context = { server: { version: '1' } } as unknown as ManagementContext;
  const { json } = await openApi(ENDPOINTS).handle({ context } as ApiRequest<never>);
  const { paths } = json as { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [
      `${method.toUpperCase()} ${path}`,
      operation,
    ]),
  );
}

test('no endpoint stands there twice', () => {
  const all = ENDPOINTS.map(({ method, path }) => `${method} ${path.replace(/:\w+/g, ':')}`);
  expect(all.filter((one, index) => all.indexOf(one) !== index)).toEqual([]);
});

describe('the OpenAPI document', () => {
  test('describes every endpoint in a sentence, and itself', async () => {
    const described = await operations();
    expect(described).toHaveLength(ENDPOINTS.length + 1);
    expect(described.filter(([, { summary }]) => !/^[A-Z].*\.$/.test(summary))).toEqual([]);
  });

  test('has an id for each operation, and its path’s parameters', async () => {
    const described = await operations();
    const ids = described.map(([, { operationId }]) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [request, { parameters }] of described) {
      const inPath = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name);
      expect([request, inPath]).toEqual([request, [...request.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)]);
    }
  });
});
