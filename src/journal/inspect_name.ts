import type { FieldTable } from '../codec/table.ts';
import { exchangeOfHistory } from '../core/exchange/history_queue.ts';

interface NamedQueue {
  readonly name: string;
  readonly arguments: FieldTable;
  readonly forwards: boolean;
}

/** What a queue is called where people read it: what exchanges remember, or keep for later, is no queue to anybody. */
export function shownName({ name, arguments: table, forwards }: NamedQueue): string {
  if (forwards) return `delayed in exchange ${name}`;
  const exchange = exchangeOfHistory(name, table);
  return exchange === undefined ? name : `history of exchange ${exchange}`;
}
