import { AmqpError } from '../../codec/errors.ts';
import { HEADERS } from '../../codec/properties.ts';
import { propertyEnd, propertyOffset } from '../../codec/property_peek.ts';
import { SharedText } from '../../codec/shared_text.ts';
import { bytesToText, type FieldTable, type FieldValue, fieldTypeName } from '../../codec/table.ts';
import { skipField } from '../../codec/table_validate.ts';
import { readField } from '../../codec/table_wire.ts';
import { WireReader } from '../../codec/wire_reader.ts';

/**
 * Sender-selected distribution: the headers CC and BCC name further routing keys, and nobody gets to see BCC.
 * The headers' bytes are a table (codec/table_wire.ts) that was found valid.
 */
export interface EncodedCopies {
  readonly routingKeys: readonly string[];
  /** Whether there was a BCC. */
  readonly blind: boolean;
}

export interface Copies extends EncodedCopies {
  /** As whoever gets the message is to see them: without BCC. */
  readonly headers: FieldTable;
}

const B = 0x42;
const C = 0x43;
const CC = [C, C];
const BCC = [B, C, C];
const ARRAY = 0x41;
const LONGSTR = 0x53;

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

/** As readCopies, of the headers of a message that has CC or BCC. */
export function copiesIn(bytes: Uint8Array, start: number, end: number): EncodedCopies {
  const table = propertyOffset(bytes, start, end, HEADERS);
  const tableEnd = propertyEnd(bytes, table, HEADERS);
  let open = -1;
  let blind = -1;
  for (let name = table + 4; name < tableEnd; ) {
    const tag = name + 1 + (bytes[name] as number);
    if (open === -1 && isName(bytes, name, CC)) open = tag;
    else if (blind === -1 && isName(bytes, name, BCC)) blind = tag;
    name = skipField(bytes, tag);
  }
  const text = new SharedText(bytes, table, tableEnd);
  const routingKeys: string[] = [];
  if (open !== -1) addKeys(routingKeys, bytes, open, 'CC', text);
  if (blind !== -1) addKeys(routingKeys, bytes, blind, 'BCC', text);
  return { routingKeys, blind: blind !== -1 };
}

function isName(bytes: Uint8Array, at: number, name: readonly number[]): boolean {
  if (bytes[at] !== name.length) return false;
  return name.every((octet, index) => bytes[at + 1 + index] === octet);
}

/** The strings of the array whose tag is at `at`, without an object for each that is in it. */
function addKeys(keys: string[], bytes: Uint8Array, at: number, name: string, text: SharedText): void {
  if (bytes[at] !== ARRAY) throw notAnArray(name, readField(new WireReader(bytes, at, skipField(bytes, at))));
  const end = skipField(bytes, at);
  for (let tag = at + 5; tag < end; ) {
    const next = skipField(bytes, tag);
    if (bytes[tag] === LONGSTR) keys.push(text.at(tag + 5, next));
    tag = next;
  }
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
  if (field.tag !== 'A') throw notAnArray(name, field);
  const keys: string[] = [];
  for (const item of field.value) if (item.tag === 'S') keys.push(bytesToText(item.value));
  return keys;
}

function notAnArray(name: string, field: FieldValue): AmqpError {
  return new AmqpError(406, `invalid message: {unacceptable_type_in_header,"${name}",${fieldTypeName(field)}}`);
}
