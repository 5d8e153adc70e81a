import { expect, test } from 'vitest';
import type { OAuth2Options } from '../../../../src/auth/oauth2/options.ts';
import { permissionsOf, scopesOf, tagsOf } from '../../../../src/auth/oauth2/scopes.ts';

function scopes(claims: Record<string, unknown>, options: Partial<OAuth2Options> = {}) {
  return scopesOf(claims, { resourceServerId: 'leveret', ...options });
}

function permissions(scope: string, claims: Record<string, unknown> = {}, vhost = '/') {
  return permissionsOf([scope], claims, vhost);
}

test('scopes are a text of words or a list; those of others and the prefix are left out, and doubles', () => {
  const wanted = ['read:*/*', 'tag:monitoring'];
  expect(scopes({ scope: 'leveret.read:*/* other.write:*/*  leveret.tag:monitoring leveret.read:*/*' })).toEqual(
    wanted,
  );
  expect(scopes({ scope: ['leveret.read:*/*', 7, 'openid', 'leveret.tag:monitoring'] })).toEqual(wanted);
  for (const scope of [undefined, null, 7, {}]) expect(scopes({ scope })).toEqual([]);
});

test('the prefix may be another, or none', () => {
  expect(scopes({ scope: 'api://read:*/* leveret.write:*/*' }, { scopePrefix: 'api://' })).toEqual(['read:*/*']);
  expect(scopes({ scope: 'read:*/* write:a/b' }, { scopePrefix: '' })).toEqual(['read:*/*', 'write:a/b']);
});

test('an alias stands for scopes, but not for every name that an object has', () => {
  const scopeAliases = { admin: ['leveret.tag:administrator', 'leveret.read:*/*'] };
  expect(scopes({ scope: 'admin toString __proto__' }, { scopeAliases })).toEqual(['tag:administrator', 'read:*/*']);
});

test('other claims hold scopes too: texts, lists, objects by resource server, along a path', () => {
  const claims = {
    roles: 'leveret.read:a/*',
    realm: { access: [{ groups: ['leveret.read:b/*'] }, { groups: 'leveret.read:c/*' }] },
    permissions: { leveret: ['read:d/*'], other: ['read:e/*'] },
  };
  const additionalScopesKey = 'roles realm.access.groups permissions missing.path roles.deeper';
  expect(scopes(claims, { additionalScopesKey })).toEqual(['read:a/*', 'read:b/*', 'read:c/*', 'read:d/*']);
});

test("the scopes of Keycloak's requesting party tokens count without being named", () => {
  const authorization = {
    permissions: [{ scopes: ['leveret.read:a/*'], rsid: 'x' }, { scopes: ['leveret.read:b/*'] }],
  };
  expect(scopes({ authorization })).toEqual(['read:a/*', 'read:b/*']);
});

test('more scopes than anybody has are refused', () => {
  const many = Array.from({ length: 2049 }, (_, index) => `leveret.read:*/q${index}`);
  expect(scopes({ scope: many })).toBe(undefined);
  expect(scopes({ scope: many.slice(1) })).toHaveLength(2048);
});

test('tags are scopes', () => {
  expect(tagsOf(['tag:administrator', 'read:*/*', 'tag:'])).toEqual(['administrator', '']);
});

test('a permission is what, where and on which names, and for topics which routing keys', () => {
  expect(permissions('read:a/b')).toEqual([{ permission: 'read', vhost: 'a', name: 'b', routingKey: undefined }]);
  expect(permissions('write:a/b/c')).toEqual([{ permission: 'write', vhost: 'a', name: 'b', routingKey: 'c' }]);
});

test.each(['read', 'read:a', 'read:a/b/c/d', 'delete:a/b', 'READ:a/b', ' read:a/b', ''])(
  '%j permits nothing',
  (scope) => {
    expect(permissions(scope)).toEqual([]);
  },
);

test('braces name the virtual host or a claim, which cannot bring wildcards in', () => {
  const claims = { sub: 'hare', star: '*', slash: 'a/b', number: 7 };
  const nameOf = (pattern: string) => permissions(`read:{vhost}/${pattern}`, claims)[0];
  expect(nameOf('{sub}-*')).toMatchObject({ vhost: '%2F', name: 'hare-*' });
  expect(nameOf('{star}')).toMatchObject({ name: '%2A' });
  expect(nameOf('{slash}')).toMatchObject({ name: 'a%2Fb', routingKey: undefined });
  expect(nameOf('{number}-{missing}-{toString}')).toMatchObject({ name: 'number-missing-toString' });
  for (const broken of ['{sub', '{{sub}', '{s*b}']) expect(nameOf(broken)).toBe(undefined);
});
