import { AmqpError, NO_METHOD } from '../../codec/errors.ts';
import { METHOD_IDS } from '../../codec/methods.gen.ts';
import { printBinary } from '../../lib/erlang.ts';

/** The errors of frames, in RabbitMQ's words, which are Erlang's notation for what the reader saw. */

const SHOWN_BYTES_MAX = 16;

/** `all octets = <<...>>`, or the first few of a longer payload. */
function octets(bytes: Uint8Array, start: number, end: number): string {
  const cut = end - start > SHOWN_BYTES_MAX;
  const shown = printBinary(bytes.subarray(start, cut ? start + SHOWN_BYTES_MAX : end));
  return `${cut ? `first ${SHOWN_BYTES_MAX}` : 'all'} octets = ${shown}`;
}

/** `size` is the payload's; the limit told is what is left of frame_max without the frame's own 8 octets. */
export function frameTooLarge(type: number, size: number, frameMax: number): AmqpError {
  const explanation = `type ${type}, all octets = <<>>: {frame_too_large,${size},${frameMax - 8}}`;
  return new AmqpError(501, explanation, NO_METHOD);
}

export function badFrameEnd(type: number, bytes: Uint8Array, start: number, end: number): AmqpError {
  const explanation = `type ${type}, ${octets(bytes, start, end)}: {invalid_frame_end_marker,${bytes[end]}}`;
  return new AmqpError(501, explanation, NO_METHOD);
}

export function unknownFrame(type: number, bytes: Uint8Array, start: number, end: number): AmqpError {
  return new AmqpError(501, `type ${type}, ${octets(bytes, start, end)}: unknown_frame`, NO_METHOD);
}

/**
 * A frame that could be right elsewhere: a heartbeat on a channel, a body or header frame on channel 0, which has no
 * content, or a frame of a channel before there are channels.
 */
export function unexpectedFrame(type: number, bytes: Uint8Array, start: number, end: number): AmqpError {
  return new AmqpError(505, `type ${type}, ${octets(bytes, start, end)}`, NO_METHOD);
}

const PUBLISH_IDS = { classId: 60, methodId: 40 };

export const methodDue = (): AmqpError =>
  new AmqpError(505, 'expected method frame, got non method frame instead', NO_METHOD);

export const headerDue = (): AmqpError =>
  new AmqpError(505, 'expected content header for class 60, got non content header frame instead', PUBLISH_IDS);

export const otherHeader = (classId: number): AmqpError =>
  new AmqpError(505, `expected content header for class 60, got one for class ${classId} instead`, PUBLISH_IDS);

export const bodyDue = (): AmqpError =>
  new AmqpError(505, 'expected content body, got non content body frame instead', PUBLISH_IDS);

/** Methods with a password or a token in them. */
const SECRET_METHODS: ReadonlySet<number | undefined> = new Set(
  [METHOD_IDS['connection.start-ok'], METHOD_IDS['connection.secure-ok'], METHOD_IDS['connection.update-secret']].map(
    (id) => id & 0xffff,
  ),
);

/** What the log says of a mistake. What could not be read of a login would be shown with its secret. */
export function logged(error: AmqpError): string {
  const ofLogin = error.code === 501 && error.classId === 10 && SECRET_METHODS.has(error.methodId);
  return ofLogin ? `${error.codeName} - cannot decode a login` : error.message;
}
