// What `leveret journal` prints for people.

import type { DumpedItem } from '../journal/inspect_dump.ts';
import type { JournalStats } from '../journal/inspect_stats.ts';
import type { VerifiedJournal } from '../journal/inspect_verify.ts';

export function verifyLines({ vhost, sound, segments, notes }: VerifiedJournal): string[] {
  const lines: string[] = [];
  let batches = 0;
  let messages = 0;
  for (const segment of segments) {
    batches += segment.batches;
    messages += segment.messages;
    lines.push(...segment.faults.map((fault) => `fault  segment ${segment.segment}: ${fault}`));
    lines.push(...segment.notes.map((note) => `note   segment ${segment.segment}: ${note}`));
  }
  lines.push(...notes.map((note) => `note   ${note}`));
  const held = `${counted(segments.length, 'segment')}, ${counted(batches, 'batch')}, ${counted(messages, 'message')}`;
  return [`Virtual host ${vhost}: ${sound ? 'sound' : 'NOT SOUND'} (${held})`, ...lines.map((line) => `  ${line}`)];
}

export function statsLines({ vhost, epoch, exchanges, bindings, queues, segments }: JournalStats): string[] {
  const about = `epoch ${epoch}, ${counted(exchanges, 'durable exchange')}, ${counted(bindings, 'durable binding')}`;
  const queueRows = queues.map((row) => [row.queue, row.messages, row.bodyBytes, row.delivered, row.settled]);
  const segmentRows = segments.map((row) => [
    row.segment,
    row.fileBytes,
    row.usedBytes,
    row.messages,
    row.live,
    row.messages === 0 ? '-' : `${Math.round((100 * row.live) / row.messages)}%`,
  ]);
  return [
    `Virtual host ${vhost}: ${about}`,
    ...table(['queue', 'messages', 'body bytes', 'delivered', 'settled'], queueRows),
    '',
    ...table(['segment', 'file bytes', 'used bytes', 'messages', 'live', 'share'], segmentRows),
  ];
}

export function dumpLine(item: DumpedItem): string {
  switch (item.type) {
    case 'segment':
      return `segment ${item.segment}, ${item.epoch === undefined ? 'without a header' : `epoch ${item.epoch}`}, ${item.bytes} bytes`;
    case 'batch':
      return `  batch ${item.number} at ${item.at}, lag ${item.lag}${item.joined ? ', joined with the next' : ''}`;
    case 'gap':
      return `  ${item.damage ? 'DAMAGE' : 'unsynced writes missing'} from ${item.at} to ${item.until ?? 'the end'}`;
    case 'message': {
      const places = item.places.map(({ queue, sequence }) => `${queue} ${sequence}`).join(', ');
      const route = `exchange ${JSON.stringify(item.exchange)} key ${JSON.stringify(item.routingKey)}`;
      return `    message to ${places}: ${route} ${item.bodyBytes} bytes ${JSON.stringify(item.properties)} ${item.receivedAt}`;
    }
    case 'record': {
      const { type, ...fields } = item.record;
      return `    ${type} ${JSON.stringify(fields)}`;
    }
  }
}

/** The first column to the left, the others to the right. */
function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] {
  const cells = [head, ...rows.map((row) => row.map(String))];
  const widths = head.map((_, column) => Math.max(...cells.map((row) => (row[column] as string).length)));
  return cells.map((row) => {
    const padded = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0] as number) : cell.padStart(widths[column] as number),
    );
    return `  ${padded.join('  ').trimEnd()}`;
  });
}

function counted(count: number, noun: string): string {
  if (count === 1) return `1 ${noun}`;
  return `${count} ${noun}${noun.endsWith('ch') ? 'es' : 's'}`;
}
