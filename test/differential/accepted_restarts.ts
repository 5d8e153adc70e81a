import type { Difference } from './accepted.ts';

const NEW =
  'nobody has had a dead letter in its new queue, and RabbitMQ says so too of those that are consumed at once';
const REMEMBERED = 'that a message was delivered is kept, in a classic queue too';
const OLD_PLACE = 'what comes back goes to its old place, in a quorum queue too';

function getOk(tag: number, redelivered: boolean, rest: string): string {
  return `< 1 basic.get-ok {deliveryTag:${tag}, redelivered:${redelivered}, ${rest}}`;
}

/** A dead letter that is got. */
function newInGrave(tag: number, queue: string, exchange = ''): Difference {
  const rest = `exchange:'${exchange}', routingKey:'${queue}', messageCount:0`;
  return { reason: NEW, reference: [getOk(tag, true, rest)], leveret: [getOk(tag, false, rest)] };
}

/** A message of a classic queue that had come back before. */
function remembered(tag: number, left: number, body: string): Difference {
  const rest = `exchange:'', routingKey:'q', messageCount:${left}`;
  const got = (redelivered: boolean): string[] => [
    "> 1 basic.get {queue:'q', noAck:true}",
    getOk(tag, redelivered, rest),
    '< 1 header 1 {deliveryMode:2}',
    `< 1 body "${body}"`,
  ];
  return { reason: REMEMBERED, reference: got(false), leveret: got(true) };
}

/** What a quorum queue gives of three messages, in this order. */
function given(...messages: readonly (readonly [headers: string, body: string])[]): string[] {
  return messages.flatMap(([headers, body], index) => [
    "> 1 basic.get {queue:'q', noAck:true}",
    getOk(index + 1, true, `exchange:'', routingKey:'q', messageCount:${messages.length - index - 1}`),
    `< 1 header 1 {headers:{${headers}}, deliveryMode:2}`,
    `< 1 body "${body}"`,
  ]);
}

const LOST = 'x-acquired-count:l1, x-delivery-count:l1';

/** What is otherwise after a restart. */
export const RESTARTS: Readonly<Record<string, readonly Difference[]>> = {
  'restarted: returned, classic queue': [remembered(1, 1, '1')],
  'restarted: returned and unsettled, classic queue': [remembered(3, 0, '3')],
  'restarted: returned and unsettled, quorum queue': [
    {
      reason: OLD_PLACE,
      reference: given(['x-acquired-count:l1', '3'], [LOST, '1'], [LOST, '2']),
      leveret: given([LOST, '1'], [LOST, '2'], ['x-acquired-count:l1', '3']),
    },
  ],
  'restarted: delivery limit': [newInGrave(2, 'dead')],
  'restarted: delivery limit and lost deliveries': [newInGrave(1, 'dead')],
  'restarted: dead letter, rejected before, classic queue': [newInGrave(1, 'q', 'dlx')],
  'restarted: dead letter, rejected before, quorum queue': [newInGrave(1, 'q', 'dlx')],
  'restarted: dead letter, rejected after, classic queue': [newInGrave(2, 'q', 'dlx')],
  'restarted: dead letter, rejected after, quorum queue': [newInGrave(2, 'q', 'dlx')],
  'restarted: dead letter, delivery_limit before, quorum queue': [newInGrave(1, 'q', 'dlx')],
  'restarted: dead letter, delivery_limit after, quorum queue': [newInGrave(3, 'q', 'dlx')],
  'restarted: dead letter, a second death': [newInGrave(2, 'q', 'dlx')],
  'restarted: dead letter, round and round': [
    newInGrave(2, 'dead'),
    newInGrave(3, 'q'),
    newInGrave(1, 'dead'),
    newInGrave(2, 'q'),
    newInGrave(3, 'dead'),
  ],
  'restarted: dead letter, carbon copies': [newInGrave(2, 'dead')],
  'restarted: policy: dead-lettering, classic queue': [newInGrave(2, 'dead')],
  'restarted: policy: dead-lettering, quorum queue': [newInGrave(2, 'dead')],
  'restarted: a transient exchange bound to an exchange': [
    {
      reason:
        'the protocol has it that what is not durable goes; RabbitMQ keeps transient exchanges since they are in Khepri',
      reference: ["> 1 exchange.declare {exchange:'x2', passive:true}", '< 1 exchange.declare-ok'],
      leveret: [
        "> 1 exchange.declare {exchange:'x2', passive:true}",
        "< 1 basic.return {replyCode:312, replyText:'NO_ROUTE', exchange:'x1', routingKey:'a'}",
        '< 1 header 1 {}',
        '< 1 body "a"',
        "< 1 channel.close {replyCode:404, replyText:'NOT_FOUND - no exchange 'x2' in vhost '/'', classId:40, methodId:10}",
      ],
    },
  ],
  'restarted: an exchange that deletes itself, with a transient queue': [
    {
      reason: 'nothing is written of a transient queue, so nobody knows afterwards that the exchange had a binding',
      reference: [
        "< 1 channel.close {replyCode:404, replyText:'NOT_FOUND - no exchange 'x' in vhost '/'', classId:40, methodId:10}",
      ],
      leveret: ['< 1 exchange.declare-ok'],
    },
  ],
};
