import { AmqpError } from '../../codec/errors.ts';
import { FRAME_BODY, FRAME_END, FRAME_HEADER } from '../../codec/frames.ts';
import { DELIVERY_MODE, EXPIRATION } from '../../codec/properties.ts';
import { peekDeliveryMode, validateProperties } from '../../codec/property_peek.ts';
import type { PropertyChange } from '../../codec/property_rewrite.ts';
import { PeekedProperties } from '../../core/exchange/routed_properties.ts';
import { FRAME_OVERHEAD, propertiesEnd, propertiesStart, readU16, readU32 } from '../../core/store/record.ts';
import { rewriteRecord } from '../../core/store/rewrite.ts';
import type { Route } from '../../core/vhost.ts';
import type { Assembly } from './assembly.ts';
import type { EncodedCopies } from './carbon_copy.ts';
import type { Channel } from './channel.ts';
import { CHECKED_PROPERTIES, checkPublishProperties, checkSchedule } from './publish_checks.ts';
import { take, text } from './take.ts';

/** Bodies beyond this are put together apart: the read loop waits for a whole message only up to here. */
const WHOLE_BODY_BYTES_MAX = 48 * 1024;

/** A basic.publish frame before its exchange name: 7 octets of frame, 4 of class and method, 2 of ticket. */
const ROUTE_OFFSET = 13;

/** Class, weight, body size and property flags, and with them the least content header frame. */
const HEADER_BYTES_MIN = 14;
const HEADER_FRAME_BYTES_MIN = FRAME_OVERHEAD + HEADER_BYTES_MIN;

/** Answers of `publishWhole` that are not a number of octets used up. */
export const NOT_WHOLE = 0;

/**
 * Publishes a message whose frames lie one behind the other in `bytes[at, end)`, which is how nearly every message comes:
 *
 *     at ─▶ 01 ch size  003C0028 ticket exchange routing-key bits  CE      basic.publish, `frameEnd` is behind it
 *           02 ch size  003C 0000 body-size flags properties       CE
 *           03 ch size  body                                       CE      if body-size > 0
 *
 * Returns the index behind the message; NOT_WHOLE when it has to be put together piece by piece; or, negated, how many
 * octets from `at` are needed to tell.
 */
export function publishWhole(channel: Channel, bytes: Uint8Array, at: number, frameEnd: number, end: number): number {
  const routeStart = at + ROUTE_OFFSET;
  // The names must fill the frame exactly; if not, the careful path finds the right words for it.
  if (routeStart >= frameEnd - 3) return NOT_WHOLE;
  const routingKey = routeStart + 1 + (bytes[routeStart] as number);
  if (routingKey >= frameEnd - 2) return NOT_WHOLE;
  const routingKeyEnd = routingKey + 1 + (bytes[routingKey] as number);
  if (routingKeyEnd !== frameEnd - 2) return NOT_WHOLE;
  if (frameEnd + HEADER_FRAME_BYTES_MIN > end) return untilHeader(bytes, at, frameEnd, end);
  if (!isFrame(bytes, frameEnd, FRAME_HEADER, bytes, at)) return NOT_WHOLE;
  const headerSize = readU32(bytes, frameEnd + 3);
  const headerEnd = frameEnd + FRAME_OVERHEAD + headerSize;
  if (headerSize > WHOLE_BODY_BYTES_MAX || headerSize < HEADER_BYTES_MIN) return NOT_WHOLE;
  if (readU32(bytes, frameEnd + 7) !== 0x003c0000 || readU32(bytes, frameEnd + 11) !== 0) return NOT_WHOLE;
  const bodyBytes = readU32(bytes, frameEnd + 15);
  if (bodyBytes > WHOLE_BODY_BYTES_MAX || bodyBytes > channel.connection.server.maxMessageSizeBytes) return NOT_WHOLE;
  if (headerEnd > end) return at - headerEnd;
  if (bytes[headerEnd - 1] !== FRAME_END) return NOT_WHOLE;
  let messageEnd = headerEnd;
  if (bodyBytes > 0) {
    if (headerEnd + 7 > end) return at - (headerEnd + 7);
    if (!isFrame(bytes, headerEnd, FRAME_BODY, bytes, at) || readU32(bytes, headerEnd + 3) !== bodyBytes) {
      return NOT_WHOLE;
    }
    messageEnd = headerEnd + FRAME_OVERHEAD + bodyBytes;
    if (messageEnd > end) return at - messageEnd;
    if (bytes[messageEnd - 1] !== FRAME_END) return NOT_WHOLE;
  }
  const bits = bytes[routingKeyEnd] as number;
  publish(channel, bytes, routeStart, routingKeyEnd, frameEnd - 1, messageEnd, bodyBytes, bits, undefined);
  return messageEnd;
}

/** Too little has come behind the method. More is waited for only while it can still become a content header. */
function untilHeader(bytes: Uint8Array, at: number, frameEnd: number, end: number): number {
  if (frameEnd + 7 > end) return at - (frameEnd + 7);
  if (!isFrame(bytes, frameEnd, FRAME_HEADER, bytes, at)) return NOT_WHOLE;
  return readU32(bytes, frameEnd + 3) < HEADER_BYTES_MIN ? NOT_WHOLE : at - (frameEnd + HEADER_FRAME_BYTES_MIN);
}

