import { expect, test } from 'vitest';
import { generateMethods, generateReplyCodes } from '../../protocol/generate.ts';
import { AMQP } from '../../protocol/spec.ts';

test('src/codec/methods.gen.ts is what protocol/spec.ts generates', async () => {
  await expect(generateMethods(AMQP)).toMatchFileSnapshot('../../src/codec/methods.gen.ts');
});

test('src/codec/reply_codes.gen.ts is what protocol/spec.ts generates', async () => {
  await expect(generateReplyCodes(AMQP)).toMatchFileSnapshot('../../src/codec/reply_codes.gen.ts');
});
