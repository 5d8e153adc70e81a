// Generated from protocol/spec.ts; `npx vitest run test/protocol -u` rewrites it.
import { readArguments } from './encoded_table.ts';
import { AmqpError } from './errors.ts';
import type { FieldTable } from './table.ts';
import { WireReader } from './wire_reader.ts';
import type { WireWriter } from './wire_writer.ts';

export interface ConnectionStart {
  readonly name: 'connection.start';
  readonly versionMajor: number;
  readonly versionMinor: number;
  readonly serverProperties: FieldTable;
  readonly mechanisms: Uint8Array;
  readonly locales: Uint8Array;
}

export interface ConnectionStartOk {
  readonly name: 'connection.start-ok';
  readonly clientProperties: FieldTable;
  readonly mechanism: string;
  readonly response: Uint8Array;
  readonly locale: string;
}

export interface ConnectionSecure {
  readonly name: 'connection.secure';
  readonly challenge: Uint8Array;
}

export interface ConnectionSecureOk {
  readonly name: 'connection.secure-ok';
  readonly response: Uint8Array;
}

export interface ConnectionTune {
  readonly name: 'connection.tune';
  readonly channelMax: number;
  readonly frameMax: number;
  readonly heartbeat: number;
}

export interface ConnectionTuneOk {
  readonly name: 'connection.tune-ok';
  readonly channelMax: number;
  readonly frameMax: number;
  readonly heartbeat: number;
}

export interface ConnectionOpen {
  readonly name: 'connection.open';
  readonly virtualHost: string;
}

export interface ConnectionOpenOk {
  readonly name: 'connection.open-ok';
}

export interface ConnectionClose {
  readonly name: 'connection.close';
  readonly replyCode: number;
  readonly replyText: string;
  readonly classId: number;
  readonly methodId: number;
}

export interface ConnectionCloseOk {
  readonly name: 'connection.close-ok';
}

export interface ConnectionBlocked {
  readonly name: 'connection.blocked';
  readonly reason: string;
}

export interface ConnectionUnblocked {
  readonly name: 'connection.unblocked';
}

export interface ConnectionUpdateSecret {
  readonly name: 'connection.update-secret';
  readonly newSecret: Uint8Array;
  readonly reason: string;
}

export interface ConnectionUpdateSecretOk {
  readonly name: 'connection.update-secret-ok';
}

export interface ChannelOpen {
  readonly name: 'channel.open';
}

export interface ChannelOpenOk {
  readonly name: 'channel.open-ok';
}

export interface ChannelFlow {
  readonly name: 'channel.flow';
  readonly active: boolean;
}

export interface ChannelFlowOk {
  readonly name: 'channel.flow-ok';
  readonly active: boolean;
}

export interface ChannelClose {
  readonly name: 'channel.close';
  readonly replyCode: number;
  readonly replyText: string;
  readonly classId: number;
  readonly methodId: number;
}

export interface ChannelCloseOk {
  readonly name: 'channel.close-ok';
}

export interface AccessRequest {
  readonly name: 'access.request';
  readonly realm: string;
  readonly exclusive: boolean;
  readonly passive: boolean;
  readonly active: boolean;
  readonly write: boolean;
  readonly read: boolean;
}

export interface AccessRequestOk {
  readonly name: 'access.request-ok';
  readonly ticket: number;
}

export interface ExchangeDeclare {
  readonly name: 'exchange.declare';
  readonly exchange: string;
  readonly type: string;
  readonly passive: boolean;
  readonly durable: boolean;
  readonly autoDelete: boolean;
  readonly internal: boolean;
  readonly noWait: boolean;
  readonly arguments: FieldTable;
}

export interface ExchangeDeclareOk {
  readonly name: 'exchange.declare-ok';
}

export interface ExchangeDelete {
  readonly name: 'exchange.delete';
  readonly exchange: string;
  readonly ifUnused: boolean;
  readonly noWait: boolean;
}

export interface ExchangeDeleteOk {
  readonly name: 'exchange.delete-ok';
}

export interface ExchangeBind {
  readonly name: 'exchange.bind';
  readonly destination: string;
  readonly source: string;
  readonly routingKey: string;
  readonly noWait: boolean;
  readonly arguments: FieldTable;
}

export interface ExchangeBindOk {
  readonly name: 'exchange.bind-ok';
}

export interface ExchangeUnbind {
  readonly name: 'exchange.unbind';
  readonly destination: string;
  readonly source: string;
  readonly routingKey: string;
  readonly noWait: boolean;
  readonly arguments: FieldTable;
}

export interface ExchangeUnbindOk {
  readonly name: 'exchange.unbind-ok';
}

export interface QueueDeclare {
  readonly name: 'queue.declare';
  readonly queue: string;
  readonly passive: boolean;
  readonly durable: boolean;
  readonly exclusive: boolean;
  readonly autoDelete: boolean;
  readonly noWait: boolean;
  readonly arguments: FieldTable;
}

export interface QueueDeclareOk {
  readonly name: 'queue.declare-ok';
  readonly queue: string;
  readonly messageCount: number;
  readonly consumerCount: number;
}

export interface QueueBind {
  readonly name: 'queue.bind';
  readonly queue: string;
  readonly exchange: string;
  readonly routingKey: string;
  readonly noWait: boolean;
  readonly arguments: FieldTable;
}

export interface QueueBindOk {
  readonly name: 'queue.bind-ok';
}

export interface QueuePurge {
  readonly name: 'queue.purge';
  readonly queue: string;
  readonly noWait: boolean;
}

export interface QueuePurgeOk {
  readonly name: 'queue.purge-ok';
  readonly messageCount: number;
}

export interface QueueDelete {
  readonly name: 'queue.delete';
  readonly queue: string;
  readonly ifUnused: boolean;
  readonly ifEmpty: boolean;
  readonly noWait: boolean;
}

export interface QueueDeleteOk {
  readonly name: 'queue.delete-ok';
  readonly messageCount: number;
}

export interface QueueUnbind {
  readonly name: 'queue.unbind';
  readonly queue: string;
  readonly exchange: string;
  readonly routingKey: string;
  readonly arguments: FieldTable;
}

export interface QueueUnbindOk {
  readonly name: 'queue.unbind-ok';
}

export interface BasicQos {
  readonly name: 'basic.qos';
  readonly prefetchSize: number;
  readonly prefetchCount: number;
  readonly global: boolean;
}

export interface BasicQosOk {
  readonly name: 'basic.qos-ok';
}

