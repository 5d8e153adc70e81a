import { EncodedTable } from '../../codec/encoded_table.ts';
import { type BasicProperties, CORRELATION_ID, MESSAGE_ID } from '../../codec/properties.ts';
import {
  peekEncodedHeaders,
  peekHeaders,
  peekManyHeaders,
  peekShortstr,
  peekTimestamp,
} from '../../codec/property_peek.ts';
import type { FieldTable } from '../../codec/table.ts';

/** What an exchange may look at in a message, beside its routing keys. */
export interface RoutedProperties
  extends Pick<BasicProperties, 'headers' | 'messageId' | 'correlationId' | 'timestamp'> {
  /** The same headers, where there are bytes to read them from. */
  readonly encodedHeaders?: EncodedTable | undefined;
  /** The same, where they are so many that `headers` costs too much. */
  readonly manyHeaders?: EncodedTable | undefined;
}

export const NO_PROPERTIES: RoutedProperties = {};

/** The headers in bytes, wherever they come from. */
export function encodedHeaders(properties: RoutedProperties): EncodedTable | undefined {
  if (properties.encodedHeaders !== undefined) return properties.encodedHeaders;
  return properties.headers === undefined ? undefined : EncodedTable.of(properties.headers);
}

/** Read from a message's bytes, each when an exchange asks for it: most ask for none. */
export class PeekedProperties implements RoutedProperties {
  readonly #bytes: Uint8Array;
  readonly #start: number;
  readonly #end: number;
  readonly #hidden: string | undefined;
  #headers: FieldTable | undefined;
  #encodedHeaders: EncodedTable | undefined;

  /** The range is that of the flags and the properties; `hidden` is a header that is not to be seen. */
  constructor(bytes: Uint8Array, start: number, end: number, hidden?: string) {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
    this.#hidden = hidden;
  }

  get headers(): FieldTable | undefined {
    this.#headers ??= this.#readHeaders();
    return this.#headers;
  }

  get manyHeaders(): EncodedTable | undefined {
    return peekManyHeaders(this.#bytes, this.#start, this.#end) ? this.encodedHeaders : undefined;
  }

  get encodedHeaders(): EncodedTable | undefined {
    this.#encodedHeaders ??= peekEncodedHeaders(this.#bytes, this.#start, this.#end, this.#hidden);
    return this.#encodedHeaders;
  }

  #readHeaders(): FieldTable | undefined {
    const headers = peekHeaders(this.#bytes, this.#start, this.#end);
    if (headers === undefined || this.#hidden === undefined) return headers;
    const shown = new Map(headers);
    shown.delete(this.#hidden);
    return shown;
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
