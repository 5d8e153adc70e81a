import { expect, test } from 'vitest';
import { PROTOCOL_HEADER } from '../../../../src/codec/frames.ts';
import { LEGAL_METHODS, type PhaseName } from '../../../../src/server/connection/phase.ts';
import { FakeClient, frameOf } from '../../../support/fake_client.ts';
import type { Sendable } from '../../../support/raw_methods.ts';

/** How a client gets to each phase, given a capability that makes every refusal a spoken one. */
const WAYS: { readonly [Name in Exclude<PhaseName, 'header-due'>]: readonly Buffer[] } = {
  starting: [],
  refusing: [frameOf(0, 'connection.start-ok', { response: Buffer.from('\0guest\0wrong') })],
  tuning: [frameOf(0, 'connection.start-ok')],
  opening: [frameOf(0, 'connection.start-ok'), frameOf(0, 'connection.tune-ok')],
  running: [frameOf(0, 'connection.start-ok'), frameOf(0, 'connection.tune-ok'), frameOf(0, 'connection.open')],
  closing: [
    frameOf(0, 'connection.start-ok'),
    frameOf(0, 'connection.tune-ok'),
    frameOf(0, 'connection.open'),
    frameOf(0, 'channel.open'),
  ],
  closed: [
    frameOf(0, 'connection.start-ok'),
    frameOf(0, 'connection.tune-ok'),
    frameOf(0, 'connection.open'),
    frameOf(0, 'connection.close'),
  ],
};

/** Every connection method that a client has, and one of every other class. */
const METHODS: readonly Sendable[] = [
  'connection.start-ok',
  'connection.secure-ok',
  'connection.tune-ok',
  'connection.open',
  'connection.close',
  'connection.close-ok',
  'connection.update-secret',
  'channel.open',
  'exchange.declare',
  'queue.declare',
  'basic.qos',
  'confirm.select',
  'tx.select',
];

/** What a legal method is answered with, and where that leaves the connection. */
const ANSWERS: { readonly [Case in string]?: readonly [PhaseName, string?] } = {
  'starting connection.start-ok': ['tuning', 'connection.tune'],
  'tuning connection.tune-ok': ['opening'],
  'tuning connection.close': ['closed', 'connection.close-ok'],
  'opening connection.open': ['running', 'connection.open-ok'],
  'opening connection.close': ['closed', 'connection.close-ok'],
  'running connection.close': ['closed', 'connection.close-ok'],
  'running connection.update-secret': ['running', 'connection.update-secret-ok'],
  'closing connection.close': ['closed', 'connection.close-ok'],
  'closing connection.close-ok': ['closed'],
};

const SILENT_PHASES: readonly PhaseName[] = ['refusing', 'closing', 'closed'];

const CASES = (Object.keys(WAYS) as (keyof typeof WAYS)[]).flatMap((phase) =>
  METHODS.map((method) => ({ phase, method })),
);

test.each(CASES)('$method on channel 0 while $phase', async ({ phase, method }) => {
  const client = new FakeClient();
  client.chunk(Buffer.concat([PROTOCOL_HEADER, ...WAYS[phase]]));
  await client.seen();
  expect(client.connection.phase.name).toBe(phase);
  client.send(0, method);
  const lines = (await client.seen()).map((line) => line.replace(/^0 /, ''));
  const legal = ANSWERS[`${phase} ${method}`];
  expect(LEGAL_METHODS[phase].has(method)).toBe(legal !== undefined);
  if (legal !== undefined) {
    expect(client.connection.phase.name).toBe(legal[0]);
    expect(lines.map((line) => line.split(' ')[0])).toEqual(legal.slice(1));
  } else if (SILENT_PHASES.includes(phase)) {
    expect(lines).toEqual([]);
    expect(client.connection.phase.name).toBe(phase);
  } else {
    expect(lines).toEqual([
      expect.stringMatching(`^connection.close .*504.*CHANNEL_ERROR - unexpected method in connection state ${phase}`),
    ]);
    expect(client.connection.phase.name).toBe('closing');
  }
  client.socket.destroy();
});

test('every legal method of every phase is among the cases', () => {
  const legal = Object.entries(LEGAL_METHODS).flatMap(([phase, methods]) =>
    [...methods].map((method) => `${phase} ${method}`),
  );
  expect(legal.sort()).toEqual(Object.keys(ANSWERS).sort());
});

test.each(['channel.open', 'queue.declare', 'basic.publish'] as const)(
  '%s on a channel before the connection is open closes it',
  async (method) => {
    const client = new FakeClient();
    client.chunk(Buffer.concat([PROTOCOL_HEADER, ...WAYS.opening]));
    await client.seen();
    client.send(1, method);
    expect((await client.seen()).join()).toMatch(/connection.close .*505.*UNEXPECTED_FRAME/);
    client.socket.destroy();
  },
);
