import { AmqpError } from '../../codec/errors.ts';
import { FRAME_BODY, FRAME_HEADER, FRAME_METHOD } from '../../codec/frames.ts';
import { type BasicPublish, decodeMethod, METHOD_IDS, type Method } from '../../codec/methods.gen.ts';
import { validateProperties } from '../../codec/property_peek.ts';
import { readU16, readU32 } from '../../core/store/record.ts';
import { Assembly } from '../channel/assembly.ts';
import type { Channel } from '../channel/channel.ts';
import { dispatch } from '../channel/dispatch.ts';
import { publishAssembled } from '../channel/publish.ts';
import type { Connection } from './connection.ts';
import { bodyDue, headerDue, methodDue, otherHeader, unexpectedFrame, unknownFrame } from './frame_errors.ts';
import { connectionMethod } from './handshake.ts';

/** RabbitMQ's limit on what a header may announce; max_message_size is the operator's. */
const BODY_BYTES_LIMIT = 512 * 1024 * 1024;

const PUBLISH_IDS = { classId: 60, methodId: 40 };

/** What is not the read loop's business, frame by frame. `bytes[start, end)` is the payload. All throw AmqpError. */
export function methodFrame(
  connection: Connection,
  number: number,
  channel: Channel | undefined,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  const { phase, server } = connection;
  if (phase.name === 'closed' || phase.name === 'refusing') return;
  if (phase.name === 'closing' && number !== 0) return;
  if (number !== 0 && phase.name !== 'running') throw unexpectedFrame(FRAME_METHOD, bytes, start, end);
  if (channel !== undefined && (channel.phase.name === 'header-due' || channel.phase.name === 'body-due')) {
    throw channel.phase.name === 'header-due' ? headerDue() : bodyDue();
  }
  if (channel !== undefined && channel.phase.name === 'closing' && !closes(bytes, start)) return;
  const method = decodeMethod(bytes, start, end);
  // What earlier frames made ready goes out before this method changes or counts anything.
  server.turn.drainQueues();
  if (number === 0) connectionMethod(connection, method);
  else if (channel === undefined) unopenedChannel(connection, number, method);
  else openedChannel(connection, channel, method, bytes, start);
}

function closes(bytes: Uint8Array, start: number): boolean {
  const id = readU32(bytes, start);
  return id === METHOD_IDS['channel.close'] || id === METHOD_IDS['channel.close-ok'];
}

function unopenedChannel(connection: Connection, number: number, method: Method): void {
  if (method.name === 'channel.open') {
    connection.openChannel(number);
    return;
  }
  if (method.name.startsWith('connection.')) throw new AmqpError(503, 'unimplemented method');
  throw new AmqpError(504, "expected 'channel.open'");
}

function openedChannel(
  connection: Connection,
  channel: Channel,
  method: Method,
  bytes: Uint8Array,
  start: number,
): void {
  switch (method.name) {
    case 'channel.open':
      throw new AmqpError(504, "second 'channel.open' seen");
    case 'channel.close':
      connection.confirmSafe(channel);
      channel.send({ name: 'channel.close-ok' });
      if (channel.phase.name !== 'closing') connection.closeChannel(channel);
      return;
    case 'channel.close-ok':
      if (channel.phase.name !== 'closing') throw new AmqpError(503, 'unimplemented method');
      connection.closeChannel(channel);
      return;
    case 'basic.publish':
      channel.phase = { name: 'header-due', assembly: beginAssembly(connection, method, bytes, start) };
      return;
    default:
      dispatch(channel, method);
  }
}

/** The names as they came: behind class, method and ticket. */
function beginAssembly({ server }: Connection, method: BasicPublish, bytes: Uint8Array, start: number): Assembly {
  const route = start + 6;
  const routingKey = route + 1 + (bytes[route] as number);
  const end = routingKey + 1 + (bytes[routingKey] as number);
  return new Assembly(server.arena, bytes, route, end, method.mandatory, method.immediate);
}

