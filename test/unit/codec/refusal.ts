import { expect } from 'vitest';
import { AmqpError } from '../../../src/codec/errors.ts';

/** The AmqpError that a read raises; anything else, or nothing, fails the test. */
export function refusal(read: () => unknown): AmqpError {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(AmqpError);
    return error as AmqpError;
  }
  return expect.fail('it was not refused');
}
