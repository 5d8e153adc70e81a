import { QUEUES } from './accepted_queues.ts';
import { RESTARTS } from './accepted_restarts.ts';

/** What Leveret says in place of what the reference says, and why it may. */
export interface Difference {
  readonly reason: string;
  /** Lines of the reference's transcript, next to one another. */
  readonly reference: readonly string[];
  /** What stands in their place in Leveret's. */
  readonly leveret: readonly string[];
}

const SILENCE = 'RabbitMQ drops the socket without a word after three seconds; a client is told what it did wrong';
const GENTLER = 'clients still use it, and nothing stands against it';
const CRASH = 'RabbitMQ’s channel or reader process crashes; the mistake has a reply code of its own';
const FEWER = 'anonymous logins have to be asked for';
const NO_AMQP_1 = 'there is no AMQP 1.0 here, so the protocol that is spoken is named';

function refusal(code: number, text: string, classId = 0, methodId = 0): string {
  return `< 0 connection.close {replyCode:${code}, replyText:'${text}', classId:${classId}, methodId:${methodId}}`;
}

/** Silence, where a close with its reason belongs. */
function told(code: number, text: string, classId = 0, methodId = 0, reason: string = SILENCE): Difference {
  return { reason, reference: ['< dropped'], leveret: [refusal(code, text, classId, methodId), '< closed'] };
}

/** A crash that the client hears of as an internal error. */
function internalError(code: number, text: string, classId: number, methodId: number): Difference {
  return {
    reason: CRASH,
    reference: [refusal(541, 'INTERNAL_ERROR')],
    leveret: [refusal(code, text, classId, methodId)],
  };
}

/** A server that introduces itself. */
function started(capabilities: readonly string[], mechanisms: string): string {
  const announced = capabilities.map((name) => `${name}:ttrue`).join(', ');
  const about = 'cluster_name:*, copyright:*, information:*, platform:*, product:*, version:*';
  const properties = `serverProperties:{capabilities:{${announced}}, ${about}}`;
  return `< 0 connection.start {versionMajor:0, versionMinor:9, ${properties}, mechanisms:${mechanisms}, locales:"en_US"}`;
}

const CAPABILITIES = [
  'authentication_failure_close',
  'basic.nack',
  'connection.blocked',
  'consumer_cancel_notify',
  'consumer_priorities',
  'direct_reply_to',
  'exchange_exchange_bindings',
  'per_consumer_qos',
  'publisher_confirms',
];

const INTRODUCTION: Difference = {
  reason: FEWER,
  reference: [started(CAPABILITIES, 'AMQPLAIN ANONYMOUS PLAIN')],
  leveret: [started(CAPABILITIES, 'AMQPLAIN PLAIN')],
};

const SPOKEN: Difference = { reason: NO_AMQP_1, reference: ['< AMQP 3 1 0 0'], leveret: ['< AMQP 0 0 9 1'] };

const tuning = (text: string): readonly Difference[] => [told(530, `NOT_ALLOWED - negotiated ${text}`, 10, 31)];
const TOO_HIGH = 'is higher than the maximum allowed value';

const malformed = [internalError(502, 'SYNTAX_ERROR - malformed content properties', 60, 40)];

