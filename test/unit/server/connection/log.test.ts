import { expect, test } from 'vitest';
import { PROTOCOL_HEADER } from '../../../../src/codec/frames.ts';
import type { Logger } from '../../../../src/server/logger.ts';
import { FakeClient } from '../../../support/fake_client.ts';
import { testServer } from '../../../support/test_server.ts';

/** Writes down what is logged, as `level message`. */
function listeningLogger(lines: string[]): Logger {
  const at = (level: string) => (_fields: object, message: string) => void lines.push(`${level} ${message}`);
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

function dial(): { client: FakeClient; lines: string[] } {
  const lines: string[] = [];
  return { client: new FakeClient({ ...testServer(), logger: listeningLogger(lines) }), lines };
}

test('a connection that comes and goes without a word is no news', () => {
  const { client, lines } = dial();
  client.socket.destroy();
  expect(lines).toEqual(['debug connection closed']);
});

test('nor is one that is cut off in the middle of the protocol header', () => {
  const { client, lines } = dial();
  client.chunk(PROTOCOL_HEADER.subarray(0, 5));
  client.socket.emit('error', new Error('ECONNRESET'));
  client.socket.destroy();
  expect(lines).toEqual(['debug connection lost', 'debug connection closed']);
});

test('one that speaks AMQP is logged as it opens and closes', () => {
  const { client, lines } = dial();
  client.chunk(PROTOCOL_HEADER);
  client.socket.destroy();
  expect(lines).toEqual(['info connection opened', 'info connection closed']);
});
