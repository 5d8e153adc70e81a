import { expect, test } from 'vitest';
import { bodyFrame, headerFrame } from '../../../../src/codec/frames.ts';
import { FakeClient, frameOf, handshakeBytes } from '../../../support/fake_client.ts';

async function confirming(): Promise<FakeClient> {
  const client = new FakeClient();
  client.chunk(handshakeBytes());
  client.send(1, 'queue.declare', { queue: 'q' });
  client.send(1, 'confirm.select');
  await client.seen();
  return client;
}

function messages(count: number, exchange = ''): Buffer {
  const message = [
    frameOf(1, 'basic.publish', { exchange, routingKey: 'q' }),
    headerFrame(1, 1, {}),
    bodyFrame(1, Buffer.from('m')),
  ];
  return Buffer.concat(Array.from({ length: count }, () => message).flat());
}

test('publishes of one turn are confirmed by one cumulative ack', async () => {
  const client = await confirming();
  client.chunk(messages(100));
  expect(await client.seen()).toEqual(['1 basic.ack {deliveryTag:100, multiple:true}']);
  client.chunk(messages(1));
  expect(await client.seen()).toEqual(['1 basic.ack {deliveryTag:101, multiple:false}']);
});

test('what is published right before channel.close is confirmed before close-ok, and nothing comes after it', async () => {
  const client = await confirming();
  client.chunk(Buffer.concat([messages(3), frameOf(1, 'channel.close')]));
  expect(await client.seen()).toEqual(['1 basic.ack {deliveryTag:3, multiple:true}', '1 channel.close-ok']);
});

test('what is published right before a mistake is confirmed before channel.close, and nothing comes after it', async () => {
  const client = await confirming();
  client.chunk(Buffer.concat([messages(2), messages(1, 'nosuch')]));
  const lines = await client.seen();
  expect(lines.map((line) => line.slice(0, 20))).toEqual(['1 basic.ack {deliver', '1 channel.close {rep']);
});

test('nothing comes after connection.close-ok', async () => {
  const client = await confirming();
  client.chunk(Buffer.concat([messages(2), frameOf(0, 'connection.close')]));
  expect((await client.seen()).at(-1)).toBe('0 connection.close-ok');
});

test('a channel opened again counts from 1', async () => {
  const client = await confirming();
  client.chunk(Buffer.concat([messages(2), frameOf(1, 'channel.close'), frameOf(1, 'channel.open')]));
  client.chunk(Buffer.concat([frameOf(1, 'confirm.select'), messages(1)]));
  expect((await client.seen()).at(-1)).toBe('1 basic.ack {deliveryTag:1, multiple:false}');
});