const HANDSHAKE: Readonly<Record<string, readonly Difference[]>> = {
  'protocol header 0-9-1': [INTRODUCTION],
  'protocol header 1-1-0-9': [INTRODUCTION],
  'protocol header in single bytes': [INTRODUCTION],
  'pipelined handshake': [INTRODUCTION],
  'protocol header 0-8': [SPOKEN],
  'protocol header 1-0': [SPOKEN],
  'an HTTP request': [SPOKEN],
  'a TLS hello': [SPOKEN],
  'login by PLAIN with an authorization id': [
    told(502, 'SYNTAX_ERROR - response for PLAIN is not of its form', 10, 11),
  ],
  'malformed PLAIN response': [told(502, 'SYNTAX_ERROR - response for PLAIN is not of its form', 10, 11)],
  'malformed PLAIN response with one zero byte': [
    told(502, 'SYNTAX_ERROR - response for PLAIN is not of its form', 10, 11),
  ],
  'empty PLAIN response': [told(502, 'SYNTAX_ERROR - response for PLAIN is not of its form', 10, 11)],
  'AMQPLAIN without a password': [
    told(502, 'SYNTAX_ERROR - AMQPLAIN auth info is missing LOGIN or PASSWORD field', 10, 11),
  ],
  'unknown mechanism': [told(503, "COMMAND_INVALID - unknown authentication mechanism 'SCRAM-SHA-1'", 10, 11)],
  'login by ANONYMOUS': [
    {
      reason: FEWER,
      reference: ['< 0 connection.tune {channelMax:2047, frameMax:131072, heartbeat:60}'],
      leveret: [refusal(503, "COMMAND_INVALID - unknown authentication mechanism 'ANONYMOUS'", 10, 11), '< closed'],
    },
  ],
  'start-ok larger than a frame may be before login': [
    told(501, 'FRAME_ERROR - type 1, all octets = <<>>: {frame_too_large,9049,8184}'),
  ],
  'tune-ok with frame_max 4096': [{ reason: GENTLER, reference: ['< dropped'], leveret: ['< 0 connection.open-ok'] }],
  'tune-ok with frame_max 4095': tuning('frame_max = 4095 is lower than the minimum allowed value (4096)'),
  'tune-ok with frame_max above the offer': tuning(`frame_max = 131073 ${TOO_HIGH} (131072)`),
  'tune-ok with frame_max 0': tuning(`frame_max = 0 ${TOO_HIGH} (131072)`),
  'tune-ok with channel_max above the offer': tuning(`channel_max = 2048 ${TOO_HIGH} (2047)`),
  'tune-ok with channel_max 0': tuning(`channel_max = 0 ${TOO_HIGH} (2047)`),
  'open in place of start-ok': [told(504, 'CHANNEL_ERROR - unexpected method in connection state starting', 10, 40)],
  'open in place of tune-ok': [told(504, 'CHANNEL_ERROR - unexpected method in connection state tuning', 10, 40)],
  'close in place of start-ok': [told(504, 'CHANNEL_ERROR - unexpected method in connection state starting', 10, 50)],
  'close in place of open': [
    {
      reason: 'a client may always leave',
      reference: [refusal(504, 'CHANNEL_ERROR - unexpected method in connection state opening', 10, 50), '< closed'],
      leveret: ['< 0 connection.close-ok'],
    },
  ],
  'wrong end octet before login': [
    told(501, 'FRAME_ERROR - type 1, all octets = <<0,10,0,11>>: {invalid_frame_end_marker,0}'),
  ],
  'unknown method before login': [told(503, 'COMMAND_INVALID - unimplemented method', 10, 99)],
};

const FRAMES: Readonly<Record<string, readonly Difference[]>> = {
  'truncated properties': malformed,
  'property flags with a continuation': malformed,
  'bytes behind the properties': malformed,
  'headers property with an unknown tag': malformed,
  'message larger than the server takes': [
    {
      reason: 'messages may be as large as 128 MiB',
      reference: [
        "< 1 channel.close {replyCode:406, replyText:'PRECONDITION_FAILED - message size 20000000 is larger than configured max size 16777216', classId:60, methodId:40}",
      ],
      leveret: ['< 1 basic.qos-ok'],
    },
  ],
  'unknown field tag': [told(502, "SYNTAX_ERROR - unknown field table value type 'z'", 50, 10, CRASH)],
  'truncated field value': [
    told(501, 'FRAME_ERROR - cannot decode <<0,0,1,113,1,0,0,0,5,1,97,108,0,0>>', 50, 10, CRASH),
  ],
  'unknown class': [told(503, 'COMMAND_INVALID - unimplemented method', 99, 10, CRASH)],
  'unknown class on channel 0': [told(503, 'COMMAND_INVALID - unimplemented method', 99, 10, CRASH)],
  'unknown method': [told(503, 'COMMAND_INVALID - unimplemented method', 50, 99, CRASH)],
  'basic.cancel-ok from a client': [internalError(503, 'COMMAND_INVALID - unimplemented method', 60, 31)],
};

