import type { ConnectionStartOk } from '../codec/methods.gen.ts';
import type { FieldTable } from '../codec/table.ts';
import { readTable } from '../codec/table_wire.ts';
import { WireReader } from '../codec/wire_reader.ts';
import { WireWriter } from '../codec/wire_writer.ts';
import type { Connection } from './connection/connection.ts';

/** How a client introduced itself. */
export interface Introduction {
  readonly mechanism: string;
  readonly clientProperties: FieldTable;
}

/** Its properties are kept as they came: one allocation for each connection, of which there may be very many. */
interface Kept {
  readonly mechanism: string;
  readonly table: Uint8Array;
}

/** Only where somebody may ask. */
const introductions = new WeakMap<Connection, Kept>();

export function keepIntroduction(connection: Connection, { mechanism, clientProperties }: ConnectionStartOk): void {
  const writer = new WireWriter(1024);
  writer.table(clientProperties);
  introductions.set(connection, { mechanism, table: Uint8Array.from(writer.bytes.subarray(0, writer.offset)) });
}

/** Undefined for one that came when nobody would ask. */
export function introductionOf(connection: Connection): Introduction | undefined {
  const kept = introductions.get(connection);
  if (kept === undefined) return undefined;
  const { mechanism, table } = kept;
  return { mechanism, clientProperties: readTable(new WireReader(table, 0, table.length)) };
}
