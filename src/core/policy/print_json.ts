import { printField } from '../exchange/print_field.ts';

/** A JSON value in Erlang's notation, as RabbitMQ shows it: `<<"text">>`, `[1,2.5]`, `#{<<"name">> => true}`. */
export function printJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return printField({ tag: 'S', value: Buffer.from(value) });
    case 'number':
      return Number.isInteger(value) ? String(value) : printField({ tag: 'd', value });
    case 'object':
      if (value === null) return 'null';
      if (Array.isArray(value)) return `[${value.map(printJson).join(',')}]`;
      return `#{${sortedEntries(value).map(printEntry).join(',')}}`;
    default:
      return String(value);
  }
}

function printEntry([name, value]: [string, unknown]): string {
  return `${printJson(name)} => ${printJson(value)}`;
}

/** In the order of their names, which is that of a small map in Erlang. */
export function sortedEntries(table: object): [string, unknown][] {
  return Object.entries(table).sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}
