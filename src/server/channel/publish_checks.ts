import { AmqpError } from '../../codec/errors.ts';
import { type BasicProperties, EXPIRATION, HEADERS, REPLY_TO, USER_ID } from '../../codec/properties.ts';
import { peekExpiration, peekHeader, peekShortstr } from '../../codec/property_peek.ts';
import type { PropertyChange } from '../../codec/property_rewrite.ts';
import { EXPIRY_MS_MAX } from '../../core/argument_problems.ts';
import { DELAY_HEADER, DELIVER_AT_HEADER, scheduleProblem } from '../../core/queue/schedule.ts';
import type { Connection } from '../connection/connection.ts';
import { copiesIn, type EncodedCopies, hasCopies, withoutBlind } from './carbon_copy.ts';
import type { Channel } from './channel.ts';
import { replyAddress, wantsReplyAddress } from './reply_to.ts';

/** The properties that the broker looks into. */
export const CHECKED_PROPERTIES: number = HEADERS | REPLY_TO | EXPIRATION | USER_ID;

/** What a message asks for beyond being put where its exchange and routing key say. */
export interface PublishChange {
  /** More keys to route by, and whether some are to be seen by nobody; undefined where there is neither CC nor BCC. */
  readonly copies: EncodedCopies | undefined;
  /** What is different in the message that is delivered; undefined where nothing is. */
  readonly properties: PropertyChange | undefined;
}

/**
 * Looks into the properties in `bytes[start, end)`, in RabbitMQ's order: reply-to, expiration, CC and BCC, user-id.
 * Throws 406 in its words. Nearly always there is nothing to change.
 */
export function checkPublishProperties(
  channel: Channel,
  bytes: Uint8Array,
  start: number,
  end: number,
  flags: number,
): PublishChange | undefined {
  const asks = (flags & REPLY_TO) !== 0 && wantsReplyAddress(bytes, start, end);
  const replyTo = asks ? replyAddress(channel) : undefined;
  if ((flags & EXPIRATION) !== 0) checkExpiration(peekExpiration(bytes, start, end) ?? '');
  const copied = (flags & HEADERS) !== 0 && hasCopies(bytes, start, end);
  const copies = copied ? copiesIn(bytes, start, end) : undefined;
  if ((flags & USER_ID) !== 0) checkUserId(peekShortstr(bytes, start, end, USER_ID) ?? '', channel.connection);
  if (replyTo === undefined && copies === undefined) return undefined;
  const blind = copies?.blind === true;
  if (replyTo === undefined && !blind) return { copies, properties: undefined };
  const properties = (published: BasicProperties): BasicProperties => ({
    ...published,
    replyTo: replyTo ?? published.replyTo,
    headers: blind && published.headers !== undefined ? withoutBlind(published.headers) : published.headers,
  });
  return { copies, properties };
}

/** Of a message for a queue where messages may ask to be delivered later. Throws 406 for what cannot be understood. */
export function checkSchedule(bytes: Uint8Array, start: number, end: number): void {
  for (const header of [DELAY_HEADER, DELIVER_AT_HEADER] as const) {
    const field = peekHeader(bytes, start, end, header);
    const problem = field === undefined ? undefined : scheduleProblem(header, field);
    if (problem !== undefined) throw new AmqpError(406, `invalid header '${header}': ${problem}`);
  }
}

function checkUserId(userId: string, { userName, impersonates }: Connection): void {
  if (userId === userName || impersonates) return;
  throw new AmqpError(406, `user_id property set to '${userId}' but authenticated user was '${userName}'`);
}

/** Throws 406 for what is no expiration. */
export function checkExpiration(expiration: string): void {
  const problem = expirationProblem(expiration);
  if (problem !== undefined) throw new AmqpError(406, `invalid expiration '${expiration}': ${problem}`);
}

/** An optional sign and digits, and nothing else; the words are those of Erlang's string:to_integer and its terms. */
function expirationProblem(expiration: string): string | undefined {
  const match = /^([+-]?\d+)(.*)$/s.exec(expiration);
  if (match === null) return 'no_integer';
  const [, digits = '', rest = ''] = match;
  if (rest !== '') return `{leftover_string,"${rest}"}`;
  const value = BigInt(digits.replace(/^\+/, ''));
  if (value < 0n) return `{value_negative,${value}}`;
  if (value > BigInt(EXPIRY_MS_MAX)) return `{value_too_large,${value}}`;
  return undefined;
}
