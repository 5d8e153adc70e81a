import { type BasicProperties, CORRELATION_ID, MESSAGE_ID } from '../../codec/properties.ts';
import { peekHeaders, peekShortstr, peekTimestamp } from '../../codec/property_peek.ts';
import type { FieldTable } from '../../codec/table.ts';

/** What an exchange may look at in a message, beside its routing keys. */
export type RoutedProperties = Pick<BasicProperties, 'headers' | 'messageId' | 'correlationId' | 'timestamp'>;

export const NO_PROPERTIES: RoutedProperties = {};

/** Read from a message's bytes, each when an exchange asks for it: most ask for none. */
export class PeekedProperties implements RoutedProperties {
  readonly #bytes: Uint8Array;
  readonly #start: number;
  readonly #end: number;
  #headers: FieldTable | undefined;

  /** The range is that of the flags and the properties; `headers` stand in for those that are in it. */
  constructor(bytes: Uint8Array, start: number, end: number, headers?: FieldTable) {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
    this.#headers = headers;
  }

  get headers(): FieldTable | undefined {
    this.#headers ??= peekHeaders(this.#bytes, this.#start, this.#end);
    return this.#headers;
  }

  get messageId(): string | undefined {
    return peekShortstr(this.#bytes, this.#start, this.#end, MESSAGE_ID);
  }

  get correlationId(): string | undefined {
    return peekShortstr(this.#bytes, this.#start, this.#end, CORRELATION_ID);
  }

  get timestamp(): number | undefined {
    return peekTimestamp(this.#bytes, this.#start, this.#end);
  }
}