export interface BasicConsume {
  readonly name: 'basic.consume';
  readonly queue: string;
  readonly consumerTag: string;
  readonly noLocal: boolean;
  readonly noAck: boolean;
  readonly exclusive: boolean;
  readonly noWait: boolean;
  readonly arguments: FieldTable;
}

export interface BasicConsumeOk {
  readonly name: 'basic.consume-ok';
  readonly consumerTag: string;
}

export interface BasicCancel {
  readonly name: 'basic.cancel';
  readonly consumerTag: string;
  readonly noWait: boolean;
}

export interface BasicCancelOk {
  readonly name: 'basic.cancel-ok';
  readonly consumerTag: string;
}

export interface BasicPublish {
  readonly name: 'basic.publish';
  readonly exchange: string;
  readonly routingKey: string;
  readonly mandatory: boolean;
  readonly immediate: boolean;
}

export interface BasicReturn {
  readonly name: 'basic.return';
  readonly replyCode: number;
  readonly replyText: string;
  readonly exchange: string;
  readonly routingKey: string;
}

export interface BasicDeliver {
  readonly name: 'basic.deliver';
  readonly consumerTag: string;
  readonly deliveryTag: number;
  readonly redelivered: boolean;
  readonly exchange: string;
  readonly routingKey: string;
}

export interface BasicGet {
  readonly name: 'basic.get';
  readonly queue: string;
  readonly noAck: boolean;
}

export interface BasicGetOk {
  readonly name: 'basic.get-ok';
  readonly deliveryTag: number;
  readonly redelivered: boolean;
  readonly exchange: string;
  readonly routingKey: string;
  readonly messageCount: number;
}

export interface BasicGetEmpty {
  readonly name: 'basic.get-empty';
}

export interface BasicAck {
  readonly name: 'basic.ack';
  readonly deliveryTag: number;
  readonly multiple: boolean;
}

export interface BasicReject {
  readonly name: 'basic.reject';
  readonly deliveryTag: number;
  readonly requeue: boolean;
}

export interface BasicRecoverAsync {
  readonly name: 'basic.recover-async';
  readonly requeue: boolean;
}

export interface BasicRecover {
  readonly name: 'basic.recover';
  readonly requeue: boolean;
}

export interface BasicRecoverOk {
  readonly name: 'basic.recover-ok';
}

export interface BasicNack {
  readonly name: 'basic.nack';
  readonly deliveryTag: number;
  readonly multiple: boolean;
  readonly requeue: boolean;
}

export interface ConfirmSelect {
  readonly name: 'confirm.select';
  readonly noWait: boolean;
}

export interface ConfirmSelectOk {
  readonly name: 'confirm.select-ok';
}

export interface TxSelect {
  readonly name: 'tx.select';
}

export interface TxSelectOk {
  readonly name: 'tx.select-ok';
}

export interface TxCommit {
  readonly name: 'tx.commit';
}

export interface TxCommitOk {
  readonly name: 'tx.commit-ok';
}

export interface TxRollback {
  readonly name: 'tx.rollback';
}

export interface TxRollbackOk {
  readonly name: 'tx.rollback-ok';
}

export type Method =
  | ConnectionStart
  | ConnectionStartOk
  | ConnectionSecure
  | ConnectionSecureOk
  | ConnectionTune
  | ConnectionTuneOk
  | ConnectionOpen
  | ConnectionOpenOk
  | ConnectionClose
  | ConnectionCloseOk
  | ConnectionBlocked
  | ConnectionUnblocked
  | ConnectionUpdateSecret
  | ConnectionUpdateSecretOk
  | ChannelOpen
  | ChannelOpenOk
  | ChannelFlow
  | ChannelFlowOk
  | ChannelClose
  | ChannelCloseOk
  | AccessRequest
  | AccessRequestOk
  | ExchangeDeclare
  | ExchangeDeclareOk
  | ExchangeDelete
  | ExchangeDeleteOk
  | ExchangeBind
  | ExchangeBindOk
  | ExchangeUnbind
  | ExchangeUnbindOk
  | QueueDeclare
  | QueueDeclareOk
  | QueueBind
  | QueueBindOk
  | QueuePurge
  | QueuePurgeOk
  | QueueDelete
  | QueueDeleteOk
  | QueueUnbind
  | QueueUnbindOk
  | BasicQos
  | BasicQosOk
  | BasicConsume
  | BasicConsumeOk
  | BasicCancel
  | BasicCancelOk
  | BasicPublish
  | BasicReturn
  | BasicDeliver
  | BasicGet
  | BasicGetOk
  | BasicGetEmpty
  | BasicAck
  | BasicReject
  | BasicRecoverAsync
  | BasicRecover
  | BasicRecoverOk
  | BasicNack
  | ConfirmSelect
  | ConfirmSelectOk
  | TxSelect
  | TxSelectOk
  | TxCommit
  | TxCommitOk
  | TxRollback
  | TxRollbackOk;

/** Class id << 16 | method id. */
export const METHOD_IDS = {
  'connection.start': 0x000a000a,
  'connection.start-ok': 0x000a000b,
  'connection.secure': 0x000a0014,
  'connection.secure-ok': 0x000a0015,
  'connection.tune': 0x000a001e,
  'connection.tune-ok': 0x000a001f,
  'connection.open': 0x000a0028,
  'connection.open-ok': 0x000a0029,
  'connection.close': 0x000a0032,
  'connection.close-ok': 0x000a0033,
  'connection.blocked': 0x000a003c,
  'connection.unblocked': 0x000a003d,
  'connection.update-secret': 0x000a0046,
  'connection.update-secret-ok': 0x000a0047,
  'channel.open': 0x0014000a,
  'channel.open-ok': 0x0014000b,
  'channel.flow': 0x00140014,
  'channel.flow-ok': 0x00140015,
  'channel.close': 0x00140028,
  'channel.close-ok': 0x00140029,
  'access.request': 0x001e000a,
  'access.request-ok': 0x001e000b,
  'exchange.declare': 0x0028000a,
  'exchange.declare-ok': 0x0028000b,
  'exchange.delete': 0x00280014,
  'exchange.delete-ok': 0x00280015,
  'exchange.bind': 0x0028001e,
  'exchange.bind-ok': 0x0028001f,
  'exchange.unbind': 0x00280028,
  'exchange.unbind-ok': 0x00280033,
  'queue.declare': 0x0032000a,
  'queue.declare-ok': 0x0032000b,
  'queue.bind': 0x00320014,
  'queue.bind-ok': 0x00320015,
  'queue.purge': 0x0032001e,
  'queue.purge-ok': 0x0032001f,
  'queue.delete': 0x00320028,
  'queue.delete-ok': 0x00320029,
  'queue.unbind': 0x00320032,
  'queue.unbind-ok': 0x00320033,
  'basic.qos': 0x003c000a,
  'basic.qos-ok': 0x003c000b,
  'basic.consume': 0x003c0014,
  'basic.consume-ok': 0x003c0015,
  'basic.cancel': 0x003c001e,
  'basic.cancel-ok': 0x003c001f,
  'basic.publish': 0x003c0028,
  'basic.return': 0x003c0032,
  'basic.deliver': 0x003c003c,
  'basic.get': 0x003c0046,
  'basic.get-ok': 0x003c0047,
  'basic.get-empty': 0x003c0048,
  'basic.ack': 0x003c0050,
  'basic.reject': 0x003c005a,
  'basic.recover-async': 0x003c0064,
  'basic.recover': 0x003c006e,
  'basic.recover-ok': 0x003c006f,
  'basic.nack': 0x003c0078,
  'confirm.select': 0x0055000a,
  'confirm.select-ok': 0x0055000b,
  'tx.select': 0x005a000a,
  'tx.select-ok': 0x005a000b,
  'tx.commit': 0x005a0014,
  'tx.commit-ok': 0x005a0015,
  'tx.rollback': 0x005a001e,
  'tx.rollback-ok': 0x005a001f,
} as const;