/** Whether a frame of this type, on the same channel as the frame at `other`, begins at `at`. */
function isFrame(bytes: Uint8Array, at: number, type: number, otherBytes: Uint8Array, other: number): boolean {
  return bytes[at] === type && bytes[at + 1] === otherBytes[other + 1] && bytes[at + 2] === otherBytes[other + 2];
}

/** Publishes a message that was put together piece by piece. */
export function publishAssembled(channel: Channel, assembly: Assembly): void {
  const { block, routeBytes, length, bodyBytes } = assembly;
  const bits = (assembly.mandatory ? 1 : 0) | (assembly.immediate ? 2 : 0);
  const content = block.base + routeBytes;
  publish(channel, block.bytes, block.base, content, content, block.base + length, bodyBytes, bits, assembly);
}

/**
 * The checks come in RabbitMQ's order: exchange, internal, properties, route.
 * `content` is the index of the CE before the header frame (core/store/record.ts); bits are mandatory (1), immediate (2).
 */
function publish(
  channel: Channel,
  bytes: Uint8Array,
  routeStart: number,
  routingKeyEnd: number,
  content: number,
  end: number,
  bodyBytes: number,
  bits: number,
  assembly: Assembly | undefined,
): void {
  if ((bits & 2) !== 0) throw new AmqpError(540, 'immediate=true');
  const { connection, vhost } = channel;
  if (connection.server.alarms.active) connection.holdPublisher();
  const start = propertiesStart(content);
  const flags = readU16(bytes, start);
  const marked = readFlags(bytes, content, start, flags);
  const route =
    channel.routeMemo.recall(vhost, bytes, routeStart, routingKeyEnd) ??
    lookUpRoute(channel, bytes, routeStart, routingKeyEnd, content);
  if (route.exchange.properties.internal) refuseInternal(channel, route);
  if (route.costly) connection.costly();
  if ((flags & CHECKED_PROPERTIES) !== 0) {
    const change = checkPublishProperties(channel, bytes, start, propertiesEnd(bytes, content), flags);
    const goal = change?.copies === undefined ? route : routeCopies(channel, bytes, routeStart, content, change.copies);
    if (goal.schedules) checkSchedule(bytes, start, propertiesEnd(bytes, content));
    if ((flags & EXPIRATION) !== 0) for (const queue of goal.queues) queue.expectExpirations();
    const persistent = marked || goal.keepsAll;
    if (change?.properties !== undefined) {
      takeChanged(channel, goal, bytes, routeStart, content, bodyBytes, bits, persistent, change.properties);
    } else {
      take(channel, goal, bytes, routeStart, routingKeyEnd, content, end, bodyBytes, bits, persistent, assembly);
    }
    return;
  }
  const persistent = marked || route.keepsAll;
  take(channel, route, bytes, routeStart, routingKeyEnd, content, end, bodyBytes, bits, persistent, assembly);
}

/** Where a message with CC or BCC goes. */
function routeCopies(
  channel: Channel,
  bytes: Uint8Array,
  routeStart: number,
  content: number,
  copies: EncodedCopies,
): Route {
  channel.connection.costly();
  const routingKey = routeStart + 1 + (bytes[routeStart] as number);
  const routingKeys = [text(bytes, routingKey), ...copies.routingKeys];
  const end = propertiesEnd(bytes, content);
  const properties = new PeekedProperties(bytes, propertiesStart(content), end, copies.blind ? 'BCC' : undefined);
  const route = channel.vhost.routeKeys(text(bytes, routeStart), routingKeys, properties);
  const { access } = channel.connection;
  for (const routingKey of copies.routingKeys) access.checkTopic('write', route.exchange, routingKey);
  return route;
}

/** Takes a copy of a message, with other properties, in its place. */
function takeChanged(
  channel: Channel,
  route: Route,
  source: Uint8Array,
  routeStart: number,
  sourceContent: number,
  bodyBytes: number,
  bits: number,
  persistent: boolean,
  properties: PropertyChange,
): void {
  const record = rewriteRecord({ bytes: source, start: routeStart, content: sourceContent, bodyBytes }, { properties });
  const { bytes, start, content, end } = record;
  const own = { length: end, giveUp: () => ({ bytes, base: 0, capacity: bytes.length }) };
  take(channel, route, bytes, start, content, content, end, bodyBytes, bits, persistent, own);
}

function lookUpRoute(
  channel: Channel,
  bytes: Uint8Array,
  routeStart: number,
  routingKeyEnd: number,
  content: number,
): Route {
  const properties = new PeekedProperties(bytes, propertiesStart(content), propertiesEnd(bytes, content));
  const { connection, vhost } = channel;
  return channel.routeMemo.find(vhost, connection.access, bytes, routeStart, routingKeyEnd, properties);
}

/** Checks the properties as far as their shape goes, and tells whether delivery_mode is 2. */
function readFlags(bytes: Uint8Array, content: number, start: number, flags: number): boolean {
  const end = propertiesEnd(bytes, content);
  if (flags === 0 && end - start === 2) return false;
  if (flags === DELIVERY_MODE && end - start === 3) return bytes[start + 2] === 2;
  if (!validateProperties(bytes, start, end)) {
    throw new AmqpError(502, 'malformed content properties', { classId: 60, methodId: 40 });
  }
  return peekDeliveryMode(bytes, start, end) === 2;
}

function refuseInternal(channel: Channel, route: Route): never {
  const { name } = route.exchange;
  throw new AmqpError(403, `cannot publish to internal exchange '${name}' in vhost '${channel.vhost.name}'`);
}
