import { describe, expect, test } from 'vitest';
import { compileAccess, compileTopicAccess } from '../../../src/auth/access_pattern.ts';
import { Permissions } from '../../../src/auth/permissions.ts';
import { UserAccess } from '../../../src/auth/user_access.ts';
import { EMPTY_TABLE } from '../../../src/codec/table.ts';
import { Exchange } from '../../../src/core/exchange/exchange.ts';
import { PatternError } from '../../../src/lib/pattern.ts';
import { refusal } from '../codec/refusal.ts';

describe('a pattern', () => {
  test.each([
    ['', ['']],
    ['.*', ['', 'a', 'b.a']],
    ['a', ['a', 'b.a']],
    ['^a', ['a']],
    ['^(?!b)', ['', 'a']],
  ])('"%s" is for %j only', async (source, expected) => {
    const pattern = await compileAccess(source);
    const names = ['', 'a', 'b.a'];
    // Twice: the second answer is one that was remembered.
    for (let i = 0; i < 2; i++) expect(names.filter((name) => pattern.matches(name))).toEqual(expected);
    expect(pattern.source).toBe(source);
  });

  test('that is none is refused', async () => {
    await expect(compileAccess('(')).rejects.toBeInstanceOf(PatternError);
  });

  test('answers for many names, and is right when it has forgotten them', async () => {
    const pattern = await compileAccess('7$');
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 3_000; i++) expect(pattern.matches(`q${i}`)).toBe(i % 10 === 7);
    }
  });

  test('for topics has the names in it as they are', async () => {
    const pattern = await compileTopicAccess('^{username}-{vhost}-{client_id}$', 'a.b$&', '[v]');
    expect(pattern.source).toBe('^{username}-{vhost}-{client_id}$');
    expect(pattern.matches('a.b$&-[v]-{client_id}')).toBe(true);
    expect(pattern.matches('aXb$&-[v]-{client_id}')).toBe(false);
  });
});

describe('the access of a user', () => {
  const exchange = (name: string, type: string): Exchange =>
    new Exchange({ name, type, durable: true, autoDelete: false, internal: false, arguments: EMPTY_TABLE });

  async function grants(configure: string, write: string, read: string) {
    return {
      configure: await compileAccess(configure),
      write: await compileAccess(write),
      read: await compileAccess(read),
    };
  }

  test('is what his permissions are at the time', async () => {
    const changed: string[] = [];
    const permissions = new Permissions((vhost) => changed.push(vhost));
    const access = new UserAccess(permissions, 'v', 'u');
    const check = (): void => access.check('write', 'queue', 'q');
    expect(refusal(check).message).toBe("ACCESS_REFUSED - write access to queue 'q' in vhost 'v' refused for user 'u'");
    permissions.set('v', 'u', await grants('', '^q$', ''));
    expect(check).not.toThrow();
    permissions.set('w', 'u', await grants('', '', ''));
    permissions.set('v', 'other', await grants('', '', ''));
    expect(check).not.toThrow();
    permissions.userDeleted('u');
    expect(check).toThrow();
    permissions.set('v', 'u', await grants('.*', '.*', '.*'));
    permissions.vhostDeleted('v');
    expect(check).toThrow();
    expect(changed).toEqual(['v', 'w', 'v', 'v', 'w', 'v', 'v']);
    expect(permissions.list()).toEqual([]);
  });

  test('to the default exchange is by the name amq.default, to a queue without a name by none', async () => {
    const permissions = new Permissions(() => {});
    permissions.set('v', 'u', await grants('', 'amq', ''));
    const access = new UserAccess(permissions, 'v', 'u');
    expect(() => access.check('write', 'exchange', '')).not.toThrow();
    expect(() => access.check('read', 'exchange', '')).toThrow("read access to exchange 'amq.default'");
    expect(() => access.check('configure', 'queue', '')).not.toThrow();
  });

  test('to topics is free until it is said which, and only of that exchange', async () => {
    const permissions = new Permissions(() => {});
    permissions.set('v', 'u', await grants('', '', ''));
    const access = new UserAccess(permissions, 'v', 'u');
    const [t, other, direct] = [exchange('t', 'topic'), exchange('o', 'topic'), exchange('t', 'direct')];
    expect(() => access.checkTopic('write', t, 'k')).not.toThrow();
    permissions.setTopic('v', 'u', 't', { write: await compileAccess('^a'), read: await compileAccess('') });
    expect(() => access.checkTopic('write', t, 'k')).toThrow("write access to topic 'k' in exchange 't' in vhost 'v'");
    for (const [where, key] of [
      [t, 'a'],
      [other, 'k'],
      [direct, 'k'],
    ] as const) {
      expect(() => access.checkTopic('write', where, key)).not.toThrow();
    }
    expect(permissions.clearTopic('v', 'u', 'o')).toBe(false);
    expect(permissions.clearTopic('v', 'u', 't')).toBe(true);
    expect(() => access.checkTopic('write', t, 'k')).not.toThrow();
  });
});
