import type { Row } from './output.ts';

/** A line each, with tabs between the columns. */
export function tableLines(names: readonly string[] | undefined, rows: readonly Row[]): readonly string[] {
  const lines = rows.map((row) => row.map(({ text }) => text).join('\t'));
  return names === undefined ? lines : [names.join('\t'), ...lines];
}

/** One array, a line for each object. */
export function jsonLines(names: readonly string[], rows: readonly Row[]): readonly string[] {
  const objects = rows.map((row) => {
    const members = names.map((name, index) => [name, row[index]?.json ?? '']);
    return JSON.stringify(Object.fromEntries(members));
  });
  return ['[', ...objects.map((text, index) => (index === 0 ? text : `,${text}`)), ']'];
}

/** Every field in quotes, quotes doubled. */
export function csvLines(names: readonly string[] | undefined, rows: readonly Row[]): readonly string[] {
  const line = (fields: readonly string[]): string => fields.map((text) => `"${text.replaceAll('"', '""')}"`).join(',');
  const lines = rows.map((row) => line(row.map(({ text }) => text)));
  return names === undefined ? lines : [line(names), ...lines];
}

/** A table with lines around its fields. */
export function prettyLines(names: readonly string[] | undefined, rows: readonly Row[]): readonly string[] {
  const body = rows.map((row) => row.map(({ text }) => text.replaceAll('\t', '    ')));
  const all = names === undefined ? body : [names, ...body];
  const widths = (all[0] ?? []).map((_, index) => Math.max(...all.map((row) => row[index]?.length ?? 0)));
  const rule = (left: string, between: string, right: string): string =>
    `${left}${widths.map((width) => '─'.repeat(width + 2)).join(between)}${right}`;
  const lines = all.map((row) => `│${row.map((text, index) => ` ${text.padEnd(widths[index] ?? 0)} `).join('│')}│`);
  const inner = rule('├', '┼', '┤');
  const ruled = lines.flatMap((line, index) => (index === 0 ? [line] : [inner, line]));
  return [rule('┌', '┬', '┐'), ...ruled, rule('└', '┴', '┘')];
}