const NAMES: ReadonlyMap<number, Method['name']> = new Map(
  (Object.keys(METHOD_IDS) as Method['name'][]).map((name) => [METHOD_IDS[name], name]),
);

/** The name of a method by its id, which is class id << 16 | method id. */
export function methodName(id: number): Method['name'] | undefined {
  return NAMES.get(id);
}

/** What a client may send. */
export const CLIENT_METHODS: ReadonlySet<Method['name']> = new Set<Method['name']>([
  'connection.start-ok',
  'connection.secure-ok',
  'connection.tune-ok',
  'connection.open',
  'connection.close',
  'connection.close-ok',
  'connection.update-secret',
  'channel.open',
  'channel.flow',
  'channel.flow-ok',
  'channel.close',
  'channel.close-ok',
  'access.request',
  'exchange.declare',
  'exchange.delete',
  'exchange.bind',
  'exchange.unbind',
  'queue.declare',
  'queue.bind',
  'queue.purge',
  'queue.delete',
  'queue.unbind',
  'basic.qos',
  'basic.consume',
  'basic.cancel',
  'basic.publish',
  'basic.get',
  'basic.ack',
  'basic.reject',
  'basic.recover-async',
  'basic.recover',
  'basic.nack',
  'confirm.select',
  'tx.select',
  'tx.commit',
  'tx.rollback',
]);

/**
 * Reads a method frame's payload: class id, method id, arguments, and nothing behind them.
 * Throws AmqpError 503 for a method that does not exist, 501 or 502 for arguments that cannot be read.
 */
export function decodeMethod(bytes: Uint8Array, start: number, end: number): Method {
  const id = new WireReader(bytes, start, end).u32();
  const reader = new WireReader(bytes, start + 4, end, id);
  const method = decodeArguments(id, reader);
  reader.expectEnd();
  return method;
}

function decodeArguments(id: number, reader: WireReader): Method {
  switch (id) {
    case 0x000a000a:
      return decodeConnectionStart(reader);
    case 0x000a000b:
      return decodeConnectionStartOk(reader);
    case 0x000a0014:
      return decodeConnectionSecure(reader);
    case 0x000a0015:
      return decodeConnectionSecureOk(reader);
    case 0x000a001e:
      return decodeConnectionTune(reader);
    case 0x000a001f:
      return decodeConnectionTuneOk(reader);
    case 0x000a0028:
      return decodeConnectionOpen(reader);
    case 0x000a0029:
      return decodeConnectionOpenOk(reader);
    case 0x000a0032:
      return decodeConnectionClose(reader);
    case 0x000a0033:
      return { name: 'connection.close-ok' };
    case 0x000a003c:
      return decodeConnectionBlocked(reader);
    case 0x000a003d:
      return { name: 'connection.unblocked' };
    case 0x000a0046:
      return decodeConnectionUpdateSecret(reader);
    case 0x000a0047:
      return { name: 'connection.update-secret-ok' };
    case 0x0014000a:
      return decodeChannelOpen(reader);
    case 0x0014000b:
      return decodeChannelOpenOk(reader);
    case 0x00140014:
      return decodeChannelFlow(reader);
    case 0x00140015:
      return decodeChannelFlowOk(reader);
    case 0x00140028:
      return decodeChannelClose(reader);
    case 0x00140029:
      return { name: 'channel.close-ok' };
    case 0x001e000a:
      return decodeAccessRequest(reader);
    case 0x001e000b:
      return decodeAccessRequestOk(reader);
    case 0x0028000a:
      return decodeExchangeDeclare(reader);
    case 0x0028000b:
      return { name: 'exchange.declare-ok' };
    case 0x00280014:
      return decodeExchangeDelete(reader);
    case 0x00280015:
      return { name: 'exchange.delete-ok' };
    case 0x0028001e:
      return decodeExchangeBind(reader);
    case 0x0028001f:
      return { name: 'exchange.bind-ok' };
    case 0x00280028:
      return decodeExchangeUnbind(reader);
    case 0x00280033:
      return { name: 'exchange.unbind-ok' };
    case 0x0032000a:
      return decodeQueueDeclare(reader);
    case 0x0032000b:
      return decodeQueueDeclareOk(reader);
    case 0x00320014:
      return decodeQueueBind(reader);
    case 0x00320015:
      return { name: 'queue.bind-ok' };
    case 0x0032001e:
      return decodeQueuePurge(reader);
    case 0x0032001f:
      return decodeQueuePurgeOk(reader);
    case 0x00320028:
      return decodeQueueDelete(reader);
    case 0x00320029:
      return decodeQueueDeleteOk(reader);
    case 0x00320032:
      return decodeQueueUnbind(reader);
    case 0x00320033:
      return { name: 'queue.unbind-ok' };
    case 0x003c000a:
      return decodeBasicQos(reader);
    case 0x003c000b:
      return { name: 'basic.qos-ok' };
    case 0x003c0014:
      return decodeBasicConsume(reader);
    case 0x003c0015:
      return decodeBasicConsumeOk(reader);
    case 0x003c001e:
      return decodeBasicCancel(reader);
    case 0x003c001f:
      return decodeBasicCancelOk(reader);
    case 0x003c0028:
      return decodeBasicPublish(reader);
    case 0x003c0032:
      return decodeBasicReturn(reader);
    case 0x003c003c:
      return decodeBasicDeliver(reader);
    case 0x003c0046:
      return decodeBasicGet(reader);
    case 0x003c0047:
      return decodeBasicGetOk(reader);
    case 0x003c0048:
      return decodeBasicGetEmpty(reader);
    case 0x003c0050:
      return decodeBasicAck(reader);
    case 0x003c005a:
      return decodeBasicReject(reader);
    case 0x003c0064:
      return decodeBasicRecoverAsync(reader);
    case 0x003c006e:
      return decodeBasicRecover(reader);
    case 0x003c006f:
      return { name: 'basic.recover-ok' };
    case 0x003c0078:
      return decodeBasicNack(reader);
    case 0x0055000a:
      return decodeConfirmSelect(reader);
    case 0x0055000b:
      return { name: 'confirm.select-ok' };
    case 0x005a000a:
      return { name: 'tx.select' };
    case 0x005a000b:
      return { name: 'tx.select-ok' };
    case 0x005a0014:
      return { name: 'tx.commit' };
    case 0x005a0015:
      return { name: 'tx.commit-ok' };
    case 0x005a001e:
      return { name: 'tx.rollback' };
    case 0x005a001f:
      return { name: 'tx.rollback-ok' };
    default:
      throw new AmqpError(503, 'unimplemented method', { classId: id >>> 16, methodId: id & 0xffff });
  }
}

