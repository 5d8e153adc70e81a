import type { Difference } from './accepted.ts';

const OLD_PLACE = 'what comes back goes to its old place, in a quorum queue too';

/** A message without headers that is got, and how many there are behind it. */
function got(tag: number, header: string, body: string, left: number, redelivered = false): string[] {
  const flags = `redelivered:${redelivered}, exchange:'', routingKey:'q'`;
  return [
    "> 1 basic.get {queue:'q', noAck:true}",
    `< 1 basic.get-ok {deliveryTag:${tag}, ${flags}, messageCount:${left}}`,
    `< 1 header ${header}`,
    `< 1 body "${body}"`,
  ];
}

const COUNTS = 'headers:{x-acquired-count:l1, x-delivery-count:l1}';
const COUNTED = `1 {${COUNTS}}`;
const LOW = `3 {${COUNTS}, priority:1}`;
const HIGH = `3 {${COUNTS}, priority:9}`;

const DEATH =
  'x-death:[{count:l1, exchange:S"", queue:S"q", reason:S"rejected", routing-keys:[S"q", S"copy"], time:T*}]';
const FIRST_DEATH = 'x-first-death-exchange:S"", x-first-death-queue:S"q", x-first-death-reason:S"rejected"';
const LAST_DEATH = 'x-last-death-exchange:S"", x-last-death-queue:S"q", x-last-death-reason:S"rejected"';

const TIMEOUTS = 'every kind of queue has consumer timeouts';

function timedOut(timeoutMs: number): string[] {
  const text = `delivery acknowledgement on channel 1 timed out. Timeout value used: ${timeoutMs} ms. This timeout value can be configured, see consumers doc guide to learn more`;
  return [`< 1 channel.close {replyCode:406, replyText:'PRECONDITION_FAILED - ${text}', classId:0, methodId:0}`];
}

const TELLS_TIMEOUT: readonly Difference[] = [
  { reason: 'the timeout is told, instead of -1', reference: timedOut(-1), leveret: timedOut(300) },
];

/** What queues do otherwise. */
export const QUEUES: Readonly<Record<string, readonly Difference[]>> = {
  'queue with x-delivery-limit on a classic queue': [
    {
      reason: 'every kind of queue has delivery limits',
      reference: [
        "< 1 channel.close {replyCode:406, replyText:'PRECONDITION_FAILED - invalid arg 'x-delivery-limit' for queue 'q' in vhost '/' of queue type rabbit_classic_queue', classId:50, methodId:10}",
      ],
      leveret: ["< 1 queue.declare-ok {queue:'q', messageCount:0, consumerCount:0}"],
    },
  ],
  'consumer timeout: of a client that is not told': TELLS_TIMEOUT,
  'consumer timeout: of a consumer that was cancelled': TELLS_TIMEOUT,
  'consumer timeout: of what was got': TELLS_TIMEOUT,
  'consumer timeout: and settled afterwards': [
    {
      reason: 'who was told that it is cancelled is, and gets nothing more when it settles',
      reference: ["< 1 queue.declare-ok {queue:'q', messageCount:0, consumerCount:1}"],
      leveret: ["< 1 queue.declare-ok {queue:'q', messageCount:0, consumerCount:0}"],
    },
  ],
  'consumer timeout: in a classic queue': [
    {
      reason: TIMEOUTS,
      reference: [
        "< 1 channel.close {replyCode:406, replyText:'PRECONDITION_FAILED - invalid arg 'x-consumer-timeout' for queue 'q' in vhost '/' of queue type rabbit_classic_queue', classId:60, methodId:20}",
      ],
      leveret: ["< 1 basic.consume-ok {consumerTag:'ct'}"],
    },
  ],
  'consumer timeout: of a classic queue': [
    {
      reason: TIMEOUTS,
      reference: [
        "< 1 channel.close {replyCode:406, replyText:'PRECONDITION_FAILED - invalid arg 'x-consumer-timeout' for queue 'q2' in vhost '/' of queue type rabbit_classic_queue', classId:50, methodId:10}",
      ],
      leveret: ["< 1 queue.declare-ok {queue:'q2', messageCount:0, consumerCount:0}"],
    },
  ],
  'dead letter: CC without a routing key': [
    {
      reason:
        'nobody may see BCC, and it is not kept: who got a blind copy does not get a dead letter of the other copies',
      reference: [
        "> 1 basic.get {queue:'blind', noAck:true}",
        "< 1 basic.get-ok {deliveryTag:4, redelivered:false, exchange:'dlx', routingKey:'q', messageCount:0}",
        `< 1 header 1 {headers:{CC:[S"copy"], ${DEATH}, ${FIRST_DEATH}, ${LAST_DEATH}}}`,
        '< 1 body "m"',
      ],
      leveret: ["> 1 basic.get {queue:'blind', noAck:true}", '< 1 basic.get-empty'],
    },
  ],
  'retry: limit': [
    {
      reason: 'nobody has had a dead letter in its new queue, and RabbitMQ says so too where nothing has waited',
      reference: ["< 1 basic.get-ok {deliveryTag:3, redelivered:true, exchange:'', routingKey:'dead', messageCount:0}"],
      leveret: ["< 1 basic.get-ok {deliveryTag:3, redelivered:false, exchange:'', routingKey:'dead', messageCount:0}"],
    },
  ],
  'retry: a classic queue': [
    {
      reason: 'every kind of queue has delayed retries',
      reference: [
        "< 1 channel.close {replyCode:406, replyText:'PRECONDITION_FAILED - invalid arg 'x-delayed-retry-max' for queue 'q' in vhost '/' of queue type rabbit_classic_queue', classId:50, methodId:10}",
      ],
      leveret: ["< 1 queue.declare-ok {queue:'q', messageCount:0, consumerCount:0}"],
    },
  ],
  'delivery limit: out of order': [
    {
      reason: OLD_PLACE,
      reference: [...got(4, COUNTED, '2', 1, true), ...got(5, COUNTED, '1', 0, true)],
      leveret: [...got(4, COUNTED, '1', 1, true), ...got(5, COUNTED, '2', 0, true)],
    },
  ],
  'priority of what comes back to a quorum queue': [
    {
      reason: OLD_PLACE,
      reference: [
        ...got(3, LOW, '1 1', 2, true),
        ...got(4, HIGH, '9 0', 1, true),
        ...got(5, '3 {priority:5}', '5 0', 0),
      ],
      leveret: [...got(3, HIGH, '9 0', 2, true), ...got(4, '3 {priority:5}', '5 0', 1), ...got(5, LOW, '1 1', 0, true)],
    },
  ],
  'x-max-length-bytes of a quorum queue': [
    {
      reason: 'bodies count, and nothing else: in RabbitMQ’s classic queues too',
      reference: got(1, '1 {}', '3', 0),
      leveret: [...got(1, '4 {}', '2222', 1), ...got(2, '1 {}', '3', 0)],
    },
  ],
  'priority and expiry': [
    {
      reason: 'what is dead does not wait behind a higher priority that lives: each priority has a first message',
      reference: ["< 1 queue.declare-ok {queue:'q', messageCount:3, consumerCount:0}"],
      leveret: ["< 1 queue.declare-ok {queue:'q', messageCount:1, consumerCount:0}"],
    },
  ],
};
