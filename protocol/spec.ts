/**
 * AMQP 0-9-1 and RabbitMQ's extensions to it, as plain data: the only place where a class, method, field, property or
 * reply code is written down. protocol/generate.ts turns it into src/codec/methods.gen.ts, and the tests walk it.
 *
 * Names are verbatim from the specification. The order of fields is their order on the wire; consecutive bits share an
 * octet, the first one in its lowest bit. Fields called reserved-N are sent as zero and not looked at.
 */
export type FieldType =
  | 'bit'
  | 'octet'
  | 'short'
  | 'long'
  | 'longlong'
  | 'shortstr'
  | 'longstr'
  | 'timestamp'
  | 'table';

export type Fields = Readonly<Record<string, FieldType>>;

/** Which peer may send a method. */
export type Sender = 'client' | 'server' | 'both';

export interface MethodSpec {
  readonly id: number;
  readonly from: Sender;
  readonly fields: Fields;
}

export interface ClassSpec {
  readonly id: number;
  readonly methods: Readonly<Record<string, MethodSpec>>;
  /** Content properties in the order of their flags, the first one in the highest bit. */
  readonly properties?: Fields;
}

/** A soft error closes the channel, a hard one the connection. */
export interface ReplyCodeSpec {
  readonly code: number;
  readonly kind: 'success' | 'soft' | 'hard';
}

export interface ProtocolSpec {
  readonly classes: Readonly<Record<string, ClassSpec>>;
  readonly replyCodes: Readonly<Record<string, ReplyCodeSpec>>;
}

function client(id: number, fields: Fields = {}): MethodSpec {
  return { id, from: 'client', fields };
}

function server(id: number, fields: Fields = {}): MethodSpec {
  return { id, from: 'server', fields };
}

function both(id: number, fields: Fields = {}): MethodSpec {
  return { id, from: 'both', fields };
}

const CLOSE_FIELDS: Fields = {
  'reply-code': 'short',
  'reply-text': 'shortstr',
  'class-id': 'short',
  'method-id': 'short',
};

const TUNE_FIELDS: Fields = { 'channel-max': 'short', 'frame-max': 'long', heartbeat: 'short' };

const EXCHANGE_BINDING_FIELDS: Fields = {
  'reserved-1': 'short',
  destination: 'shortstr',
  source: 'shortstr',
  'routing-key': 'shortstr',
  'no-wait': 'bit',
  arguments: 'table',
};

const CONNECTION: ClassSpec = {
  id: 10,
  methods: {
    start: server(10, {
      'version-major': 'octet',
      'version-minor': 'octet',
      'server-properties': 'table',
      mechanisms: 'longstr',
      locales: 'longstr',
    }),
    'start-ok': client(11, {
      'client-properties': 'table',
      mechanism: 'shortstr',
      response: 'longstr',
      locale: 'shortstr',
    }),
    secure: server(20, { challenge: 'longstr' }),
    'secure-ok': client(21, { response: 'longstr' }),
    tune: server(30, TUNE_FIELDS),
    'tune-ok': client(31, TUNE_FIELDS),
    open: client(40, { 'virtual-host': 'shortstr', 'reserved-1': 'shortstr', 'reserved-2': 'bit' }),
    'open-ok': server(41, { 'reserved-1': 'shortstr' }),
    close: both(50, CLOSE_FIELDS),
    'close-ok': both(51),
    blocked: server(60, { reason: 'shortstr' }),
    unblocked: server(61),
    'update-secret': client(70, { 'new-secret': 'longstr', reason: 'shortstr' }),
    'update-secret-ok': server(71),
  },
};

const CHANNEL: ClassSpec = {
  id: 20,
  methods: {
    open: client(10, { 'reserved-1': 'shortstr' }),
    'open-ok': server(11, { 'reserved-1': 'longstr' }),
    flow: both(20, { active: 'bit' }),
    'flow-ok': both(21, { active: 'bit' }),
    close: both(40, CLOSE_FIELDS),
    'close-ok': both(41),
  },
};

/** Left over from AMQP 0-8. Old clients still ask for a ticket and get one that means nothing. */
const ACCESS: ClassSpec = {
  id: 30,
  methods: {
    request: client(10, {
      realm: 'shortstr',
      exclusive: 'bit',
      passive: 'bit',
      active: 'bit',
      write: 'bit',
      read: 'bit',
    }),
    'request-ok': server(11, { ticket: 'short' }),
  },
};

const EXCHANGE: ClassSpec = {
  id: 40,
  methods: {
    declare: client(10, {
      'reserved-1': 'short',
      exchange: 'shortstr',
      type: 'shortstr',
      passive: 'bit',
      durable: 'bit',
      'auto-delete': 'bit',
      internal: 'bit',
      'no-wait': 'bit',
      arguments: 'table',
    }),
    'declare-ok': server(11),
    delete: client(20, { 'reserved-1': 'short', exchange: 'shortstr', 'if-unused': 'bit', 'no-wait': 'bit' }),
    'delete-ok': server(21),
    bind: client(30, EXCHANGE_BINDING_FIELDS),
    'bind-ok': server(31),
    unbind: client(40, EXCHANGE_BINDING_FIELDS),
    // 51, not 41: that is how RabbitMQ numbered it.
    'unbind-ok': server(51),
  },
};

