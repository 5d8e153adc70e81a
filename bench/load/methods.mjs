// The frames that the load generator sends, and the ids of those it waits for.

import { FRAME_BODY, FRAME_HEADER, frame, Payload } from './payload.mjs';

export const PROTOCOL_HEADER = Buffer.from('AMQP\x00\x00\x09\x01', 'latin1');

/** Class and method as one number, as they lie in the payload. */
export const CONNECTION_START = 0x000a000a;
export const CONNECTION_TUNE = 0x000a001e;
export const CONNECTION_OPEN_OK = 0x000a0029;
export const CONNECTION_CLOSE = 0x000a0032;
export const CONNECTION_CLOSE_OK = 0x000a0033;
export const CHANNEL_OPEN_OK = 0x0014000b;
export const CHANNEL_CLOSE = 0x00140028;
export const EXCHANGE_DECLARE_OK = 0x0028000b;
export const EXCHANGE_DELETE_OK = 0x00280015;
export const QUEUE_DECLARE_OK = 0x0032000b;
export const QUEUE_BIND_OK = 0x00320015;
export const QUEUE_DELETE_OK = 0x00320029;
export const BASIC_QOS_OK = 0x003c000b;
export const BASIC_CONSUME_OK = 0x003c0015;
export const BASIC_DELIVER = 0x003c003c;
export const BASIC_ACK = 0x003c0050;
export const BASIC_NACK = 0x003c0078;
export const CONFIRM_SELECT_OK = 0x0055000b;

const DURABLE = 2;
const NO_ACK = 2;
const HEADERS = 0x2000;
const DELIVERY_MODE = 0x1000;
const PRIORITY = 0x0800;
const MESSAGE_ID = 0x0080;

export function startOk(user, password) {
  const response = `\0${user}\0${password}`;
  return new Payload(10, 11).noTable().short('PLAIN').long(response).short('en_US').frame(0);
}

export function tuneOk(channelMax, frameMax, heartbeatSeconds) {
  return new Payload(10, 31).u16(channelMax).u32(frameMax).u16(heartbeatSeconds).frame(0);
}

export function open(vhost) {
  return new Payload(10, 40).short(vhost).u8(0).u8(0).frame(0);
}

export function close() {
  return new Payload(10, 50).u16(200).short('').u16(0).u16(0).frame(0);
}

export function channelOpen(channel) {
  return new Payload(20, 10).u8(0).frame(channel);
}

export function exchangeDeclare(name, type, durable) {
  const bits = durable ? DURABLE : 0;
  return new Payload(40, 10).u16(0).short(name).short(type).u8(bits).noTable().frame(1);
}

export function exchangeDelete(name) {
  return new Payload(40, 20).u16(0).short(name).u8(0).frame(1);
}

/** Passive, it answers how many messages wait. */
export function queueDeclare(name, { durable = false, passive = false, table = {} } = {}) {
  const bits = (passive ? 1 : 0) | (durable ? DURABLE : 0);
  return new Payload(50, 10).u16(0).short(name).u8(bits).table(table).frame(1);
}

export function queueBind(queue, exchange) {
  return new Payload(50, 20).u16(0).short(queue).short(exchange).short('').u8(0).noTable().frame(1);
}

export function queueDelete(name) {
  return new Payload(50, 40).u16(0).short(name).u8(0).frame(1);
}

export function qos(prefetch) {
  return new Payload(60, 10).u32(0).u16(prefetch).u8(0).frame(1);
}

export function consume(queue, tag, acks) {
  const bits = acks ? 0 : NO_ACK;
  return new Payload(60, 20).u16(0).short(queue).short(tag).u8(bits).noTable().frame(1);
}

export function ack(tag) {
  return new Payload(60, 80).u64(tag).u8(1).frame(1);
}

const ONE_REQUEUE = new Payload(60, 90).u64(0).u8(1).frame(1);
/** Where the delivery tag is: behind the frame's header, class and method. */
const REQUEUE_TAG_AT = 7 + 4;

/** By basic.reject, one after the other. */
export function requeue(tags) {
  const size = ONE_REQUEUE.length;
  const frames = Buffer.alloc(size * tags.length, ONE_REQUEUE);
  for (let i = 0; i < tags.length; i++) frames.writeBigUInt64BE(tags[i], i * size + REQUEUE_TAG_AT);
  return frames;
}

export function confirmSelect() {
  return new Payload(85, 10).u8(0).frame(1);
}

/** One message: its method, header and body frames. `stampAt` is where the body begins. */
export function publish({ exchange, routingKey, bodyBytes, persistent, delayMs, priority, messageId, frameMax }) {
  const method = new Payload(60, 40).u16(0).short(exchange).short(routingKey).u8(0).frame(1);
  const start = new Payload(60, 0).u64(bodyBytes);
  start.u16(
    (delayMs === undefined ? 0 : HEADERS) |
      (persistent ? DELIVERY_MODE : 0) |
      (priority === undefined ? 0 : PRIORITY) |
      (messageId === undefined ? 0 : MESSAGE_ID),
  );
  if (delayMs !== undefined) start.table({ 'x-delay': delayMs });
  if (persistent) start.u8(2);
  if (priority !== undefined) start.u8(priority);
  if (messageId !== undefined) start.short(messageId);
  const header = start.frame(1, FRAME_HEADER);
  const frames = [method, header];
  for (let left = bodyBytes; left > 0; left -= frameMax - 8) {
    frames.push(frame(FRAME_BODY, 1, Buffer.alloc(Math.min(left, frameMax - 8), 'x')));
  }
  return { bytes: Buffer.concat(frames), stampAt: method.length + header.length + 7 };
}
