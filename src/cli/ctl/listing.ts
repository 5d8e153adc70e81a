import type { Columns } from './column.ts';
import { UsageError } from './exit.ts';
import type { JsonObject } from './json.ts';
import type { Output } from './output.ts';
import type { Flags } from './verb.ts';

/** All columns of all objects. */
export function printObjects(output: Output, objects: readonly JsonObject[], columns: Columns): void {
  const rows = objects.map((object) => Object.values(columns).map((column) => column(object)));
  output.table(Object.keys(columns), rows);
}

/** Objects of which whoever asks names the columns. */
export interface Listing {
  /** What can be asked for. */
  readonly columns: Columns;
  /** What is shown when nothing is. */
  readonly usual: readonly string[];
}

/** Throws a UsageError for a column that there is not. */
export function chosenColumns({ columns, usual }: Listing, words: readonly string[]): readonly string[] {
  // rabbitmqctl takes them separated by spaces or by commas.
  const asked = words.flatMap((word) => word.split(',')).filter((name) => name !== '');
  const unknown = asked.filter((name) => !Object.hasOwn(columns, name));
  if (unknown.length > 0) throw new UsageError(`Info key(s) ${unknown.join(',')} are not supported`);
  return asked.length === 0 ? usual : asked;
}

export function printChosen(
  output: Output,
  objects: readonly JsonObject[],
  { columns }: Listing,
  chosen: readonly string[],
): void {
  const rows = objects.map((object) => chosen.map((name) => columns[name]?.(object) ?? { text: '', json: '' }));
  output.table(chosen, rows, 'nothing');
}

/** For the help of a verb. */
export function columnSentence({ columns, usual }: Listing): string {
  return `Columns: ${Object.keys(columns).join(', ')}. Without any: ${usual.join(', ')}.`;
}

export function isSet(flags: Flags, name: string): boolean {
  return flags[name] === true;
}
