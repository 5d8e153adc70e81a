import type { Cell } from './column.ts';
import { csvLines, jsonLines, prettyLines, tableLines } from './formats.ts';
import type { Json } from './json.ts';

export const FORMATTERS = ['table', 'json', 'csv', 'pretty_table'] as const;
export type Formatter = (typeof FORMATTERS)[number];

export interface OutputFlags {
  readonly quiet?: boolean;
  readonly silent?: boolean;
  readonly tableHeaders?: boolean;
  readonly formatter?: Formatter;
}

export type Row = readonly Cell[];

interface Sink {
  write(text: string): unknown;
}

/** What a verb prints, by rabbitmqctl's conventions: what is for people only is left out when a program reads. */
export class Output {
  readonly #sink: Sink;
  readonly #announces: boolean;
  readonly #heads: boolean;
  readonly formatter: Formatter;

  constructor(sink: Sink, { quiet = false, silent = false, tableHeaders = true, formatter = 'table' }: OutputFlags) {
    this.#sink = sink;
    this.formatter = formatter;
    this.#announces = !quiet && !silent && formatter !== 'json' && formatter !== 'csv';
    this.#heads = !silent && tableHeaders;
  }

  /** A line that tells people what happens. */
  announce(line: string): void {
    if (this.#announces) this.print(line);
  }

  print(line: string): void {
    this.#sink.write(`${line}\n`);
  }

  json(value: Json): void {
    this.print(JSON.stringify(value));
  }

  /** `empty` is what a table without rows is printed as: rabbitmqctl prints an empty line for some, and nothing for others. */
  table(names: readonly string[], rows: readonly Row[], empty: 'line' | 'nothing' = 'line'): void {
    for (const line of this.#lines(names, rows, empty)) this.print(line);
  }

  #lines(names: readonly string[], rows: readonly Row[], empty: 'line' | 'nothing'): readonly string[] {
    if (this.formatter === 'json') return rows.length === 0 && empty === 'line' ? ['[]'] : jsonLines(names, rows);
    if (rows.length === 0) return this.formatter === 'table' && empty === 'line' ? [''] : [];
    const heads = this.#heads ? names : undefined;
    if (this.formatter === 'csv') return csvLines(heads, rows);
    return this.formatter === 'table' ? tableLines(heads, rows) : prettyLines(heads, rows);
  }
}
