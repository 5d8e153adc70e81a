import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT } from 'jose';
import { expect, onTestFinished, test } from 'vitest';
import type { OAuth2Options } from '../../../../src/auth/oauth2/options.ts';
import { TokenLogin } from '../../../../src/auth/oauth2/token_login.ts';
import { Issuer } from '../../../support/tokens.ts';

const issuer = new Issuer();
const now = Math.floor(Date.now() / 1000);

function login(given: Partial<OAuth2Options> = {}): TokenLogin {
  return new TokenLogin({ resourceServerId: 'leveret', signingKeys: { 'key-1': issuer.pem }, ...given }, () =>
    Date.now(),
  );
}

/** Answers requests by path, and counts them. */
async function web(pages: Record<string, () => Promise<object> | object>) {
  const asked: string[] = [];
  const server: Server = createServer(async ({ url = '' }, response) => {
    asked.push(url);
    const page = pages[url];
    response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(page === undefined ? '' : JSON.stringify(await page()));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  return { asked, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test('a token tells who, with which tags and scopes, and until when', async () => {
  const jwt = await issuer.token({ exp: now + 60, scope: 'leveret.read:*/* leveret.tag:monitoring' });
  expect(await login().verify(jwt)).toMatchObject({
    userName: 'hare',
    tags: ['monitoring'],
    scopes: ['read:*/*', 'tag:monitoring'],
    expiresAtSeconds: now + 60,
  });
});

test('the user name is the first of the claims that there is', async () => {
  const jwt = await issuer.token({ sub: undefined, client_id: 'shop', nick: 7, email: 'a@example.com' });
  const nameBy = async (...preferredUsernameClaims: string[]) => login({ preferredUsernameClaims }).verify(jwt);
  expect(await nameBy('nick', 'email', 'client_id')).toMatchObject({ userName: 'a@example.com' });
  expect(await nameBy('missing')).toMatchObject({ userName: 'unknown' });
});

test.each([
  ['another audience', { aud: 'other' }],
  ['no audience', { aud: null }],
  ['expired', { exp: now - 1 }],
  ['no end', { exp: null }],
  ['not yet', { nbf: now + 60 }],
  ['an end that is no number', { exp: 'never' }],
])('refused: %s', async (_why, claims) => {
  expect(await login().verify(await issuer.token(claims))).toEqual({ refused: expect.any(String) });
});

test('audience and end are left aside where the operator says so; one of several audiences will do', async () => {
  const ok = { userName: 'hare' };
  expect(await login({ verifyAud: false }).verify(await issuer.token({ aud: null }))).toMatchObject(ok);
  expect(await login({ requireExp: false }).verify(await issuer.token({ exp: null }))).toMatchObject(ok);
  expect(await login().verify(await issuer.token({ aud: ['other', 'leveret'] }))).toMatchObject(ok);
  expect(await login().verify(await issuer.token({ aud: 'other leveret' }))).toMatchObject(ok);
});

test('what another signed, or nobody, or our public key as a secret, is refused', async () => {
  const payload = { aud: 'leveret', sub: 'hare', exp: now + 60 };
  const unsigned = [{ alg: 'none' }, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  const confused = new SignJWT(payload).setProtectedHeader({ alg: 'HS256', kid: 'key-1' });
  const tokens = [
    await new Issuer().token({}),
    await issuer.token({}, { kid: 'key-2' }),
    await issuer.token({}, { kid: undefined }),
    `${unsigned.join('.')}.`,
    await confused.sign(Buffer.from(issuer.pem)),
    'no token',
    '',
    'a'.repeat(100_000),
  ];
  for (const jwt of tokens) expect(await login().verify(jwt)).toEqual({ refused: expect.any(String) });
  const byDefault = login({ defaultKey: 'key-1' });
  expect(await byDefault.verify(await issuer.token({}, { kid: undefined }))).toMatchObject({ userName: 'hare' });
});

test("an issuer's keys are found by discovery when they are first needed, and kept", async () => {
  const { asked, origin } = await web({
    '/realm/.well-known/openid-configuration': () => ({ jwks_uri: `${origin}/keys` }),
    '/keys': () => issuer.keySet(),
  });
  const tokens = login({ issuer: `${origin}/realm/`, signingKeys: {} });
  expect(asked).toEqual([]);
  for (let i = 0; i < 3; i++) expect(await tokens.verify(await issuer.token({}))).toMatchObject({ userName: 'hare' });
  expect(await tokens.verify(await new Issuer('unknown').token({}))).toEqual({ refused: expect.any(String) });
  expect(asked).toEqual(['/realm/.well-known/openid-configuration', '/keys']);
});

test('keys that could not be had are asked for again', async () => {
  const pages: Record<string, () => Promise<object>> = {};
  const { origin } = await web(pages);
  const tokens = login({ issuer: origin, signingKeys: {} });
  const jwt = await issuer.token({});
  expect(await tokens.verify(jwt)).toEqual({ refused: expect.stringContaining('answers 404') });
  pages['/.well-known/openid-configuration'] = async () => ({ jwks_uri: `${origin}/keys` });
  pages['/keys'] = () => issuer.keySet();
  expect(await tokens.verify(jwt)).toMatchObject({ userName: 'hare' });
});

test('settings that cannot work are refused', () => {
  expect(() => login({ signingKeys: {} })).toThrow(/signing keys, an issuer or a JWKS URI/);
  expect(() => login({ signingKeys: { a: 'no key' } })).toThrow(/The signing key "a" cannot be used/);
  expect(() => login({ resourceServerId: '' })).toThrow(/id of the resource server/);
});
