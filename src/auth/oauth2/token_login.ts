import { createPublicKey, type KeyObject } from 'node:crypto';
import {
  createRemoteJWKSet,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  jwtVerify,
} from 'jose';
import { StartError } from '../../lib/start_error.ts';
import type { OAuth2Options } from './options.ts';
import { scopesOf, tagsOf } from './scopes.ts';
import type { Token, TokenRefusal } from './token_access.ts';

/** Signatures that a public key checks. Never those by a shared secret: anybody has the key that would be taken for it. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

const FETCH_TIMEOUT_MS = 5_000;
/** A token with a key id that nobody knows has the keys fetched again, but no more often than this. */
const FETCH_COOLDOWN_MS = 30_000;
/** Keys that were taken back are believed no longer than this. */
const KEYS_AGE_MAX_MS = 600_000;
/** Longer than any token is, and short enough to look at. */
const TOKEN_LENGTH_MAX = 64 * 1024;

/** Login by token: the password is a JWT, and the user name that comes with it does not count. */
export class TokenLogin {
  readonly #options: OAuth2Options;
  readonly #nowMs: () => number;
  readonly #keys: ReadonlyMap<string, KeyObject>;
  #remote: Promise<JWTVerifyGetKey> | undefined;

  /** Throws a StartError for what cannot work. `nowMs` is the time of day. */
  constructor(options: OAuth2Options, nowMs: () => number) {
    this.#options = options;
    this.#nowMs = nowMs;
    this.#keys = new Map(Object.entries(options.signingKeys ?? {}).map(([id, pem]) => [id, readKey(id, pem)]));
    if (options.resourceServerId === '') throw new StartError('option', 'OAuth 2 needs the id of the resource server.');
    if (this.#keys.size === 0 && options.issuer === undefined && options.jwksUri === undefined) {
      throw new StartError('option', 'OAuth 2 needs to know whom to believe: signing keys, an issuer or a JWKS URI.');
    }
  }

  async verify(jwt: string): Promise<Token | TokenRefusal> {
    if (jwt.length > TOKEN_LENGTH_MAX) return { refused: 'the token is too long' };
    try {
      const { payload } = await jwtVerify(jwt, this.#key, this.#rules());
      return this.#read(payload);
    } catch (error) {
      return { refused: (error as Error).message };
    }
  }

  #rules(): JWTVerifyOptions {
    const { algorithms = ALGORITHMS, requireExp = true } = this.#options;
    return {
      algorithms: [...algorithms],
      currentDate: new Date(this.#nowMs()),
      requiredClaims: requireExp ? ['exp'] : [],
    };
  }

  #read(claims: JWTPayload): Token | TokenRefusal {
    const { resourceServerId, verifyAud = true, preferredUsernameClaims = ['sub', 'client_id'] } = this.#options;
    const audience = typeof claims.aud === 'string' ? claims.aud.split(' ') : (claims.aud ?? []);
    if (verifyAud && !audience.includes(resourceServerId)) return { refused: 'the token is for another audience' };
    const scopes = scopesOf(claims, this.#options);
    if (scopes === undefined) return { refused: 'the token has too many scopes' };
    const names = preferredUsernameClaims.map((claim) => claims[claim]);
    const userName = names.find((name) => typeof name === 'string') ?? 'unknown';
    return { userName, tags: tagsOf(scopes), expiresAtSeconds: claims.exp, scopes, claims };
  }

  /** Which key signed it: one of ours by its id, the default where it names none, or one of the issuer's. */
  readonly #key: JWTVerifyGetKey = async (header, token) => {
    const id = header.kid ?? this.#options.defaultKey;
    const known = id === undefined ? undefined : this.#keys.get(id);
    if (known !== undefined) return known;
    const { issuer, jwksUri } = this.#options;
    if (issuer === undefined && jwksUri === undefined) throw new errors.JWKSNoMatchingKey();
    this.#remote ??= this.#remoteKeys();
    try {
      return await (await this.#remote)(header, token);
    } catch (error) {
      // What could not be found out is asked again the next time.
      if (!(error instanceof errors.JOSEError)) this.#remote = undefined;
      throw error;
    }
  };

  async #remoteKeys(): Promise<JWTVerifyGetKey> {
    const { jwksUri, issuer = '' } = this.#options;
    return createRemoteJWKSet(new URL(jwksUri ?? (await discover(issuer))), {
      timeoutDuration: FETCH_TIMEOUT_MS,
      cooldownDuration: FETCH_COOLDOWN_MS,
      cacheMaxAge: KEYS_AGE_MAX_MS,
    });
  }
}

/** Where an issuer has its keys, by OpenID Connect discovery. */
async function discover(issuer: string): Promise<string> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  const { jwks_uri: jwksUri } = (await response.json()) as { readonly jwks_uri?: unknown };
  if (typeof jwksUri !== 'string') throw new Error(`${url} names no jwks_uri`);
  return jwksUri;
}

function readKey(id: string, pem: string): KeyObject {
  try {
    return createPublicKey(pem);
  } catch (error) {
    throw new StartError('certificate', `The signing key "${id}" cannot be used: ${(error as Error).message}.`);
  }
}
