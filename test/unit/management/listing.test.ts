import { describe, expect, test, vi } from 'vitest';
import { type Items, list, listOf } from '../../../src/management/answer.ts';
import { listing as listingPieces } from '../../../src/management/listing.ts';
import { unsorted } from '../../../src/management/sources.ts';

type Row = Readonly<Record<string, unknown>>;

async function listing(
  items: Items,
  query: URLSearchParams,
): Promise<readonly Row[] | { readonly items: readonly Row[] }> {
  const pieces: string[] = [];
  for await (const piece of listingPieces(items, query)) pieces.push(piece);
  return JSON.parse(pieces.join(''));
}

const HARES = [
  { name: 'b', vhost: '/', age: 3, inner: { depth: 1, width: 2 } },
  { name: 'a', vhost: '/', age: 20 },
  { name: 'C', vhost: 'z', age: 100 },
  { name: 'ä', vhost: '/' },
];

async function names(query: string, items: readonly unknown[] = HARES): Promise<unknown> {
  const answer = await listing(list(items).items!, new URLSearchParams(query));
  const shown = 'items' in answer ? answer.items : answer;
  return shown.map((item) => (item as { readonly name: string }).name);
}

describe('the order of a list', () => {
  test.each([
    ['', ['a', 'b', 'ä', 'C']],
    ['sort=name', ['C', 'a', 'b', 'ä']],
    // What is not there counts as 0, and numbers come before texts.
    ['sort=age', ['ä', 'b', 'a', 'C']],
    ['sort=inner.depth', ['a', 'ä', 'C', 'b']],
    ['sort=name&sort_reverse=true', ['ä', 'b', 'a', 'C']],
    ['sort_reverse=true', ['C', 'ä', 'b', 'a']],
    ['sort_reverse=yes', ['a', 'b', 'ä', 'C']],
  ])('%s', async (query, expected) => {
    expect(await names(query)).toEqual(expected);
  });
});

describe('a page', () => {
  test('tells how many there are', async () => {
    expect(await listing(list(HARES).items!, new URLSearchParams('page=2&page_size=3&columns=name'))).toEqual({
      filtered_count: 4,
      item_count: 1,
      items: [{ name: 'C' }],
      page: 2,
      page_count: 2,
      page_size: 3,
      total_count: 4,
    });
  });

  test('of an empty list is empty', async () => {
    expect(await listing(list([]).items!, new URLSearchParams('page=1'))).toMatchObject({ items: [], page_count: 0 });
  });

  test.each([
    ['name=A', ['a']],
    ['name=.&use_regex=true', ['a', 'b', 'ä', 'C']],
    ['name=^[ac]$&use_regex=true', ['a', 'C']],
    ['name=.', []],
    ['name=', ['a', 'b', 'ä', 'C']],
  ])('has only what has the name that %s asks for', async (query, expected) => {
    expect(await names(`page=1&${query}`)).toEqual(expected);
  });

  test.each([
    ['page=x', 'bad_request'],
    ['page=', 'bad_request'],
    ['page=1&page_size=1.5', 'bad_request'],
    ['page=0', 'invalid_pagination_parameters'],
    ['page=1&page_size=0', 'invalid_pagination_parameters'],
    ['page=1&page_size=501', 'invalid_pagination_parameters'],
    ['page=2', 'page_out_of_range'],
    ['page=1&name=(&use_regex=true', 'bad_request'],
  ])('%s is refused', async (query, error) => {
    await expect(listing(list(HARES).items!, new URLSearchParams(query))).rejects.toMatchObject({ status: 400, error });
  });
});

describe('columns', () => {
  test.each([
    ['name,nope', { name: 'b' }],
    ['inner', { inner: { depth: 1, width: 2 } }],
    ['inner.depth,name', { name: 'b', inner: { depth: 1 } }],
    ['inner.depth,inner.width', { inner: { depth: 1, width: 2 } }],
    ['inner.depth,inner', { inner: { depth: 1, width: 2 } }],
    ['', {}],
  ])('%s', async (columns, expected) => {
    const answer = await listing(list(HARES.slice(0, 1)).items!, new URLSearchParams({ columns }));
    expect(answer).toEqual([expected]);
  });
});

test('pages of a long list are, one after the other, the list as it is sorted', async () => {
  const sources = Array.from({ length: 1_000 }, (_, index) => (index * 7919) % 1_009);
  const item = (number: number): object => ({
    name: `q${number}`,
    vhost: number % 3 === 0 ? 'a' : 'b',
    messages: number % 7,
  });
  const { items } = list(sources.map(item));
  for (const sorting of ['', 'sort=messages', 'sort=messages&sort_reverse=true', 'sort=name&sort_reverse=true']) {
    const whole = await listing(items!, new URLSearchParams(sorting));
    const paged: unknown[] = [];
    for (let page = 1; page <= 8; page++) {
      const answer = await listing(items!, new URLSearchParams(`${sorting}&page=${page}&page_size=130`));
      paged.push(...(answer as { readonly items: readonly Row[] }).items);
    }
    expect(paged).toEqual(whole);
  }
});

test('of a long list only the page is made, unless it is sorted by what has to be', async () => {
  const sources = Array.from({ length: 10_000 }, (_, index) => index);
  const view = vi.fn((index: number) => ({ name: `q${index}`, messages: index % 7 }));
  const { items } = listOf(unsorted(sources), { name: (index) => `q${index}`, vhost: () => '/' }, view);
  await listing(items!, new URLSearchParams('page=3&page_size=50&sort=name&name=9'));
  expect(view).toHaveBeenCalledTimes(50);
  const sorted = await listing(items!, new URLSearchParams('page=1&page_size=1&sort=messages&sort_reverse=true'));
  expect(sorted).toMatchObject({ items: [{ messages: 6 }] });
});
