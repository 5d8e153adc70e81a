import { isUtf8 } from 'node:buffer';
import { type FieldValue, fieldTypeName } from '../../codec/table.ts';

/**
 * A field value as RabbitMQ puts it into reply texts, which is Erlang's notation: `<<"text">>`, `<<1,97>>`, `1.0`,
 * `{1,2}` for a decimal of scale 1, `[{longstr,<<"a">>}]` for an array, `[{<<"name">>,bool,true}]` for a table.
 */
export function printField(field: FieldValue): string {
  switch (field.tag) {
    case 'S':
    case 'x':
      return printBytes(field.value);
    case 'f':
    case 'd':
      return printFloat(field.value);
    case 'D':
      return `{${field.value.scale},${field.value.value}}`;
    case 'A':
      return `[${field.value.map((item) => `{${fieldTypeName(item)},${printField(item)}}`).join(',')}]`;
    case 'F':
      return `[${[...field.value].map(printEntry).join(',')}]`;
    default:
      return String(field.value);
  }
}

function printEntry([name, field]: [string, FieldValue]): string {
  return `{${printBytes(Buffer.from(name))},${fieldTypeName(field)},${printField(field)}}`;
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

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\u001b', '\\e'],
]);

/** Text, `/utf8` if not of ASCII alone, or of Latin-1, where every character can be shown, else the bytes as numbers. */
function printBytes(bytes: Uint8Array): string {
  const numbers = `<<${bytes.join(',')}>>`;
  if (bytes.length === 0) return numbers;
  const encoding = isUtf8(bytes) ? 'utf8' : 'latin1';
  let text = '';
  let ascii = true;
  for (const character of Buffer.from(bytes).toString(encoding)) {
    const code = character.codePointAt(0)!;
    const escaped = ESCAPES.get(character);
    if (escaped === undefined && (code < 0x20 || (code >= 0x7f && code < 0xa0))) return numbers;
    text += escaped ?? character;
    ascii &&= code < 0x80;
  }
  return `<<"${text}"${ascii || encoding === 'latin1' ? '' : '/utf8'}>>`;
}