/** Writes a method frame's payload: class id, method id, arguments; reserved fields as zero. */
export function encodeMethod(writer: WireWriter, method: Method): void {
  switch (method.name) {
    case 'connection.start':
      return encodeConnectionStart(writer, method);
    case 'connection.start-ok':
      return encodeConnectionStartOk(writer, method);
    case 'connection.secure':
      return encodeConnectionSecure(writer, method);
    case 'connection.secure-ok':
      return encodeConnectionSecureOk(writer, method);
    case 'connection.tune':
      return encodeConnectionTune(writer, method);
    case 'connection.tune-ok':
      return encodeConnectionTuneOk(writer, method);
    case 'connection.open':
      return encodeConnectionOpen(writer, method);
    case 'connection.open-ok':
      return encodeConnectionOpenOk(writer, method);
    case 'connection.close':
      return encodeConnectionClose(writer, method);
    case 'connection.close-ok':
      return writer.u32(0x000a0033);
    case 'connection.blocked':
      return encodeConnectionBlocked(writer, method);
    case 'connection.unblocked':
      return writer.u32(0x000a003d);
    case 'connection.update-secret':
      return encodeConnectionUpdateSecret(writer, method);
    case 'connection.update-secret-ok':
      return writer.u32(0x000a0047);
    case 'channel.open':
      return encodeChannelOpen(writer, method);
    case 'channel.open-ok':
      return encodeChannelOpenOk(writer, method);
    case 'channel.flow':
      return encodeChannelFlow(writer, method);
    case 'channel.flow-ok':
      return encodeChannelFlowOk(writer, method);
    case 'channel.close':
      return encodeChannelClose(writer, method);
    case 'channel.close-ok':
      return writer.u32(0x00140029);
    case 'access.request':
      return encodeAccessRequest(writer, method);
    case 'access.request-ok':
      return encodeAccessRequestOk(writer, method);
    case 'exchange.declare':
      return encodeExchangeDeclare(writer, method);
    case 'exchange.declare-ok':
      return writer.u32(0x0028000b);
    case 'exchange.delete':
      return encodeExchangeDelete(writer, method);
    case 'exchange.delete-ok':
      return writer.u32(0x00280015);
    case 'exchange.bind':
      return encodeExchangeBind(writer, method);
    case 'exchange.bind-ok':
      return writer.u32(0x0028001f);
    case 'exchange.unbind':
      return encodeExchangeUnbind(writer, method);
    case 'exchange.unbind-ok':
      return writer.u32(0x00280033);
    case 'queue.declare':
      return encodeQueueDeclare(writer, method);
    case 'queue.declare-ok':
      return encodeQueueDeclareOk(writer, method);
    case 'queue.bind':
      return encodeQueueBind(writer, method);
    case 'queue.bind-ok':
      return writer.u32(0x00320015);
    case 'queue.purge':
      return encodeQueuePurge(writer, method);
    case 'queue.purge-ok':
      return encodeQueuePurgeOk(writer, method);
    case 'queue.delete':
      return encodeQueueDelete(writer, method);
    case 'queue.delete-ok':
      return encodeQueueDeleteOk(writer, method);
    case 'queue.unbind':
      return encodeQueueUnbind(writer, method);
    case 'queue.unbind-ok':
      return writer.u32(0x00320033);
    case 'basic.qos':
      return encodeBasicQos(writer, method);
    case 'basic.qos-ok':
      return writer.u32(0x003c000b);
    case 'basic.consume':
      return encodeBasicConsume(writer, method);
    case 'basic.consume-ok':
      return encodeBasicConsumeOk(writer, method);
    case 'basic.cancel':
      return encodeBasicCancel(writer, method);
    case 'basic.cancel-ok':
      return encodeBasicCancelOk(writer, method);
    case 'basic.publish':
      return encodeBasicPublish(writer, method);
    case 'basic.return':
      return encodeBasicReturn(writer, method);
    case 'basic.deliver':
      return encodeBasicDeliver(writer, method);
    case 'basic.get':
      return encodeBasicGet(writer, method);
    case 'basic.get-ok':
      return encodeBasicGetOk(writer, method);
    case 'basic.get-empty':
      return encodeBasicGetEmpty(writer, method);
    case 'basic.ack':
      return encodeBasicAck(writer, method);
    case 'basic.reject':
      return encodeBasicReject(writer, method);
    case 'basic.recover-async':
      return encodeBasicRecoverAsync(writer, method);
    case 'basic.recover':
      return encodeBasicRecover(writer, method);
    case 'basic.recover-ok':
      return writer.u32(0x003c006f);
    case 'basic.nack':
      return encodeBasicNack(writer, method);
    case 'confirm.select':
      return encodeConfirmSelect(writer, method);
    case 'confirm.select-ok':
      return writer.u32(0x0055000b);
    case 'tx.select':
      return writer.u32(0x005a000a);
    case 'tx.select-ok':
      return writer.u32(0x005a000b);
    case 'tx.commit':
      return writer.u32(0x005a0014);
    case 'tx.commit-ok':
      return writer.u32(0x005a0015);
    case 'tx.rollback':
      return writer.u32(0x005a001e);
    case 'tx.rollback-ok':
      return writer.u32(0x005a001f);
  }
}

