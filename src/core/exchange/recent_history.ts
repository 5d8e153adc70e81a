import { AmqpError } from '../../codec/errors.ts';
import { EMPTY_TABLE, type FieldTable, isInteger, isTrue } from '../../codec/table.ts';
import { FanoutMatcher } from './fanout.ts';
import { printField } from './print_field.ts';
import type { RoutedProperties } from './routed_properties.ts';

const HISTORY_LENGTH = 'x-recent-history-length';
const NO_STORE = 'x-recent-history-no-store';
const DEFAULT_LENGTH = 20;

/** The types that RabbitMQ takes the length in: signed ones. */
const LENGTH_TYPES: ReadonlySet<string> = new Set(['b', 's', 'I', 'l']);

/** A fanout that remembers the messages it has seen last, for whatever is bound to it later. */
export class RecentHistoryMatcher extends FanoutMatcher {
  /** Whether a message is remembered depends on its headers. */
  override readonly keyDecides: boolean = false;
  readonly historyLength: number;

  /** Throws 406 for a length that cannot be. */
  constructor(table: FieldTable = EMPTY_TABLE) {
    super();
    this.historyLength = readLength(table);
  }

  remembers({ headers }: RoutedProperties): boolean {
    return headers === undefined || !isTrue(headers, NO_STORE);
  }
}

function readLength(table: FieldTable): number {
  const field = table.get(HISTORY_LENGTH);
  if (field === undefined) return DEFAULT_LENGTH;
  if (isInteger(field) && LENGTH_TYPES.has(field.tag) && field.value > 0) return Number(field.value);
  throw new AmqpError(406, `Invalid argument ${printField(field)}, '${HISTORY_LENGTH}' must be a positive integer`);
}
