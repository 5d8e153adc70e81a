import { isUtf8 } from 'node:buffer';

/** Erlang's notation, in which RabbitMQ's reply texts show what a client sent. */

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

/**
 * A binary, as ~p prints it: as text, `/utf8` if not of ASCII alone, or of Latin-1, where every character can be shown,
 * else as numbers: `<<"text">>`, `<<"häse"/utf8>>`, `<<1,97>>`.
 */
export function printBinary(bytes: Uint8Array): string {
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
