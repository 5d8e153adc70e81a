/** What a JSON document holds. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [name: string]: Json;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The objects of a list; anything else is no object. */
export function objectsOf(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

export function numberOf(value: Json | undefined): number {
  return typeof value === 'number' ? value : 0;
}

/** What lies at the end of a path such as `channel_details.name`; undefined where the path ends before. */
export function at(object: JsonObject, path: string): Json | undefined {
  let value: Json | undefined = object;
  for (const name of path.split('.')) value = isObject(value) ? value[name] : undefined;
  return value;
}

/** A tag list comes as an array, or as text with commas. */
export function tagsOf(value: Json | undefined): readonly string[] {
  if (typeof value === 'string') return value.split(',').filter((tag) => tag !== '');
  return Array.isArray(value) ? value.filter((tag) => typeof tag === 'string') : [];
}
