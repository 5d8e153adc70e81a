import { AmqpError } from '../../codec/errors.ts';

/** The errors of frames, in RabbitMQ's words, which are Erlang's notation for what the reader saw. */

const SHOWN_BYTES_MAX = 64;

/** As Erlang prints a binary with ~p: as text where it is printable, else as numbers. */
function octets(bytes: Uint8Array, start: number, end: number): string {
  const shown = [...bytes.subarray(start, Math.min(end, start + SHOWN_BYTES_MAX))];
  if (shown.length === 0) return '<<>>';
  if (shown.every((byte) => byte >= 32 && byte < 127)) {
    return `<<"${String.fromCharCode(...shown)
      .replaceAll('\\', '\\\\')
      .replaceAll('"', '\\"')}">>`;
  }
  return `<<${shown.join(',')}>>`;
}

/** `size` is the payload's; the limit told is what is left of frame_max without the frame's own 8 octets. */
export function frameTooLarge(type: number, size: number, frameMax: number): AmqpError {
  return new AmqpError(501, `type ${type}, all octets = <<>>: {frame_too_large,${size},${frameMax - 8}}`);
}

export function badFrameEnd(type: number, bytes: Uint8Array, start: number, end: number): AmqpError {
  const shown = octets(bytes, start, end);
  return new AmqpError(501, `type ${type}, all octets = ${shown}: {invalid_frame_end_marker,${bytes[end]}}`);
}

export function unknownFrame(type: number, bytes: Uint8Array, start: number, end: number): AmqpError {
  return new AmqpError(501, `type ${type}, all octets = ${octets(bytes, start, end)}: unknown_frame`);
}

export function heartbeatOnChannel(type: number, bytes: Uint8Array, start: number, end: number): AmqpError {
  return new AmqpError(505, `type ${type}, all octets = ${octets(bytes, start, end)}`);
}

/** A body or header frame on channel 0, which has no content, or a frame of a channel before there are channels. */
export function unexpectedFrame(type: number, bytes: Uint8Array, start: number, end: number): AmqpError {
  return new AmqpError(505, `type ${type}, all octets = ${octets(bytes, start, end)}`);
}

const PUBLISH_IDS = { classId: 60, methodId: 40 };

export const methodDue = (): AmqpError => new AmqpError(505, 'expected method frame, got non method frame instead');

export const headerDue = (): AmqpError =>
  new AmqpError(505, 'expected content header for class 60, got non content header frame instead', PUBLISH_IDS);

export const otherHeader = (classId: number): AmqpError =>
  new AmqpError(505, `expected content header for class 60, got one for class ${classId} instead`, PUBLISH_IDS);

export const bodyDue = (): AmqpError =>
  new AmqpError(505, 'expected content body, got non content body frame instead', PUBLISH_IDS);