/** A content header frame. */
export function contentFrame(
  connection: Connection,
  number: number,
  channel: Channel | undefined,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  if (ignoresContent(connection, channel)) return;
  if (channel === undefined) throw withoutChannel(connection, number, FRAME_HEADER, bytes, start, end);
  const { phase } = channel;
  if (phase.name === 'body-due') throw bodyDue();
  if (phase.name !== 'header-due') throw methodDue();
  if (end - start < 12) throw unknownFrame(FRAME_HEADER, bytes, start, end);
  const classId = readU16(bytes, start);
  if (classId !== 60) throw otherHeader(classId);
  if (readU16(bytes, start + 2) !== 0) throw headerDue();
  const bodyBytes = bodySize(bytes, start + 4, connection.server.maxMessageSizeBytes);
  if (!validateProperties(bytes, start + 12, end))
    throw new AmqpError(502, 'malformed content properties', PUBLISH_IDS);
  const { assembly } = phase;
  assembly.header(bytes, start, end, bodyBytes);
  channel.phase = { name: 'body-due', assembly };
  if (bodyBytes === 0) complete(channel, assembly);
}

/** The 64-bit body size at `at`, which has to be within the limits. */
function bodySize(bytes: Uint8Array, at: number, max: number): number {
  const high = readU32(bytes, at);
  const bodyBytes = readU32(bytes, at + 4);
  if (high > 0 || bodyBytes >= BODY_BYTES_LIMIT) {
    const exact = (BigInt(high) << 32n) + BigInt(bodyBytes);
    const explanation = `content body size ${exact} exceeds maximum allowed size ${BODY_BYTES_LIMIT}`;
    throw new AmqpError(501, explanation, PUBLISH_IDS);
  }
  if (bodyBytes > max) {
    const explanation = `message size ${bodyBytes} is larger than configured max size ${max}`;
    throw new AmqpError(406, explanation, PUBLISH_IDS);
  }
  return bodyBytes;
}

/** A whole body frame. */
export function bodyFrame(
  connection: Connection,
  number: number,
  channel: Channel | undefined,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  if (ignoresContent(connection, channel)) return;
  if (channel === undefined) throw withoutChannel(connection, number, FRAME_BODY, bytes, start, end);
  const { phase } = channel;
  if (phase.name === 'header-due') throw headerDue();
  if (phase.name !== 'body-due') throw methodDue();
  phase.assembly.body(bytes, start, end);
  if (phase.assembly.bodyMissing === 0) complete(channel, phase.assembly);
}

/** Part of a body frame of `left` octets, this part included, whose end has not come yet. */
export function bodyPart(channel: Channel, bytes: Uint8Array, start: number, end: number, left: number): void {
  // Anything else means that the channel, or its connection, was closed in the meantime.
  if (channel.phase.name !== 'body-due' || ignoresContent(channel.connection, channel)) return;
  const { assembly } = channel.phase;
  assembly.expect(left);
  assembly.body(bytes, start, end);
}

/** The end of a body frame that came in parts: only now may the message be complete. */
export function bodyEnd(channel: Channel): void {
  const { phase } = channel;
  if (phase.name !== 'body-due' || ignoresContent(channel.connection, channel)) return;
  if (phase.assembly.bodyMissing === 0) complete(channel, phase.assembly);
}

function complete(channel: Channel, assembly: Assembly): void {
  channel.expectOpen();
  try {
    publishAssembled(channel, assembly);
  } finally {
    assembly.discard();
  }
}

function ignoresContent(connection: Connection, channel: Channel | undefined): boolean {
  const { name } = connection.phase;
  if (name === 'closing' || name === 'closed' || name === 'refusing') return true;
  return channel !== undefined && channel.phase.name === 'closing';
}

/** Content on channel 0 has no place anywhere; on a channel that was never opened it comes where a method is due. */
function withoutChannel(
  connection: Connection,
  number: number,
  type: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): AmqpError {
  if (number !== 0 && connection.phase.name === 'running') return methodDue();
  return unexpectedFrame(type, bytes, start, end);
}
