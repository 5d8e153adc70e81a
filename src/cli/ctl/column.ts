import { erlangText } from './erlang_text.ts';
import { at, type Json, type JsonObject, tagsOf } from './json.ts';

/** A value of a table: as text, and as JSON. */
export interface Cell {
  readonly text: string;
  readonly json: Json;
}

/** What one column shows of an object. */
export type Column = (object: JsonObject) => Cell;

/** Columns by name, in the order in which they are named to people. */
export type Columns = Readonly<Record<string, Column>>;

export function cell(value: Json | undefined): Cell {
  return { text: erlangText(value), json: value ?? '' };
}

/** What lies at a path of the object. */
export function field(path: string): Column {
  return (object) => cell(at(object, path));
}

/** A list of tags, without quotes around them. */
export function tags(name: string): Column {
  return (object) => {
    const list = tagsOf(object[name]);
    return { text: `[${list.join(', ')}]`, json: list };
  };
}

/** A JSON document, as text in every format. */
export function document(name: string): Column {
  return (object) => {
    const text = JSON.stringify(object[name] ?? {});
    return { text, json: text };
  };
}

/** Columns that are called as the fields they show. */
export function fields(...names: readonly string[]): Columns {
  return Object.fromEntries(names.map((name) => [name, field(name)]));
}
