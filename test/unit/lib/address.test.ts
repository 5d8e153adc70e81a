import { expect, test } from 'vitest';
import { printAddress, printEnd } from '../../../src/lib/address.ts';

test.each([
  ['127.0.0.1', '{127,0,0,1}'],
  ['::ffff:10.1.2.3', '{10,1,2,3}'],
  ['::1', '{0,0,0,0,0,0,0,1}'],
  ['::', '{0,0,0,0,0,0,0,0}'],
  ['fe80::a:ff%eth0', '{65152,0,0,0,0,0,10,255}'],
  ['2001:db8:1:2:3:4:5:6', '{8193,3512,1,2,3,4,5,6}'],
])('the address %s as an Erlang tuple', (address, tuple) => {
  expect(printAddress(address)).toBe(tuple);
});

test.each([
  ['127.0.0.1', 5672, '127.0.0.1:5672'],
  ['::ffff:10.1.2.3', 1, '10.1.2.3:1'],
  ['::1', 5672, '[::1]:5672'],
  ['', undefined, ':'],
])('the end of a connection at %s, port %s', (address, port, end) => {
  expect(printEnd(address, port)).toBe(end);
});
