import type { RE2JS } from 're2js';
import { backtrackingCost } from './backtracking.ts';

/** A regular expression that an operator wrote, which may be found anywhere in a name. */
export interface Pattern {
  readonly source: string;
  matches(name: string): boolean;
}

/** What is wrong with a pattern, to follow its name: `must not exceed 1024 bytes`. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}

/** As RabbitMQ has it. */
const PATTERN_BYTES_MAX = 1024;

/** RabbitMQ gives a match up after 50,000 steps; a million is some milliseconds. */
const BACKTRACKING_COST_MAX = 2 ** 20;

/** Matches are not tried against longer names: AMQP's have at most 255 bytes. */
const NAME_BYTES_MAX = 255;

/**
 * Compiles a pattern in Perl's notation, to match bytes as RabbitMQ does: a dot is a byte, and a letter beyond ASCII is two.
 *
 * Nearly every pattern is matched in time linear in the name's length. Look-arounds, as in `^(?!amq\.).*`, and references cannot
 * be: they are left to JavaScript's own backtracking, if it is certain from the pattern that this ends soon. Rejects with a
 * PatternError. The linear engine is loaded when the first pattern is compiled.
 */
export async function compilePattern(source: string): Promise<Pattern> {
  if (Buffer.byteLength(source) > PATTERN_BYTES_MAX) {
    throw new PatternError(`must not exceed ${PATTERN_BYTES_MAX} bytes`);
  }
  const { RE2JS, RE2JSException } = await import('re2js');
  const bytes = asBytes(source);
  let linear: RE2JS;
  try {
    linear = RE2JS.compile(bytes);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    const native = compileNative(bytes);
    if (native === undefined) throw invalid(error.message.replace('error parsing regexp: ', ''));
    return { source, matches: (name) => Buffer.byteLength(name) <= NAME_BYTES_MAX && native.test(asBytes(name)) };
  }
  return { source, matches: (name) => linear.test(asBytes(name)) };
}

/** Undefined for what JavaScript cannot read either, or does not read as Perl does. */
function compileNative(source: string): RegExp | undefined {
  const cost = backtrackingCost(source);
  if (cost === undefined) return undefined;
  let native: RegExp;
  try {
    native = new RegExp(source);
  } catch {
    return undefined;
  }
  if (cost > BACKTRACKING_COST_MAX) throw invalid('with look-arounds or references it could take too long to match');
  return native;
}

function invalid(reason: string): PatternError {
  return new PatternError(`should be regular expression but is invalid: ${reason}`);
}

/** A character for each byte of UTF-8. */
function asBytes(text: string): string {
  return Buffer.from(text).toString('latin1');
}
