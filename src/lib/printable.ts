/**
 * What clients call things gets into log lines, and what files say into sentences about it, which a terminal shows: a name must
 * not begin a line of its own there, or move the cursor, or turn the text around. Such characters are shown by their number, as
 * JSON does.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
