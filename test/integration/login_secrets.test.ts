import { expect, test } from 'vitest';
import { METHOD_IDS } from '../../src/codec/methods.gen.ts';
import { dial, open, startBroker } from '../support/broker.ts';
import { keptLog } from '../support/kept_log.ts';

const SECRET = 'clover-and-dandelion';
const FRAME_METHOD = 1;

/** As text, or as the numbers that Erlang's notation has for octets. */
function shown(lines: readonly unknown[]): boolean {
  const log = JSON.stringify(lines);
  return log.includes(SECRET) || log.includes([...Buffer.from('clover')].join(','));
}

test.each([
  ['PLAIN', SECRET],
  ['AMQPLAIN', `\x05LOGINS\0\0\0\x01h\x08PASSWORDS\0\0\0\xff${SECRET}`],
  ['AMQPLAIN', `\x08PASSWORD?${SECRET}`],
])('a response for %s that cannot be read is not shown in the log', async (mechanism, response) => {
  const { logger, lines } = keptLog();
  const { client } = await dial(await startBroker({ logger }));
  client.header();
  await client.answer(0, ['connection.start']);
  await client.call(0, 'connection.start-ok', { mechanism, response: Buffer.from(response, 'latin1') });
  await client.end();
  expect(lines.filter(({ level }) => level === 'warn')).not.toEqual([]);
  expect(shown(lines)).toBe(false);
});

test.each([
  ['connection.start-ok', () => dial],
  ['connection.update-secret', () => open],
] as const)('a %s that cannot be read is not shown in the log', async (name, connected) => {
  const { logger, lines } = keptLog();
  const { client } = await connected()(await startBroker({ logger }));
  if (name === 'connection.start-ok') {
    client.header();
    await client.answer(0, ['connection.start']);
  }
  const payload = Buffer.alloc(8 + SECRET.length);
  payload.writeUInt32BE(METHOD_IDS[name]);
  payload.writeUInt32BE(0xffff, 4);
  payload.write(SECRET, 8);
  client.frame({ type: FRAME_METHOD, channel: 0, payload });
  await client.end();
  expect(lines.filter(({ level }) => level === 'warn')).not.toEqual([]);
  expect(shown(lines)).toBe(false);
});
