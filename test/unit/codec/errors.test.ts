import { expect, test } from 'vitest';
import { AMQP } from '../../../protocol/spec.ts';
import { AmqpError, type ReplyCode } from '../../../src/codec/errors.ts';
import { REPLY_CODES } from '../../../src/codec/reply_codes.gen.ts';

test('the reply text is the name of the code and the explanation', () => {
  const error = new AmqpError(404, "no queue 'q' in vhost '/'", { classId: 50, methodId: 10 });
  expect(error.replyText).toBe("NOT_FOUND - no queue 'q' in vhost '/'");
  expect(error).toMatchObject({ code: 404, codeName: 'NOT_FOUND', hard: false, classId: 50, methodId: 10 });
});

test('class and method are 0 where none failed', () => {
  expect(new AmqpError(501, 'x')).toMatchObject({ classId: undefined, methodId: undefined, hard: true });
});

test('a reply text of 255 bytes is whole, a longer one ends in dots', () => {
  const whole = 'x'.repeat(255 - 'NOT_FOUND - '.length);
  expect(new AmqpError(404, whole).replyText).toBe(`NOT_FOUND - ${whole}`);
  const cut = new AmqpError(404, `${whole}x`).replyText;
  expect(cut).toBe(`NOT_FOUND - ${whole.slice(0, -3)}...`);
  expect(Buffer.byteLength(cut)).toBe(255);
});

test.each(['é', '€', '😀'])('a reply text is cut between characters, not within %s', (character) => {
  for (let shift = 0; shift < 4; shift += 1) {
    const { replyText } = new AmqpError(404, 'x'.repeat(shift) + character.repeat(200));
    expect(Buffer.byteLength(replyText)).toBeLessThanOrEqual(255);
    expect(Buffer.byteLength(replyText)).toBeGreaterThan(255 - Buffer.byteLength(character));
    expect(replyText.replace('NOT_FOUND - ', '').replaceAll(character, '')).toBe(`${'x'.repeat(shift)}...`);
  }
});

test('soft and hard are as the table says', () => {
  for (const { code, kind } of Object.values(AMQP.replyCodes)) {
    if (kind === 'success') expect(REPLY_CODES).not.toHaveProperty(String(code));
    else expect([code, new AmqpError(code as ReplyCode, '').hard]).toEqual([code, kind === 'hard']);
  }
});