/** What basic.get finds of the messages that a headers exchange let through, by the rendered header. */
function found(...headers: readonly (readonly [header: string, body: string])[]): string[] {
  return headers.flatMap(([header, body], index) => [
    "> 1 basic.get {queue:'q', noAck:true}",
    `< 1 basic.get-ok {deliveryTag:${index + 1}, redelivered:false, exchange:'x', routingKey:'', messageCount:${headers.length - index - 1}}`,
    `< 1 header 1 {headers:{a:${header}}}`,
    `< 1 body "${body}"`,
  ]);
}

const INTEGERS = ['b', 'B', 's', 'u', 'I', 'i', 'l'].map((tag, index) => [`${tag}1`, `${index}`] as const);

const CHANNELS: Readonly<Record<string, readonly Difference[]>> = {
  'headers: timestamp': [
    {
      reason: 'RabbitMQ compares a timestamp in milliseconds with one in seconds, and with integers as if it were one',
      reference: found(...INTEGERS),
      leveret: found(['T1', '9']),
    },
  ],
  'queue name of 255 bytes in UTF-8': [
    {
      reason: CRASH,
      reference: [refusal(541, 'INTERNAL_ERROR'), '< closed'],
      leveret: [
        `< 1 channel.close {replyCode:404, replyText:'NOT_FOUND - no queue '${'ä'.repeat(115)}...', classId:50, methodId:10}`,
      ],
    },
  ],
  'expiration with a sign': [
    {
      reason: 'properties come out as they went in',
      reference: ["< 1 header 1 {expiration:'100000'}"],
      leveret: ["< 1 header 1 {expiration:'+100000'}"],
    },
  ],
  'channel.flow that stops': [
    {
      reason: GENTLER,
      reference: [refusal(540, 'NOT_IMPLEMENTED - active=false', 20, 20), '< closed'],
      leveret: [
        '< 1 channel.flow-ok {active:false}',
        "> 1 basic.publish {routingKey:'q'}",
        '> 1 header 1 {}',
        '> 1 body "1"',
        '> 1 channel.flow {active:true}',
        '< 1 channel.flow-ok {active:true}',
        "< 1 basic.deliver {consumerTag:'ct', deliveryTag:1, redelivered:false, exchange:'', routingKey:'q'}",
        '< 1 header 1 {}',
        '< 1 body "1"',
      ],
    },
  ],
  'recover without requeue': [
    {
      reason: GENTLER,
      reference: [refusal(540, 'NOT_IMPLEMENTED - requeue=false', 60, 110), '< closed'],
      leveret: [
        '< 1 basic.recover-ok',
        "< 1 basic.deliver {consumerTag:'ct', deliveryTag:3, redelivered:true, exchange:'', routingKey:'q'}",
        '< 1 header 1 {}',
        '< 1 body "1"',
        "< 1 basic.deliver {consumerTag:'ct', deliveryTag:4, redelivered:true, exchange:'', routingKey:'q'}",
        '< 1 header 1 {}',
        '< 1 body "2"',
      ],
    },
  ],
};

const REPLIES = 'amq.rabbitmq.reply-to';

/** What RabbitMQ's channel crashes over. */
function declared(replyText: string): Difference {
  return {
    reason: CRASH,
    reference: [refusal(541, 'INTERNAL_ERROR'), '< closed'],
    leveret: [`< 1 channel.close {${replyText}, classId:50, methodId:10}`],
  };
}

const NO_SUCH_ADDRESS = declared(`replyCode:404, replyText:'NOT_FOUND - no queue '${REPLIES}.nosuch' in vhost '/''`);

/** Where RabbitMQ drops the message. */
const COMES_BACK: Difference = {
  reason: 'a mandatory message that nobody gets comes back, replies among them',
  reference: ['b< 1 channel.flow-ok {active:true}'],
  leveret: [
    `b< 1 basic.return {replyCode:312, replyText:'NO_ROUTE', exchange:'', routingKey:'${REPLIES}.*'}`,
    'b< 1 header 1 {}',
    'b< 1 body "m"',
    'b< 1 channel.flow-ok {active:true}',
  ],
};

