// Tables on a terminal: the first column is text, the others are set flush right.

export function printTable(head, rows) {
  const lines = [head, ...rows.map((row) => row.map((cell) => cell ?? ''))];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const print = (line) => {
    const cells = line.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])));
    process.stdout.write(`${cells.join('  ').trimEnd()}\n`);
  };
  print(head);
  print(widths.map((width) => '-'.repeat(width)));
  for (const line of lines.slice(1)) print(line);
  process.stdout.write('\n');
}

export function median(values) {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Whole numbers with commas; small ones with as many decimals as say something. */
export function number(value) {
  if (value === undefined || Number.isNaN(value)) return '';
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}

export function ratio(value, base) {
  if (!(value > 0) || !(base > 0)) return '';
  return `${(value / base).toFixed(2)}x`;
}
