// The same messages as RabbitMQ 4.3's tracing plugin wrote them, but for the node's name.

import { expect, test } from 'vitest';
import { jsonRecord } from '../../../../src/admin/tracing/json.ts';
import type { TraceRecord } from '../../../../src/admin/tracing/record.ts';
import { textRecord } from '../../../../src/admin/tracing/text.ts';
import type { FieldTable, FieldValue } from '../../../../src/codec/table.ts';

const byte = (value: number): FieldValue => ({ tag: 'b', value });
const longstr = (text: string): FieldValue => ({ tag: 'S', value: Buffer.from(text) });
const nothing: FieldValue = { tag: 'V', value: undefined };

const HEADERS: FieldTable = new Map<string, FieldValue>([
  ['s', longstr('str')],
  ['a', byte(1)],
  ['b', { tag: 't', value: true }],
  ['f', { tag: 'd', value: 1.5 }],
  ['arr', { tag: 'A', value: [byte(1), longstr('two'), nothing] }],
  ['buf', { tag: 'x', value: Uint8Array.of(1, 2, 255) }],
  ['d', { tag: 'T', value: 123456 }],
]);

const RECEIVED: TraceRecord = {
  timeMs: Date.UTC(2026, 10, 23, 16, 40, 38, 190),
  type: 'received',
  exchange: 'x',
  queue: 'qé2',
  node: 'leveret@localhost',
  connection: '127.0.0.1:55916 -> 127.0.0.1:5673',
  vhost: 'trace-probe',
  user: 'guest',
  channel: 1,
  routingKeys: [Buffer.from('key')],
  routedQueues: undefined,
  properties: new Map<string, FieldValue>([
    ['content_type', longstr('text/plain')],
    ['headers', { tag: 'F', value: HEADERS }],
    ['delivery_mode', { tag: 'I', value: 2 }],
  ]),
  payload: Buffer.from('hello trace'),
};

const PUBLISHED: TraceRecord = {
  ...RECEIVED,
  type: 'published',
  queue: undefined,
  routedQueues: [Buffer.from('qé2'), Buffer.from('q')],
  properties: new Map(),
  payload: Uint8Array.of(0xff, 0xfe, 0, 65),
};

test('text: what was received', () => {
  expect(textRecord(RECEIVED).toString()).toBe(`
================================================================================
2026-11-23T16:40:38.190+00:00: Message received

Node:         leveret@localhost
Connection:   127.0.0.1:55916 -> 127.0.0.1:5673
Virtual host: trace-probe
User:         guest
Channel:      1
Exchange:     x
Routing keys: [<<"key">>]
Queue:        qé2
Properties:   [{<<"delivery_mode">>,signedint,2},
               {<<"headers">>,table,
                [{<<"a">>,byte,1},
                 {<<"arr">>,array,
                  [{byte,1},{longstr,<<"two">>},{void,undefined}]},
                 {<<"b">>,bool,true},
                 {<<"buf">>,binary,<<1,2,255>>},
                 {<<"d">>,timestamp,123456},
                 {<<"f">>,double,1.5},
                 {<<"s">>,longstr,<<"str">>}]},
               {<<"content_type">>,longstr,<<"text/plain">>}]
Payload:${' '}
hello trace
`);
});

test('text: what was published, with a body that is no UTF-8', () => {
  const lines = textRecord(PUBLISHED).toString().split('\n');
  expect(lines.slice(2, 3)).toEqual(['2026-11-23T16:40:38.190+00:00: Message published']);
  expect(lines.slice(10)).toEqual([
    'Routing keys: [<<"key">>]',
    'Routed queues: [<<"qé2"/utf8>>,<<"q">>]',
    'Properties:   []',
    'Payload: ',
    'ÿþ\0A',
    '',
  ]);
});

test('JSON: what was received', () => {
  expect(jsonRecord(RECEIVED).toString()).toBe(
    `${JSON.stringify({
      node: 'leveret@localhost',
      timestamp: '2026-11-23T16:40:38.190+00:00',
      type: 'received',
      exchange: 'x',
      user: 'guest',
      queue: 'qé2',
      connection: '127.0.0.1:55916 -> 127.0.0.1:5673',
      vhost: 'trace-probe',
      channel: 1,
      routing_keys: ['key'],
      properties: {
        content_type: 'text/plain',
        delivery_mode: 2,
        headers: {
          a: 1,
          arr: [1, 'two', 'undefined'],
          b: true,
          buf: 'Not UTF-8, base64 is: AQL/',
          d: 123456,
          f: 1.5,
          s: 'str',
        },
      },
      payload: 'aGVsbG8gdHJhY2U=',
      routed_queues: 'none',
    })}\n`,
  );
});

test('JSON: what was published', () => {
  expect(JSON.parse(jsonRecord(PUBLISHED).toString())).toMatchObject({
    type: 'published',
    queue: 'none',
    properties: {},
    payload: '//4AQQ==',
    routed_queues: ['qé2', 'q'],
  });
});
