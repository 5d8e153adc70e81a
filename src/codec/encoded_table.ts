import { SharedText } from './shared_text.ts';
import type { FieldValue } from './table.ts';
import { skipField, u32At } from './table_validate.ts';
import { readField } from './table_wire.ts';
import { WireReader } from './wire_reader.ts';

/**
 * A table (pictured in table_wire.ts) that was found valid, as it stands in the bytes of a message: for those with so many
 * fields that an object for each costs too much.
 */
export class EncodedTable {
  readonly #text: SharedText;
  readonly #bytes: Uint8Array;
  readonly #start: number;
  readonly #end: number;
  readonly #hidden: string | undefined;

  /** `at` is where its length is. It looks as if the field `hidden` were not there. */
  constructor(bytes: Uint8Array, at: number, hidden: string | undefined) {
    this.#bytes = bytes;
    this.#start = at + 4;
    this.#end = this.#start + u32At(bytes, at);
    this.#text = new SharedText(bytes, this.#start, this.#end);
    this.#hidden = hidden;
  }

  /**
   * Calls back for each field, in their order, until it is answered false. Where a name comes twice, it is called for each;
   * only the first counts. `value` reads the value of the field at hand.
   */
  each(visit: (name: string, value: () => FieldValue) => boolean): void {
    const bytes = this.#bytes;
    const reader = new WireReader(bytes, this.#start, this.#end);
    let tag = 0;
    const value = (): FieldValue => {
      reader.offset = tag;
      return readField(reader);
    };
    for (let at = this.#start; at < this.#end; at = skipField(bytes, tag)) {
      tag = at + 1 + (bytes[at] as number);
      const name = this.#text.at(at + 1, tag);
      if (name !== this.#hidden && !visit(name, value)) return;
    }
  }
}
