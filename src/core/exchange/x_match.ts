import { AmqpError } from '../../codec/errors.ts';
import { type FieldTable, fieldTypeName, getString } from '../../codec/table.ts';
import { printField } from './print_field.ts';

/** Whether all of a binding's headers must match or any one, and whether those named `x-...` count. */
export type XMatch = 'all' | 'any' | 'all-with-x' | 'any-with-x';

export const X_MATCH = 'x-match';

const X_MATCHES: ReadonlySet<string> = new Set<XMatch>(['all', 'any', 'all-with-x', 'any-with-x']);

/** `all` where the arguments do not say. Throws AmqpError 406 where they say something else. */
export function readXMatch(table: FieldTable): XMatch {
  const field = table.get(X_MATCH);
  if (field === undefined) return 'all';
  const printed = printField(field);
  if (field.tag !== 'S') {
    const type = fieldTypeName(field);
    throw new AmqpError(406, `Invalid x-match field type ${type} (value ${printed}); expected longstr`);
  }
  const text = getString(table, X_MATCH);
  if (text !== undefined && isXMatch(text)) return text;
  throw new AmqpError(406, `Invalid x-match field value ${printed}; expected all, any, all-with-x, or any-with-x`);
}

function isXMatch(text: string): text is XMatch {
  return X_MATCHES.has(text);
}