function decodeConnectionStart(reader: WireReader): ConnectionStart {
  const versionMajor = reader.u8();
  const versionMinor = reader.u8();
  const serverProperties = readArguments(reader);
  const mechanisms = reader.longstr();
  const locales = reader.longstr();
  return { name: 'connection.start', versionMajor, versionMinor, serverProperties, mechanisms, locales };
}

function encodeConnectionStart(writer: WireWriter, method: ConnectionStart): void {
  writer.u32(0x000a000a);
  writer.u8(method.versionMajor);
  writer.u8(method.versionMinor);
  writer.table(method.serverProperties);
  writer.longstr(method.mechanisms);
  writer.longstr(method.locales);
}

function decodeConnectionStartOk(reader: WireReader): ConnectionStartOk {
  const clientProperties = readArguments(reader);
  const mechanism = reader.shortstr();
  const response = reader.longstr();
  const locale = reader.shortstr();
  return { name: 'connection.start-ok', clientProperties, mechanism, response, locale };
}

function encodeConnectionStartOk(writer: WireWriter, method: ConnectionStartOk): void {
  writer.u32(0x000a000b);
  writer.table(method.clientProperties);
  writer.shortstr(method.mechanism);
  writer.longstr(method.response);
  writer.shortstr(method.locale);
}

function decodeConnectionSecure(reader: WireReader): ConnectionSecure {
  const challenge = reader.longstr();
  return { name: 'connection.secure', challenge };
}

function encodeConnectionSecure(writer: WireWriter, method: ConnectionSecure): void {
  writer.u32(0x000a0014);
  writer.longstr(method.challenge);
}

function decodeConnectionSecureOk(reader: WireReader): ConnectionSecureOk {
  const response = reader.longstr();
  return { name: 'connection.secure-ok', response };
}

function encodeConnectionSecureOk(writer: WireWriter, method: ConnectionSecureOk): void {
  writer.u32(0x000a0015);
  writer.longstr(method.response);
}

function decodeConnectionTune(reader: WireReader): ConnectionTune {
  const channelMax = reader.u16();
  const frameMax = reader.u32();
  const heartbeat = reader.u16();
  return { name: 'connection.tune', channelMax, frameMax, heartbeat };
}

function encodeConnectionTune(writer: WireWriter, method: ConnectionTune): void {
  writer.u32(0x000a001e);
  writer.u16(method.channelMax);
  writer.u32(method.frameMax);
  writer.u16(method.heartbeat);
}

function decodeConnectionTuneOk(reader: WireReader): ConnectionTuneOk {
  const channelMax = reader.u16();
  const frameMax = reader.u32();
  const heartbeat = reader.u16();
  return { name: 'connection.tune-ok', channelMax, frameMax, heartbeat };
}

function encodeConnectionTuneOk(writer: WireWriter, method: ConnectionTuneOk): void {
  writer.u32(0x000a001f);
  writer.u16(method.channelMax);
  writer.u32(method.frameMax);
  writer.u16(method.heartbeat);
}

function decodeConnectionOpen(reader: WireReader): ConnectionOpen {
  const virtualHost = reader.shortstr();
  reader.skipShortstr();
  reader.skip(1);
  return { name: 'connection.open', virtualHost };
}

function encodeConnectionOpen(writer: WireWriter, method: ConnectionOpen): void {
  writer.u32(0x000a0028);
  writer.shortstr(method.virtualHost);
  writer.u8(0);
  writer.u8(0);
}

function decodeConnectionOpenOk(reader: WireReader): ConnectionOpenOk {
  reader.skipShortstr();
  return { name: 'connection.open-ok' };
}

function encodeConnectionOpenOk(writer: WireWriter, _method: ConnectionOpenOk): void {
  writer.u32(0x000a0029);
  writer.u8(0);
}

function decodeConnectionClose(reader: WireReader): ConnectionClose {
  const replyCode = reader.u16();
  const replyText = reader.shortstr();
  const classId = reader.u16();
  const methodId = reader.u16();
  return { name: 'connection.close', replyCode, replyText, classId, methodId };
}

function encodeConnectionClose(writer: WireWriter, method: ConnectionClose): void {
  writer.u32(0x000a0032);
  writer.u16(method.replyCode);
  writer.shortstr(method.replyText);
  writer.u16(method.classId);
  writer.u16(method.methodId);
}

function decodeConnectionBlocked(reader: WireReader): ConnectionBlocked {
  const reason = reader.shortstr();
  return { name: 'connection.blocked', reason };
}

function encodeConnectionBlocked(writer: WireWriter, method: ConnectionBlocked): void {
  writer.u32(0x000a003c);
  writer.shortstr(method.reason);
}

function decodeConnectionUpdateSecret(reader: WireReader): ConnectionUpdateSecret {
  const newSecret = reader.longstr();
  const reason = reader.shortstr();
  return { name: 'connection.update-secret', newSecret, reason };
}

function encodeConnectionUpdateSecret(writer: WireWriter, method: ConnectionUpdateSecret): void {
  writer.u32(0x000a0046);
  writer.longstr(method.newSecret);
  writer.shortstr(method.reason);
}

function decodeChannelOpen(reader: WireReader): ChannelOpen {
  reader.skipShortstr();
  return { name: 'channel.open' };
}

function encodeChannelOpen(writer: WireWriter, _method: ChannelOpen): void {
  writer.u32(0x0014000a);
  writer.u8(0);
}

function decodeChannelOpenOk(reader: WireReader): ChannelOpenOk {
  reader.skipLongstr();
  return { name: 'channel.open-ok' };
}

function encodeChannelOpenOk(writer: WireWriter, _method: ChannelOpenOk): void {
  writer.u32(0x0014000b);
  writer.u32(0);
}

function decodeChannelFlow(reader: WireReader): ChannelFlow {
  const activeBits = reader.u8();
  const active = (activeBits & 1) !== 0;
  return { name: 'channel.flow', active };
}

function encodeChannelFlow(writer: WireWriter, method: ChannelFlow): void {
  writer.u32(0x00140014);
  writer.u8((method.active ? 1 : 0));
}

function decodeChannelFlowOk(reader: WireReader): ChannelFlowOk {
  const activeBits = reader.u8();
  const active = (activeBits & 1) !== 0;
  return { name: 'channel.flow-ok', active };
}