const DIRECT_REPLIES: Readonly<Record<string, readonly Difference[]>> = {
  'consumer with the tag of a reply consumer': [
    {
      reason: 'a tag stands for one consumer, of replies too: which one would a cancel mean?',
      reference: [
        "> 1 basic.consume {queue:'q', consumerTag:'a', noAck:true}",
        "< 1 basic.consume-ok {consumerTag:'a'}",
      ],
      leveret: [
        "> 1 basic.consume {queue:'q', consumerTag:'a', noAck:true}",
        refusal(530, "NOT_ALLOWED - attempt to reuse consumer tag 'a'", 60, 20),
        '< closed',
      ],
    },
  ],
  'declare of an address that leads nowhere': [NO_SUCH_ADDRESS],
  'passive declare of an address that leads nowhere': [NO_SUCH_ADDRESS],
  'declare of what begins like the reply queue': [
    declared(`replyCode:403, replyText:'ACCESS_REFUSED - queue name '${REPLIES}x' contains reserved prefix 'amq.*''`),
  ],
  'reply after the consumer was cancelled': [COMES_BACK],
  'reply after the channel was closed': [COMES_BACK],
};

/** A hash argument that is no string. */
function notAName(name: string, type: string): Difference {
  const text = `PRECONDITION_FAILED - invalid type '${type}' for arg '${name}'`;
  return {
    reason: CRASH,
    reference: [refusal(541, 'INTERNAL_ERROR'), '< closed'],
    leveret: [`< 1 channel.close {replyCode:406, replyText:'${text}', classId:40, methodId:10}`],
  };
}

const remembered = (first: string, second: string): readonly string[] => [
  `< 1 body "${first}"`,
  "> 1 basic.get {queue:'q', noAck:true}",
  "< 1 basic.get-ok {deliveryTag:2, redelivered:false, exchange:'x', routingKey:'k', messageCount:0}",
  '< 1 header 1 {}',
  `< 1 body "${second}"`,
];

const EXCHANGE_TYPES: Readonly<Record<string, readonly Difference[]>> = {
  'consistent hash: a header that is no string': [notAName('hash-header', 'signedint')],
  'consistent hash: a property that is no string': [notAName('hash-property', 'bool')],
  'recent history: an exchange bound to it': [
    {
      reason: 'a history is told in its order, to exchanges as to queues',
      reference: remembered('2', '1'),
      leveret: remembered('1', '2'),
    },
  ],
  'recent history: an exchange that leads nowhere bound to it': [
    {
      reason: 'RabbitMQ adds the binding, and closes the connection over a history that nobody gets',
      reference: [refusal(541, "INTERNAL_ERROR - could not find queue/exchange ''", 40, 30), '< closed'],
      leveret: ['< 1 exchange.bind-ok'],
    },
  ],
};

function blindCopy(routingKeys: readonly string[]): string {
  const keys = routingKeys.map((key) => `S"${key}"`).join(', ');
  const message = `exchange_name:S"x", node:S"*", properties:{headers:{a:I1}}, routed_queues:[S"q"], routing_keys:[${keys}]`;
  return `< 1 header 4 {headers:{channel:I1, connection:S"*", ${message}, user:S"guest", vhost:S"/"}}`;
}

const TRACES: Readonly<Record<string, readonly Difference[]>> = {
  'a traced message with BCC': [
    {
      reason: 'whom BCC names is for nobody to see; the queues are told all the same',
      reference: [blindCopy(['nowhere', 'to.q', 'elsewhere'])],
      leveret: [blindCopy(['nowhere'])],
    },
  ],
};

/** By the name of the conversation. A difference that no longer applies fails, as an unlisted one does. */
export const ACCEPTED: Readonly<Record<string, readonly Difference[]>> = {
  ...HANDSHAKE,
  ...FRAMES,
  ...CHANNELS,
  ...EXCHANGE_TYPES,
  ...DIRECT_REPLIES,
  ...TRACES,
  ...QUEUES,
  ...RESTARTS,
};

/** The transcript that Leveret is held to, or undefined where an accepted difference is no longer there. */
export function expectedOf(name: string, reference: readonly string[]): readonly string[] | undefined {
  let lines = reference;
  for (const difference of ACCEPTED[name] ?? []) {
    const at = indexOfRun(lines, difference.reference);
    if (at === -1) return undefined;
    lines = [...lines.slice(0, at), ...difference.leveret, ...lines.slice(at + difference.reference.length)];
  }
  return lines;
}

function indexOfRun(lines: readonly string[], run: readonly string[]): number {
  return lines.findIndex((_, start) => run.every((line, index) => lines[start + index] === line));
}
