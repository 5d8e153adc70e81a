import { fieldAfter, isName, isSameName, NameIndex } from './name_index.ts';
import { SharedText } from './shared_text.ts';
import { bytesToText, type FieldTable, type FieldValue } from './table.ts';
import { isValidTable } from './table_validate.ts';
import { readField, readTable, writeField } from './table_wire.ts';
import { WireReader } from './wire_reader.ts';
import { WireWriter } from './wire_writer.ts';

/** Arguments of so many octets are kept as they came. */
const LARGE_BYTES_MIN = 4_096;
const NAME_BYTES_MAX = 0xff;
const NEAR_BYTES = 1_024;

/**
 * A table (pictured in table_wire.ts) that was found valid, as it stands in its bytes: for those with so many fields that an
 * object for each costs too much, and for good where they are kept. It can be used as any other table is; what is got from
 * it is made anew each time. Unlike in a Map, names that are not UTF-8 are told apart by their octets.
 */
export class EncodedTable implements FieldTable {
  readonly bytes: Uint8Array;
  /** The range of the fields, after the length. */
  readonly start: number;
  readonly end: number;
  readonly #hidden: string | undefined;
  #index: NameIndex | undefined;

  /** The range is that of the fields. It looks as if the field `hidden`, in ASCII, were not there. */
  constructor(bytes: Uint8Array, start: number, end: number, hidden?: string) {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.#hidden = hidden;
  }

  /** The same table in bytes. */
  static of(table: FieldTable): EncodedTable {
    if (table instanceof EncodedTable) return table;
    const writer = new WireWriter(LARGE_BYTES_MIN);
    for (const [name, value] of table) writeField(writer, name, value);
    return new EncodedTable(writer.view(), 0, writer.offset);
  }

  get size(): number {
    const { size } = this.#names;
    return this.#hidden !== undefined && this.#offsetOf(this.#hidden) >= 0 ? size - 1 : size;
  }

  get encoded(): Uint8Array | undefined {
    return this.#hidden === undefined ? this.bytes.subarray(this.start, this.end) : undefined;
  }

  get(name: string): FieldValue | undefined {
    const at = this.#find(name);
    return at < 0 ? undefined : this.valueAt(at);
  }

  has(name: string): boolean {
    return this.#find(name) >= 0;
  }

  *keys(): MapIterator<string> {
    for (const [name] of this.#fields()) yield name;
  }

  *values(): MapIterator<FieldValue> {
    for (const [, at] of this.#fields()) yield this.valueAt(at);
  }

  *entries(): MapIterator<[string, FieldValue]> {
    for (const [name, at] of this.#fields()) yield [name, this.valueAt(at)];
  }

  [Symbol.iterator](): MapIterator<[string, FieldValue]> {
    return this.entries();
  }

  forEach(visit: (value: FieldValue, name: string, table: FieldTable) => void): void {
    for (const [name, value] of this) visit(value, name, this);
  }

  /**
   * Calls back for each field, in their order, until it is answered false. Where a name comes twice, it is called for each;
   * only the first counts. `value` reads the value of the field at hand.
   */
  each(visit: (name: string, value: () => FieldValue) => boolean): void {
    const text = new SharedText(this.bytes, this.start, this.end);
    let here = 0;
    const value = (): FieldValue => this.valueAt(here);
    for (let at = this.start; at < this.end; at = fieldAfter(this.bytes, at)) {
      here = at;
      const name = text.at(at + 1, this.tagAt(at));
      if (name !== this.#hidden && !visit(name, value)) return;
    }
  }

  /** Where the field is that has the name at an offset of these or other bytes: the first such. -1 if there is none. */
  find(bytes: Uint8Array, name: number): number {
    const at = this.#names.find(bytes, name);
    return at >= 0 && this.#shows(at) ? at : -1;
  }

  /** Whether the field at an offset is one that counts: of two with one name the first does. */
  isFirst(at: number): boolean {
    // What is near the beginning does not need the index, which costs more than most else that is asked of a message.
    if (this.#index === undefined && at - this.start < NEAR_BYTES) {
      let before = this.start;
      while (before < at && !isSameName(this.bytes, before, this.bytes, at)) before = fieldAfter(this.bytes, before);
      return before === at && this.#shows(at);
    }
    return this.find(this.bytes, at) === at;
  }

  /** The name of the field at an offset. */
  nameAt(at: number): string {
    return bytesToText(this.bytes.subarray(at + 1, this.tagAt(at)));
  }

  /** Where the tag is of the field at an offset; the value follows. */
  tagAt(at: number): number {
    return at + 1 + this.bytes[at]!;
  }

  valueAt(at: number): FieldValue {
    return readField(new WireReader(this.bytes, this.tagAt(at), this.end));
  }

  #shows(at: number): boolean {
    return this.#hidden === undefined || !isName(this.bytes, at, this.#hidden);
  }

  #find(name: string): number {
    return name === this.#hidden ? -1 : this.#offsetOf(name);
  }

  #offsetOf(name: string): number {
    const bytes = Buffer.from(` ${name}`);
    const lengthBytes = bytes.length - 1;
    if (lengthBytes > NAME_BYTES_MAX) return -1;
    bytes[0] = lengthBytes;
    return this.#names.find(bytes, 0);
  }

  get #names(): NameIndex {
    this.#index ??= new NameIndex(this.bytes, this.start, this.end);
    return this.#index;
  }

  /** The name of each field that counts, and where it is. */
  *#fields(): Generator<[string, number], void, undefined> {
    const text = new SharedText(this.bytes, this.start, this.end);
    for (let at = this.start; at < this.end; at = fieldAfter(this.bytes, at)) {
      if (this.isFirst(at)) yield [text.at(at + 1, this.tagAt(at)), at];
    }
  }
}

/** Arguments: as readTable, but a large table stays encoded, in a copy of its bytes. Throws as readTable does. */
export function readArguments(reader: WireReader): FieldTable {
  const at = reader.offset;
  const lengthBytes = reader.u32();
  reader.offset = at;
  if (lengthBytes < LARGE_BYTES_MIN) return readTable(reader);
  const fields = reader.longstr();
  if (isValidTable(fields, 0, fields.length)) return new EncodedTable(fields, 0, fields.length);
  reader.offset = at;
  return readTable(reader);
}
