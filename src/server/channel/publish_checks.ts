import { AmqpError } from '../../codec/errors.ts';
import { USER_ID } from '../../codec/properties.ts';
import { peekExpiration, peekShortstr } from '../../codec/property_peek.ts';

/** RabbitMQ's longest time to live, ten years in milliseconds. */
const EXPIRATION_MS_MAX = 315_360_000_000;

/** The checks on what few messages carry: expiration, then user-id. Throws 406 in RabbitMQ's words. */
export function checkPublishProperties(bytes: Uint8Array, start: number, end: number, userName: string): void {
  const expiration = peekExpiration(bytes, start, end);
  if (expiration !== undefined) checkExpiration(expiration);
  const userId = peekShortstr(bytes, start, end, USER_ID);
  if (userId !== undefined && userId !== userName) {
    throw new AmqpError(406, `user_id property set to '${userId}' but authenticated user was '${userName}'`);
  }
}

function checkExpiration(expiration: string): void {
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
  if (value > BigInt(EXPIRATION_MS_MAX)) return `{value_too_large,${value}}`;
  return undefined;
}
