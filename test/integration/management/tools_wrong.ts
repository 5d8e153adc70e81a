import type { Reads } from './tools_read.ts';

type Type = Exclude<keyof Reads, 'tool' | 'paths' | 'at'>;

const TYPES: Readonly<Record<Type, (value: unknown) => boolean>> = {
  text: (value) => typeof value === 'string',
  whole: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
  number: (value) => Number.isFinite(value),
  flag: (value) => typeof value === 'boolean',
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  texts: (value) => Array.isArray(value) && value.every((entry) => typeof entry === 'string'),
  port: (value) => /^\d+$/.test(String(value)),
};

/** What keeps a tool from reading an answer, a line for each field. */
export function wrongIn(answer: unknown, reads: Reads): string[] {
  return Object.keys(TYPES).flatMap((type) => {
    const fields = reads[type as Type]?.split(' ') ?? [];
    return fields.flatMap((field) => wrongWith(answer, { field: (reads.at ?? '') + field, type: type as Type }));
  });
}

/** Of one field, in each entry of the lists on the way to it. */
function wrongWith(
  value: unknown,
  { field, type, at = 0 }: { readonly field: string; readonly type: Type; readonly at?: number },
): string[] {
  const parts = field.split('.');
  const part = parts[at] ?? '';
  const name = part.replace(/(\[\])?[?~]?$/, '');
  const found = name === '' ? value : (value as Readonly<Record<string, unknown>> | undefined)?.[name];
  const mayBeMissing = /[?~]$/.test(field);
  if (found === undefined) return mayBeMissing ? [] : [`${field} is missing`];
  if (found === null) return field.endsWith('~') ? [] : [`${field} is null`];
  const inner = { field, type, at: at + 1 };
  if (part.endsWith('[]')) {
    if (!Array.isArray(found)) return [`${field}: ${JSON.stringify(found)} is no list`];
    if (found.length === 0 && (name === '' || !mayBeMissing)) return [`${field}: there is none to look at`];
    return found.flatMap((entry: unknown) => wrongWith(entry, inner));
  }
  if (inner.at < parts.length) return wrongWith(found, inner);
  return TYPES[type](found) ? [] : [`${field}: ${JSON.stringify(found)} is no ${type}`];
}