function encodeChannelFlowOk(writer: WireWriter, method: ChannelFlowOk): void {
  writer.u32(0x00140015);
  writer.u8((method.active ? 1 : 0));
}

function decodeChannelClose(reader: WireReader): ChannelClose {
  const replyCode = reader.u16();
  const replyText = reader.shortstr();
  const classId = reader.u16();
  const methodId = reader.u16();
  return { name: 'channel.close', replyCode, replyText, classId, methodId };
}

function encodeChannelClose(writer: WireWriter, method: ChannelClose): void {
  writer.u32(0x00140028);
  writer.u16(method.replyCode);
  writer.shortstr(method.replyText);
  writer.u16(method.classId);
  writer.u16(method.methodId);
}

function decodeAccessRequest(reader: WireReader): AccessRequest {
  const realm = reader.shortstr();
  const exclusiveBits = reader.u8();
  const exclusive = (exclusiveBits & 1) !== 0;
  const passive = (exclusiveBits & 2) !== 0;
  const active = (exclusiveBits & 4) !== 0;
  const write = (exclusiveBits & 8) !== 0;
  const read = (exclusiveBits & 16) !== 0;
  return { name: 'access.request', realm, exclusive, passive, active, write, read };
}

function encodeAccessRequest(writer: WireWriter, method: AccessRequest): void {
  writer.u32(0x001e000a);
  writer.shortstr(method.realm);
  writer.u8((method.exclusive ? 1 : 0) | (method.passive ? 2 : 0) | (method.active ? 4 : 0) | (method.write ? 8 : 0) | (method.read ? 16 : 0));
}

function decodeAccessRequestOk(reader: WireReader): AccessRequestOk {
  const ticket = reader.u16();
  return { name: 'access.request-ok', ticket };
}

function encodeAccessRequestOk(writer: WireWriter, method: AccessRequestOk): void {
  writer.u32(0x001e000b);
  writer.u16(method.ticket);
}

function decodeExchangeDeclare(reader: WireReader): ExchangeDeclare {
  reader.skip(2);
  const exchange = reader.shortstr();
  const type = reader.shortstr();
  const passiveBits = reader.u8();
  const passive = (passiveBits & 1) !== 0;
  const durable = (passiveBits & 2) !== 0;
  const autoDelete = (passiveBits & 4) !== 0;
  const internal = (passiveBits & 8) !== 0;
  const noWait = (passiveBits & 16) !== 0;
  const args = readArguments(reader);
  return { name: 'exchange.declare', exchange, type, passive, durable, autoDelete, internal, noWait, arguments: args };
}

function encodeExchangeDeclare(writer: WireWriter, method: ExchangeDeclare): void {
  writer.u32(0x0028000a);
  writer.u16(0);
  writer.shortstr(method.exchange);
  writer.shortstr(method.type);
  writer.u8((method.passive ? 1 : 0) | (method.durable ? 2 : 0) | (method.autoDelete ? 4 : 0) | (method.internal ? 8 : 0) | (method.noWait ? 16 : 0));
  writer.table(method.arguments);
}

function decodeExchangeDelete(reader: WireReader): ExchangeDelete {
  reader.skip(2);
  const exchange = reader.shortstr();
  const ifUnusedBits = reader.u8();
  const ifUnused = (ifUnusedBits & 1) !== 0;
  const noWait = (ifUnusedBits & 2) !== 0;
  return { name: 'exchange.delete', exchange, ifUnused, noWait };
}

function encodeExchangeDelete(writer: WireWriter, method: ExchangeDelete): void {
  writer.u32(0x00280014);
  writer.u16(0);
  writer.shortstr(method.exchange);
  writer.u8((method.ifUnused ? 1 : 0) | (method.noWait ? 2 : 0));
}

function decodeExchangeBind(reader: WireReader): ExchangeBind {
  reader.skip(2);
  const destination = reader.shortstr();
  const source = reader.shortstr();
  const routingKey = reader.shortstr();
  const noWaitBits = reader.u8();
  const noWait = (noWaitBits & 1) !== 0;
  const args = readArguments(reader);
  return { name: 'exchange.bind', destination, source, routingKey, noWait, arguments: args };
}

function encodeExchangeBind(writer: WireWriter, method: ExchangeBind): void {
  writer.u32(0x0028001e);
  writer.u16(0);
  writer.shortstr(method.destination);
  writer.shortstr(method.source);
  writer.shortstr(method.routingKey);
  writer.u8((method.noWait ? 1 : 0));
  writer.table(method.arguments);
}

function decodeExchangeUnbind(reader: WireReader): ExchangeUnbind {
  reader.skip(2);
  const destination = reader.shortstr();
  const source = reader.shortstr();
  const routingKey = reader.shortstr();
  const noWaitBits = reader.u8();
  const noWait = (noWaitBits & 1) !== 0;
  const args = readArguments(reader);
  return { name: 'exchange.unbind', destination, source, routingKey, noWait, arguments: args };
}

function encodeExchangeUnbind(writer: WireWriter, method: ExchangeUnbind): void {
  writer.u32(0x00280028);
  writer.u16(0);
  writer.shortstr(method.destination);
  writer.shortstr(method.source);
  writer.shortstr(method.routingKey);
  writer.u8((method.noWait ? 1 : 0));
  writer.table(method.arguments);
}

function decodeQueueDeclare(reader: WireReader): QueueDeclare {
  reader.skip(2);
  const queue = reader.shortstr();
  const passiveBits = reader.u8();
  const passive = (passiveBits & 1) !== 0;
  const durable = (passiveBits & 2) !== 0;
  const exclusive = (passiveBits & 4) !== 0;
  const autoDelete = (passiveBits & 8) !== 0;
  const noWait = (passiveBits & 16) !== 0;
  const args = readArguments(reader);
  return { name: 'queue.declare', queue, passive, durable, exclusive, autoDelete, noWait, arguments: args };
}

function encodeQueueDeclare(writer: WireWriter, method: QueueDeclare): void {
  writer.u32(0x0032000a);
  writer.u16(0);
  writer.shortstr(method.queue);
  writer.u8((method.passive ? 1 : 0) | (method.durable ? 2 : 0) | (method.exclusive ? 4 : 0) | (method.autoDelete ? 8 : 0) | (method.noWait ? 16 : 0));
  writer.table(method.arguments);
}

function decodeQueueDeclareOk(reader: WireReader): QueueDeclareOk {
  const queue = reader.shortstr();
  const messageCount = reader.u32();
  const consumerCount = reader.u32();
  return { name: 'queue.declare-ok', queue, messageCount, consumerCount };
}

