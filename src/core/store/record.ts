/**
 * A message as it lies in a page: the bytes of its delivery, ready to be copied to a consumer's outbox.
 *
 *     ┌──────────────────┬─────────────────────┬────┬──────────────────────────────┬───────────────────────────┐
 *     │ exchange         │ routing key         │ CE │ content header frame         │ body frame, if any body   │
 *     │ len:1 bytes:len  │ len:1 bytes:len     │    │ 02 ch:2 size:4 payload:n CE  │ 03 ch:2 size:4 body:n CE  │
 *     └──────────────────┴─────────────────────┴────┴──────────────────────────────┴───────────────────────────┘
 *
 * The first two are the last arguments of basic.deliver, CE ends its method frame, and the two frames follow it on the
 * wire: only the channel numbers (ch) have to be written again. A body that came in several frames is joined into one
 * here and split again for the consumer's frame_max. All integers are big-endian, as on the wire.
 */

export const FRAME_OVERHEAD = 8;

/**
 * In place of a channel in the header frame of a record that the broker has dead-lettered: its x-death header is the broker's own
 * word. No client publishes on a channel of this number, unless it asks for every channel that there can be.
 */
const DIED = 0xffff;

export function readU32(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] as number) << 24) |
      ((bytes[at + 1] as number) << 16) |
      ((bytes[at + 2] as number) << 8) |
      (bytes[at + 3] as number)) >>>
    0
  );
}

export function readU16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}

/** Index just past the routing key, where the content (CE, header frame, body frame) begins. */
export function routeEnd(bytes: Uint8Array, start: number): number {
  const routingKey = start + 1 + (bytes[start] as number);
  return routingKey + 1 + (bytes[routingKey] as number);
}

/** Size of the content header's payload; `content` is the index of the CE before the header frame. */
function headerPayloadSize(bytes: Uint8Array, content: number): number {
  return readU32(bytes, content + 4);
}

/** Index of the property flags: past CE, the frame's 7 octets, class, weight and body size. */
export function propertiesStart(content: number): number {
  return content + 1 + 7 + 12;
}

export function propertiesEnd(bytes: Uint8Array, content: number): number {
  return content + 1 + 7 + headerPayloadSize(bytes, content);
}

/** Index of the body frame's first octet (which is there only for a body of at least one byte). */
export function bodyFrameStart(bytes: Uint8Array, content: number): number {
  return propertiesEnd(bytes, content) + 1;
}

/** Index just past the whole record. */
export function contentEnd(bytes: Uint8Array, content: number, bodyBytes: number): number {
  const bodyFrame = bodyFrameStart(bytes, content);
  return bodyBytes === 0 ? bodyFrame : bodyFrame + FRAME_OVERHEAD + bodyBytes;
}

/** `content` is the index of the CE before the header frame, as above. */
export function hasDied(bytes: Uint8Array, content: number): boolean {
  return readU16(bytes, content + 2) === DIED;
}

export function markDied(bytes: Uint8Array, content: number): void {
  bytes[content + 2] = DIED >>> 8;
  bytes[content + 3] = DIED & 0xff;
}
