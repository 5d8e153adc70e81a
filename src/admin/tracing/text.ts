import { isUtf8 } from 'node:buffer';
import { type FieldTable, type FieldValue, fieldTypeName } from '../../codec/table.ts';
import { printField } from '../../core/exchange/print_field.ts';
import { printBinary } from '../../lib/erlang.ts';
import { layOut, type Term } from '../../lib/erlang_layout.ts';
import { type TraceRecord, timeText } from './record.ts';

/**
 * A message in a trace's file of the format `text`, as RabbitMQ writes it:
 *
 *     ================================================================================
 *     2026-11-23T16:40:38.190+00:00: Message published
 *
 *     Node:         leveret@localhost
 *     Connection:   127.0.0.1:55916 -> 127.0.0.1:5672
 *     Virtual host: /
 *     User:         guest
 *     Channel:      1
 *     Exchange:     orders
 *     Routing keys: [<<"new">>]
 *     Routed queues: [<<"work">>]                      Queue:        work       of one that was received
 *     Properties:   [{<<"delivery_mode">>,signedint,2},
 *                    {<<"content_type">>,longstr,<<"text/plain">>}]
 *     Payload:
 *     hello
 *
 * An empty line comes before it, and `Payload:` ends in a space.
 */
export function textRecord(record: TraceRecord): Buffer {
  const { type, node, connection, vhost, user, channel, exchange, queue, routingKeys, routedQueues } = record;
  const lines = [
    '',
    '='.repeat(80),
    `${timeText(record)}: Message ${type}`,
    '',
    `Node:         ${node}`,
    `Connection:   ${connection}`,
    `Virtual host: ${vhost}`,
    `User:         ${user}`,
    `Channel:      ${channel}`,
    `Exchange:     ${exchange}`,
    behind('Routing keys: ', binaries(routingKeys)),
    ...(queue === undefined ? [] : [`Queue:        ${queue}`]),
    ...(routedQueues === undefined ? [] : [behind('Routed queues: ', binaries(routedQueues))]),
    behind('Properties:   ', propertiesTerm(record.properties)),
    'Payload: ',
    '',
  ];
  return Buffer.concat([Buffer.from(lines.join('\n')), shown(record.payload), Buffer.from('\n')]);
}

/** What is not UTF-8 is taken for Latin-1. */
function shown(payload: Uint8Array): Uint8Array {
  return isUtf8(payload) ? payload : Buffer.from(Buffer.from(payload).toString('latin1'));
}

function behind(label: string, term: Term): string {
  return label + layOut(term, label.length + 1);
}

function binaries(names: readonly Uint8Array[]): Term {
  return { brackets: '[]', items: names.map(printBinary) };
}

/** The last that the protocol has comes first; headers are in the order of their names. */
function propertiesTerm(properties: FieldTable): Term {
  const items = [...properties].reverse().map(([name, field]): Term => {
    if (field.tag !== 'F') return entryTerm(name, field);
    const sorted = [...field.value].sort(([a], [b]) => (a < b ? -1 : 1));
    return entryTerm(name, { tag: 'F', value: new Map(sorted) });
  });
  return { brackets: '[]', items };
}

function entryTerm(name: string, field: FieldValue): Term {
  return { brackets: '{}', items: [printBinary(Buffer.from(name)), fieldTypeName(field), fieldTerm(field)] };
}

function fieldTerm(field: FieldValue): Term {
  if (field.tag === 'F') {
    return { brackets: '[]', items: Array.from(field.value, ([name, value]) => entryTerm(name, value)) };
  }
  if (field.tag !== 'A') return printField(field);
  const items = field.value.map((item): Term => ({ brackets: '{}', items: [fieldTypeName(item), fieldTerm(item)] }));
  return { brackets: '[]', items };
}