const QUEUE: ClassSpec = {
  id: 50,
  methods: {
    declare: client(10, {
      'reserved-1': 'short',
      queue: 'shortstr',
      passive: 'bit',
      durable: 'bit',
      exclusive: 'bit',
      'auto-delete': 'bit',
      'no-wait': 'bit',
      arguments: 'table',
    }),
    'declare-ok': server(11, { queue: 'shortstr', 'message-count': 'long', 'consumer-count': 'long' }),
    bind: client(20, {
      'reserved-1': 'short',
      queue: 'shortstr',
      exchange: 'shortstr',
      'routing-key': 'shortstr',
      'no-wait': 'bit',
      arguments: 'table',
    }),
    'bind-ok': server(21),
    purge: client(30, { 'reserved-1': 'short', queue: 'shortstr', 'no-wait': 'bit' }),
    'purge-ok': server(31, { 'message-count': 'long' }),
    delete: client(40, {
      'reserved-1': 'short',
      queue: 'shortstr',
      'if-unused': 'bit',
      'if-empty': 'bit',
      'no-wait': 'bit',
    }),
    'delete-ok': server(41, { 'message-count': 'long' }),
    unbind: client(50, {
      'reserved-1': 'short',
      queue: 'shortstr',
      exchange: 'shortstr',
      'routing-key': 'shortstr',
      arguments: 'table',
    }),
    'unbind-ok': server(51),
  },
};

const BASIC: ClassSpec = {
  id: 60,
  methods: {
    qos: client(10, { 'prefetch-size': 'long', 'prefetch-count': 'short', global: 'bit' }),
    'qos-ok': server(11),
    consume: client(20, {
      'reserved-1': 'short',
      queue: 'shortstr',
      'consumer-tag': 'shortstr',
      'no-local': 'bit',
      'no-ack': 'bit',
      exclusive: 'bit',
      'no-wait': 'bit',
      arguments: 'table',
    }),
    'consume-ok': server(21, { 'consumer-tag': 'shortstr' }),
    // From a server it says that a consumer is gone because its queue is (the consumer_cancel_notify capability).
    cancel: both(30, { 'consumer-tag': 'shortstr', 'no-wait': 'bit' }),
    'cancel-ok': server(31, { 'consumer-tag': 'shortstr' }),
    publish: client(40, {
      'reserved-1': 'short',
      exchange: 'shortstr',
      'routing-key': 'shortstr',
      mandatory: 'bit',
      immediate: 'bit',
    }),
    return: server(50, {
      'reply-code': 'short',
      'reply-text': 'shortstr',
      exchange: 'shortstr',
      'routing-key': 'shortstr',
    }),
    deliver: server(60, {
      'consumer-tag': 'shortstr',
      'delivery-tag': 'longlong',
      redelivered: 'bit',
      exchange: 'shortstr',
      'routing-key': 'shortstr',
    }),
    get: client(70, { 'reserved-1': 'short', queue: 'shortstr', 'no-ack': 'bit' }),
    'get-ok': server(71, {
      'delivery-tag': 'longlong',
      redelivered: 'bit',
      exchange: 'shortstr',
      'routing-key': 'shortstr',
      'message-count': 'long',
    }),
    'get-empty': server(72, { 'reserved-1': 'shortstr' }),
    // From a server, ack and nack are publisher confirms.
    ack: both(80, { 'delivery-tag': 'longlong', multiple: 'bit' }),
    reject: client(90, { 'delivery-tag': 'longlong', requeue: 'bit' }),
    'recover-async': client(100, { requeue: 'bit' }),
    recover: client(110, { requeue: 'bit' }),
    'recover-ok': server(111),
    nack: both(120, { 'delivery-tag': 'longlong', multiple: 'bit', requeue: 'bit' }),
  },
  properties: {
    'content-type': 'shortstr',
    'content-encoding': 'shortstr',
    headers: 'table',
    'delivery-mode': 'octet',
    priority: 'octet',
    'correlation-id': 'shortstr',
    'reply-to': 'shortstr',
    expiration: 'shortstr',
    'message-id': 'shortstr',
    timestamp: 'timestamp',
    type: 'shortstr',
    'user-id': 'shortstr',
    'app-id': 'shortstr',
    'cluster-id': 'shortstr',
  },
};

const CONFIRM: ClassSpec = {
  id: 85,
  methods: { select: client(10, { 'no-wait': 'bit' }), 'select-ok': server(11) },
};

const TX: ClassSpec = {
  id: 90,
  methods: {
    select: client(10),
    'select-ok': server(11),
    commit: client(20),
    'commit-ok': server(21),
    rollback: client(30),
    'rollback-ok': server(31),
  },
};

export const AMQP: ProtocolSpec = {
  classes: {
    connection: CONNECTION,
    channel: CHANNEL,
    access: ACCESS,
    exchange: EXCHANGE,
    queue: QUEUE,
    basic: BASIC,
    confirm: CONFIRM,
    tx: TX,
  },
  replyCodes: {
    'reply-success': { code: 200, kind: 'success' },
    'content-too-large': { code: 311, kind: 'soft' },
    'no-route': { code: 312, kind: 'soft' },
    'no-consumers': { code: 313, kind: 'soft' },
    'connection-forced': { code: 320, kind: 'hard' },
    'invalid-path': { code: 402, kind: 'hard' },
    'access-refused': { code: 403, kind: 'soft' },
    'not-found': { code: 404, kind: 'soft' },
    'resource-locked': { code: 405, kind: 'soft' },
    'precondition-failed': { code: 406, kind: 'soft' },
    'frame-error': { code: 501, kind: 'hard' },
    'syntax-error': { code: 502, kind: 'hard' },
    'command-invalid': { code: 503, kind: 'hard' },
    'channel-error': { code: 504, kind: 'hard' },
    'unexpected-frame': { code: 505, kind: 'hard' },
    'resource-error': { code: 506, kind: 'hard' },
    'not-allowed': { code: 530, kind: 'hard' },
    'not-implemented': { code: 540, kind: 'hard' },
    'internal-error': { code: 541, kind: 'hard' },
  },
};
