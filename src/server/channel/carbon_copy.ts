import { AmqpError } from '../../codec/errors.ts';
import { HEADERS } from '../../codec/properties.ts';
import { propertyEnd, propertyOffset } from '../../codec/property_peek.ts';
import { bytesToText, type FieldTable, fieldTypeName } from '../../codec/table.ts';
import { skipField } from '../../codec/table_validate.ts';

/**
 * Sender-selected distribution: the headers CC and BCC name further routing keys, and nobody gets to see BCC.
 * The headers' bytes are a table (codec/table_wire.ts) that was found valid.
 */
export interface Copies {
  readonly routingKeys: readonly string[];
  /** As whoever gets the message is to see them: without BCC. */
  readonly headers: FieldTable;
  /** Whether there was a BCC. */
  readonly blind: boolean;
}

const B = 0x42;
const C = 0x43;

/** Whether a message with headers has CC or BCC. */
export function hasCopies(bytes: Uint8Array, start: number, end: number): boolean {
  const table = propertyOffset(bytes, start, end, HEADERS);
  const tableEnd = propertyEnd(bytes, table, HEADERS);
  for (let name = table + 4; name < tableEnd; ) {
    const length = bytes[name] as number;
    const tag = name + 1 + length;
    // Either name ends in CC.
    if ((length === 2 || (length === 3 && bytes[name + 1] === B)) && bytes[tag - 1] === C && bytes[tag - 2] === C) {
      return true;
    }
    name = skipField(bytes, tag);
  }
  return false;
}

/** Throws 406, in RabbitMQ's words, when CC or BCC is no array. What it has beside strings is passed over. */
export function readCopies(headers: FieldTable): Copies {
  const routingKeys = [...keysOf(headers, 'CC'), ...keysOf(headers, 'BCC')];
  return { routingKeys, headers: withoutBlind(headers), blind: headers.has('BCC') };
}

export function withoutBlind(headers: FieldTable): FieldTable {
  const shown = new Map(headers);
  shown.delete('BCC');
  return shown;
}

function keysOf(headers: FieldTable, name: string): readonly string[] {
  const field = headers.get(name);
  if (field === undefined) return [];
  if (field.tag !== 'A') {
    throw new AmqpError(406, `invalid message: {unacceptable_type_in_header,"${name}",${fieldTypeName(field)}}`);
  }
  const keys: string[] = [];
  for (const item of field.value) if (item.tag === 'S') keys.push(bytesToText(item.value));
  return keys;
}
