import type { FieldTable } from '../codec/table.ts';
import { exchangeOfHistory } from '../core/exchange/history_queue.ts';

/** What a queue is called where people read it: what exchanges remember has no name of its own. */
export function shownName(name: string, table: FieldTable): string {
  const exchange = exchangeOfHistory(name, table);
  return exchange === undefined ? name : `history of exchange ${exchange}`;
}
