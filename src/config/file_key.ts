import type { ValueType } from './value_types.ts';

/** A line of a pattern's key: what its first wildcard stands for, and the value. */
export interface KeyLine {
  readonly word: string;
  readonly text: string;
}

/** A key of the configuration file, or a family of keys, that says what a setting is. */
export interface FileKey<Value> {
  /** As key_pattern.ts draws it. */
  readonly pattern: string;
  /** What is accepted; it completes the sentence "Give ...". */
  readonly accepted: string;
  accepts(text: string): boolean;
  /** The setting that accepted lines of this pattern amount to, no key twice; undefined leaves it as it was. */
  value(lines: readonly KeyLine[]): Value | undefined;
  /** What this and the keys before it amount to, where it does not stand back for them. */
  add?(earlier: Value, more: Value): Value;
}

/** One key for the whole setting. */
export function key<Value>(pattern: string, type: ValueType<Value>): FileKey<Value> {
  return keys(pattern, type, (items) => items.at(-1)?.value);
}

/** Many keys that make up the setting together. */
export function keys<Value, Item>(
  pattern: string,
  type: ValueType<Item>,
  gather: (items: readonly { readonly word: string; readonly value: Item }[]) => Value | undefined,
): FileKey<Value> {
  return {
    pattern,
    accepted: type.accepted,
    accepts: (text) => type.parse(text) !== undefined,
    value: (lines) => gather(lines.map(({ word, text }) => ({ word, value: type.parse(text) as Item }))),
  };
}