function encodeQueueDeclareOk(writer: WireWriter, method: QueueDeclareOk): void {
  writer.u32(0x0032000b);
  writer.shortstr(method.queue);
  writer.u32(method.messageCount);
  writer.u32(method.consumerCount);
}

function decodeQueueBind(reader: WireReader): QueueBind {
  reader.skip(2);
  const queue = reader.shortstr();
  const exchange = reader.shortstr();
  const routingKey = reader.shortstr();
  const noWaitBits = reader.u8();
  const noWait = (noWaitBits & 1) !== 0;
  const args = readArguments(reader);
  return { name: 'queue.bind', queue, exchange, routingKey, noWait, arguments: args };
}

function encodeQueueBind(writer: WireWriter, method: QueueBind): void {
  writer.u32(0x00320014);
  writer.u16(0);
  writer.shortstr(method.queue);
  writer.shortstr(method.exchange);
  writer.shortstr(method.routingKey);
  writer.u8((method.noWait ? 1 : 0));
  writer.table(method.arguments);
}

function decodeQueuePurge(reader: WireReader): QueuePurge {
  reader.skip(2);
  const queue = reader.shortstr();
  const noWaitBits = reader.u8();
  const noWait = (noWaitBits & 1) !== 0;
  return { name: 'queue.purge', queue, noWait };
}

function encodeQueuePurge(writer: WireWriter, method: QueuePurge): void {
  writer.u32(0x0032001e);
  writer.u16(0);
  writer.shortstr(method.queue);
  writer.u8((method.noWait ? 1 : 0));
}

function decodeQueuePurgeOk(reader: WireReader): QueuePurgeOk {
  const messageCount = reader.u32();
  return { name: 'queue.purge-ok', messageCount };
}

function encodeQueuePurgeOk(writer: WireWriter, method: QueuePurgeOk): void {
  writer.u32(0x0032001f);
  writer.u32(method.messageCount);
}

function decodeQueueDelete(reader: WireReader): QueueDelete {
  reader.skip(2);
  const queue = reader.shortstr();
  const ifUnusedBits = reader.u8();
  const ifUnused = (ifUnusedBits & 1) !== 0;
  const ifEmpty = (ifUnusedBits & 2) !== 0;
  const noWait = (ifUnusedBits & 4) !== 0;
  return { name: 'queue.delete', queue, ifUnused, ifEmpty, noWait };
}

function encodeQueueDelete(writer: WireWriter, method: QueueDelete): void {
  writer.u32(0x00320028);
  writer.u16(0);
  writer.shortstr(method.queue);
  writer.u8((method.ifUnused ? 1 : 0) | (method.ifEmpty ? 2 : 0) | (method.noWait ? 4 : 0));
}

function decodeQueueDeleteOk(reader: WireReader): QueueDeleteOk {
  const messageCount = reader.u32();
  return { name: 'queue.delete-ok', messageCount };
}

function encodeQueueDeleteOk(writer: WireWriter, method: QueueDeleteOk): void {
  writer.u32(0x00320029);
  writer.u32(method.messageCount);
}

function decodeQueueUnbind(reader: WireReader): QueueUnbind {
  reader.skip(2);
  const queue = reader.shortstr();
  const exchange = reader.shortstr();
  const routingKey = reader.shortstr();
  const args = readArguments(reader);
  return { name: 'queue.unbind', queue, exchange, routingKey, arguments: args };
}

function encodeQueueUnbind(writer: WireWriter, method: QueueUnbind): void {
  writer.u32(0x00320032);
  writer.u16(0);
  writer.shortstr(method.queue);
  writer.shortstr(method.exchange);
  writer.shortstr(method.routingKey);
  writer.table(method.arguments);
}

function decodeBasicQos(reader: WireReader): BasicQos {
  const prefetchSize = reader.u32();
  const prefetchCount = reader.u16();
  const globalBits = reader.u8();
  const global = (globalBits & 1) !== 0;
  return { name: 'basic.qos', prefetchSize, prefetchCount, global };
}

function encodeBasicQos(writer: WireWriter, method: BasicQos): void {
  writer.u32(0x003c000a);
  writer.u32(method.prefetchSize);
  writer.u16(method.prefetchCount);
  writer.u8((method.global ? 1 : 0));
}

function decodeBasicConsume(reader: WireReader): BasicConsume {
  reader.skip(2);
  const queue = reader.shortstr();
  const consumerTag = reader.shortstr();
  const noLocalBits = reader.u8();
  const noLocal = (noLocalBits & 1) !== 0;
  const noAck = (noLocalBits & 2) !== 0;
  const exclusive = (noLocalBits & 4) !== 0;
  const noWait = (noLocalBits & 8) !== 0;
  const args = readArguments(reader);
  return { name: 'basic.consume', queue, consumerTag, noLocal, noAck, exclusive, noWait, arguments: args };
}

function encodeBasicConsume(writer: WireWriter, method: BasicConsume): void {
  writer.u32(0x003c0014);
  writer.u16(0);
  writer.shortstr(method.queue);
  writer.shortstr(method.consumerTag);
  writer.u8((method.noLocal ? 1 : 0) | (method.noAck ? 2 : 0) | (method.exclusive ? 4 : 0) | (method.noWait ? 8 : 0));
  writer.table(method.arguments);
}

function decodeBasicConsumeOk(reader: WireReader): BasicConsumeOk {
  const consumerTag = reader.shortstr();
  return { name: 'basic.consume-ok', consumerTag };
}

function encodeBasicConsumeOk(writer: WireWriter, method: BasicConsumeOk): void {
  writer.u32(0x003c0015);
  writer.shortstr(method.consumerTag);
}

function decodeBasicCancel(reader: WireReader): BasicCancel {
  const consumerTag = reader.shortstr();
  const noWaitBits = reader.u8();
  const noWait = (noWaitBits & 1) !== 0;
  return { name: 'basic.cancel', consumerTag, noWait };
}

function encodeBasicCancel(writer: WireWriter, method: BasicCancel): void {
  writer.u32(0x003c001e);
  writer.shortstr(method.consumerTag);
  writer.u8((method.noWait ? 1 : 0));
}

function decodeBasicCancelOk(reader: WireReader): BasicCancelOk {
  const consumerTag = reader.shortstr();
  return { name: 'basic.cancel-ok', consumerTag };
}

function encodeBasicCancelOk(writer: WireWriter, method: BasicCancelOk): void {
  writer.u32(0x003c001f);
  writer.shortstr(method.consumerTag);
}

