// Things of one kind, each with a name and fields of its own. As RabbitMQ's files have it, a line for each field:
//
//   default_limits.vhosts.small.pattern    = ^dev-
//   default_limits.vhosts.small.max_queues = 10
//
// As one value, for a flag or the environment:
//
//   {"small":{"pattern":"^dev-","max_queues":10}}

import { type FileKey, keys } from './file_key.ts';
import type { ValueType } from './value_types.ts';

/** One of them: the fields that were given. */
export interface Group<Fields> {
  readonly name: string;
  readonly fields: Readonly<Partial<Fields>>;
}

export type FieldTypes<Fields> = { readonly [Name in keyof Fields]: ValueType<Fields[Name]> };

/** In the order of their names, as RabbitMQ has them, wherever they stood. */
export type Groups<Fields> = readonly Group<Fields>[];

/** The JSON of them all. */
export function groups<Fields>(types: FieldTypes<Fields>): ValueType<Groups<Fields>> {
  return {
    placeholder: 'json',
    accepted: `JSON of the form {"NAME":{"FIELD":VALUE}}, the fields being ${Object.keys(types).join(', ')}`,
    parse: (given) => parseGroups(types, given),
    written: (value) => JSON.stringify(Object.fromEntries(value.map(({ name, fields }) => [name, fields]))),
  };
}

/** RabbitMQ's keys: one for each field, below `pattern`, whose wildcard is the name. */
export function groupKeys<Fields>(pattern: string, types: FieldTypes<Fields>): readonly FileKey<Groups<Fields>>[] {
  return fieldsOf(types).map((field) => {
    const fileKey = keys<Groups<Fields>, unknown>(`${pattern}.${field}`, types[field], (items) =>
      items.map(({ word, value }) => ({ name: word, fields: { [field]: value } as Partial<Fields> })),
    );
    return { ...fileKey, add: merged };
  });
}

function parseGroups<Fields>(types: FieldTypes<Fields>, given: string): Groups<Fields> | undefined {
  const json = objectOf(parseJson(given));
  if (json === undefined) return undefined;
  const found = Object.entries(json).map(([name, value]) => ({ name, fields: parseFields(types, value) }));
  return found.every(isGroup<Fields>) ? merged([], found) : undefined;
}

function parseFields<Fields>(types: FieldTypes<Fields>, given: unknown): Partial<Fields> | undefined {
  const json = objectOf(given);
  if (json === undefined) return undefined;
  const known = fieldsOf(types);
  const entries = Object.entries(json).map(([field, value]) => {
    const name = known.find((one) => one === field);
    return [field, name === undefined ? undefined : types[name].parse(String(value))] as const;
  });
  if (entries.some(([, value]) => value === undefined)) return undefined;
  return Object.fromEntries(entries) as Partial<Fields>;
}

/** Of a field that both have, the first's counts. */
function merged<Fields>(first: Groups<Fields>, more: Groups<Fields>): Groups<Fields> {
  const byName = new Map<string, Group<Fields>>();
  for (const { name, fields } of [...more, ...first]) {
    byName.set(name, { name, fields: { ...byName.get(name)?.fields, ...fields } as Partial<Fields> });
  }
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function fieldsOf<Fields>(types: FieldTypes<Fields>): readonly (keyof Fields & string)[] {
  return Object.keys(types) as (keyof Fields & string)[];
}

function isGroup<Fields>(group: { readonly name: string; readonly fields: unknown }): group is Group<Fields> {
  return group.fields !== undefined && group.name !== '';
}

function objectOf(value: unknown): object | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
