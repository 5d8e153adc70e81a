import { expect, test } from 'vitest';
import { readAmqpUrl } from '../../../../src/cli/perf/amqp_url.ts';
import { churnOptions, latencyOptions, loadOptions, type PerfFlags } from '../../../../src/cli/perf/read_options.ts';

const DEFAULTS: PerfFlags = {
  ...{ uri: 'amqp://127.0.0.1', publishers: '1', consumers: '1', size: '100', ack: '0', confirm: '0', prefetch: '0' },
  ...{ rate: '0', time: '10', concurrency: '1' },
};

test('a URL may leave out what is usual', () => {
  const usual = { user: 'guest', password: 'guest', vhost: '/', tls: undefined };
  expect(readAmqpUrl('amqp://host')).toEqual({ host: 'host', port: 5672, ...usual });
  expect(readAmqpUrl('amqp://u:p%40@[::1]:1/a%2Fb')).toEqual({
    ...{ host: '::1', port: 1, user: 'u', password: 'p@', vhost: 'a/b', tls: undefined },
  });
  expect(readAmqpUrl('amqps://host?verify=verify_none')).toMatchObject({
    port: 5671,
    tls: { rejectUnauthorized: false },
  });
});

test('zero is without: no acknowledgements, no confirms, no limit', () => {
  expect(loadOptions(DEFAULTS)).toMatchObject({
    ...{ ackEvery: undefined, unconfirmedMax: undefined, prefetch: undefined, publishRate: undefined },
  });
});

test('latency is measured at a rate', () => {
  expect(latencyOptions(DEFAULTS).publishRate).toBe(1000);
  expect(latencyOptions({ ...DEFAULTS, rate: '50' }).publishRate).toBe(50);
});

test.each([
  [{ uri: 'http://x' }, '--uri takes a URL such as amqp://user:password@host:5672/vhost, not "http://x".'],
  [{ publishers: '1.5' }, '--publishers takes a whole number from 0 on, not "1.5".'],
  [{ pmessages: '0' }, '--pmessages takes a whole number from 1 on, not "0".'],
  [{ time: 'long' }, '--time takes a number of seconds, not "long".'],
  [{ time: '0' }, '--time takes a number of seconds, not "0".'],
  [{ queueArgs: '[1]' }, '--queue-args takes a JSON object, not "[1]".'],
])('%j is a mistake', (flags, sentence) => {
  expect(() => loadOptions({ ...DEFAULTS, ...flags })).toThrow(sentence);
});

test('a body that has no room for the time has no latency', () => {
  expect(() => latencyOptions({ ...DEFAULTS, size: '7' })).toThrow('--size takes at least 8, for the time in it.');
});

test('somebody has to do what is done again and again', () => {
  expect(() => churnOptions({ ...DEFAULTS, concurrency: '0' })).toThrow('--concurrency takes a whole number from 1 on');
});
