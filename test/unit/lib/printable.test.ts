import { expect, test } from 'vitest';
import { printable } from '../../../src/lib/printable.ts';

test('a name cannot forge a line of the log, or command the terminal that shows it', () => {
  expect(printable("no exchange 'x\r\nINFO: all is well'")).toBe("no exchange 'x\\u000d\\u000aINFO: all is well'");
  expect(printable('\u001b[2J\u0000\u009b')).toBe('\\u001b[2J\\u0000\\u009b');
  expect(printable('\u202egnp.exe')).toBe('\\u202egnp.exe');
});

test('what can be shown is shown as it is', () => {
  expect(printable('Grüße, \u{1f407} C:\\new')).toBe('Grüße, \u{1f407} C:\\new');
});