function decodeBasicPublish(reader: WireReader): BasicPublish {
  reader.skip(2);
  const exchange = reader.shortstr();
  const routingKey = reader.shortstr();
  const mandatoryBits = reader.u8();
  const mandatory = (mandatoryBits & 1) !== 0;
  const immediate = (mandatoryBits & 2) !== 0;
  return { name: 'basic.publish', exchange, routingKey, mandatory, immediate };
}

function encodeBasicPublish(writer: WireWriter, method: BasicPublish): void {
  writer.u32(0x003c0028);
  writer.u16(0);
  writer.shortstr(method.exchange);
  writer.shortstr(method.routingKey);
  writer.u8((method.mandatory ? 1 : 0) | (method.immediate ? 2 : 0));
}

function decodeBasicReturn(reader: WireReader): BasicReturn {
  const replyCode = reader.u16();
  const replyText = reader.shortstr();
  const exchange = reader.shortstr();
  const routingKey = reader.shortstr();
  return { name: 'basic.return', replyCode, replyText, exchange, routingKey };
}

function encodeBasicReturn(writer: WireWriter, method: BasicReturn): void {
  writer.u32(0x003c0032);
  writer.u16(method.replyCode);
  writer.shortstr(method.replyText);
  writer.shortstr(method.exchange);
  writer.shortstr(method.routingKey);
}

function decodeBasicDeliver(reader: WireReader): BasicDeliver {
  const consumerTag = reader.shortstr();
  const deliveryTag = reader.u64();
  const redeliveredBits = reader.u8();
  const redelivered = (redeliveredBits & 1) !== 0;
  const exchange = reader.shortstr();
  const routingKey = reader.shortstr();
  return { name: 'basic.deliver', consumerTag, deliveryTag, redelivered, exchange, routingKey };
}

function encodeBasicDeliver(writer: WireWriter, method: BasicDeliver): void {
  writer.u32(0x003c003c);
  writer.shortstr(method.consumerTag);
  writer.u64(method.deliveryTag);
  writer.u8((method.redelivered ? 1 : 0));
  writer.shortstr(method.exchange);
  writer.shortstr(method.routingKey);
}

function decodeBasicGet(reader: WireReader): BasicGet {
  reader.skip(2);
  const queue = reader.shortstr();
  const noAckBits = reader.u8();
  const noAck = (noAckBits & 1) !== 0;
  return { name: 'basic.get', queue, noAck };
}

function encodeBasicGet(writer: WireWriter, method: BasicGet): void {
  writer.u32(0x003c0046);
  writer.u16(0);
  writer.shortstr(method.queue);
  writer.u8((method.noAck ? 1 : 0));
}

function decodeBasicGetOk(reader: WireReader): BasicGetOk {
  const deliveryTag = reader.u64();
  const redeliveredBits = reader.u8();
  const redelivered = (redeliveredBits & 1) !== 0;
  const exchange = reader.shortstr();
  const routingKey = reader.shortstr();
  const messageCount = reader.u32();
  return { name: 'basic.get-ok', deliveryTag, redelivered, exchange, routingKey, messageCount };
}

function encodeBasicGetOk(writer: WireWriter, method: BasicGetOk): void {
  writer.u32(0x003c0047);
  writer.u64(method.deliveryTag);
  writer.u8((method.redelivered ? 1 : 0));
  writer.shortstr(method.exchange);
  writer.shortstr(method.routingKey);
  writer.u32(method.messageCount);
}

function decodeBasicGetEmpty(reader: WireReader): BasicGetEmpty {
  reader.skipShortstr();
  return { name: 'basic.get-empty' };
}

function encodeBasicGetEmpty(writer: WireWriter, _method: BasicGetEmpty): void {
  writer.u32(0x003c0048);
  writer.u8(0);
}

function decodeBasicAck(reader: WireReader): BasicAck {
  const deliveryTag = reader.u64();
  const multipleBits = reader.u8();
  const multiple = (multipleBits & 1) !== 0;
  return { name: 'basic.ack', deliveryTag, multiple };
}

function encodeBasicAck(writer: WireWriter, method: BasicAck): void {
  writer.u32(0x003c0050);
  writer.u64(method.deliveryTag);
  writer.u8((method.multiple ? 1 : 0));
}

function decodeBasicReject(reader: WireReader): BasicReject {
  const deliveryTag = reader.u64();
  const requeueBits = reader.u8();
  const requeue = (requeueBits & 1) !== 0;
  return { name: 'basic.reject', deliveryTag, requeue };
}

function encodeBasicReject(writer: WireWriter, method: BasicReject): void {
  writer.u32(0x003c005a);
  writer.u64(method.deliveryTag);
  writer.u8((method.requeue ? 1 : 0));
}

function decodeBasicRecoverAsync(reader: WireReader): BasicRecoverAsync {
  const requeueBits = reader.u8();
  const requeue = (requeueBits & 1) !== 0;
  return { name: 'basic.recover-async', requeue };
}

function encodeBasicRecoverAsync(writer: WireWriter, method: BasicRecoverAsync): void {
  writer.u32(0x003c0064);
  writer.u8((method.requeue ? 1 : 0));
}

function decodeBasicRecover(reader: WireReader): BasicRecover {
  const requeueBits = reader.u8();
  const requeue = (requeueBits & 1) !== 0;
  return { name: 'basic.recover', requeue };
}

function encodeBasicRecover(writer: WireWriter, method: BasicRecover): void {
  writer.u32(0x003c006e);
  writer.u8((method.requeue ? 1 : 0));
}

function decodeBasicNack(reader: WireReader): BasicNack {
  const deliveryTag = reader.u64();
  const multipleBits = reader.u8();
  const multiple = (multipleBits & 1) !== 0;
  const requeue = (multipleBits & 2) !== 0;
  return { name: 'basic.nack', deliveryTag, multiple, requeue };
}

function encodeBasicNack(writer: WireWriter, method: BasicNack): void {
  writer.u32(0x003c0078);
  writer.u64(method.deliveryTag);
  writer.u8((method.multiple ? 1 : 0) | (method.requeue ? 2 : 0));
}

function decodeConfirmSelect(reader: WireReader): ConfirmSelect {
  const noWaitBits = reader.u8();
  const noWait = (noWaitBits & 1) !== 0;
  return { name: 'confirm.select', noWait };
}

function encodeConfirmSelect(writer: WireWriter, method: ConfirmSelect): void {
  writer.u32(0x0055000a);
  writer.u8((method.noWait ? 1 : 0));
}
