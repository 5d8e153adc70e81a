import { bytesToText, fromPlain, getString, type PlainTable, toPlain } from '../codec/table.ts';
import { readTable } from '../codec/table_wire.ts';
import type { WireReader } from '../codec/wire_reader.ts';
import type { WireWriter } from '../codec/wire_writer.ts';
import type { ApplyTo, Policy, PolicyKind, PolicyValue } from '../core/policy/policy.ts';

/**
 * The fields of a policy record, a name and a table of the rest as RabbitMQ's definitions have it:
 *
 *     ┌─────────┬───────────────┬──────────────────────────────────────────────────────────────────┐
 *     │ kind:1  │ name longstr  │ table: pattern S, apply-to S, priority I or d, definition table  │   kind 1: an operator's
 *     └─────────┴───────────────┴──────────────────────────────────────────────────────────────────┘
 */
export function writePolicy(writer: WireWriter, kind: PolicyKind, policy: Policy): void {
  const { name, pattern, applyTo, priority, definition } = policy;
  writePolicyKind(writer, kind);
  writer.longstr(name);
  writer.table(fromPlain({ pattern, 'apply-to': applyTo, priority, definition: Object.fromEntries(definition) }));
}

export function readPolicy(reader: WireReader): Policy {
  const name = bytesToText(reader.longstr());
  const table = readTable(reader);
  const { priority, definition } = toPlain(table);
  return {
    name,
    pattern: getString(table, 'pattern') ?? '',
    applyTo: (getString(table, 'apply-to') ?? 'all') as ApplyTo,
    priority: Number(priority),
    definition: new Map(Object.entries(definition as PlainTable) as [string, PolicyValue][]),
  };
}

export function writePolicyKind(writer: WireWriter, kind: PolicyKind): void {
  writer.u8(kind === 'policy' ? 0 : 1);
}

export function readPolicyKind(reader: WireReader): PolicyKind {
  return reader.u8() === 0 ? 'policy' : 'operator policy';
}
