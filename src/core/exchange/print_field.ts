import { type FieldTable, type FieldValue, fieldTypeName } from '../../codec/table.ts';
import { printBinary } from '../../lib/erlang.ts';

/**
 * A field value as RabbitMQ puts it into reply texts, which is Erlang's notation: `<<"text">>`, `<<1,97>>`, `1.0`,
 * `{1,2}` for a decimal of scale 1, `[{longstr,<<"a">>}]` for an array, `[{<<"name">>,bool,true}]` for a table.
 */
export function printField(field: FieldValue): string {
  switch (field.tag) {
    case 'S':
    case 'x':
      return printBinary(field.value);
    case 'f':
    case 'd':
      return printFloat(field.value);
    case 'D':
      return `{${field.value.scale},${field.value.value}}`;
    case 'A':
      return `[${field.value.map((item) => `{${fieldTypeName(item)},${printField(item)}}`).join(',')}]`;
    case 'F':
      return `[${printEntries(field.value).join(',')}]`;
    default:
      return String(field.value);
  }
}

/** Each field of a table as `{<<"name">>,type,value}`. */
export function printEntries(table: FieldTable): string[] {
  return Array.from(
    table,
    ([name, field]) => `{${printBinary(Buffer.from(name))},${fieldTypeName(field)},${printField(field)}}`,
  );
}

/** Erlang's floats always have a point, no plus sign in the exponent, and an exponent only where that is shorter. */
function printFloat(value: number): string {
  const plain = withPoint(String(value));
  const scientific = withPoint(value.toExponential().replace('+', ''));
  return plain.length <= scientific.length && !plain.includes('e') ? plain : scientific;
}

function withPoint(number: string): string {
  return number.includes('.') ? number : number.replace(/^-?\d+/, '$&.0');
}
