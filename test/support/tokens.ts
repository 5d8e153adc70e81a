import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { exportJWK, SignJWT } from 'jose';

/** Somebody who signs tokens. */
export class Issuer {
  readonly #keys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
  readonly #keyId: string;

  constructor(keyId = 'key-1') {
    this.#keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.#keyId = keyId;
  }

  get pem(): string {
    return this.#keys.publicKey.export({ type: 'spki', format: 'pem' }) as string;
  }

  /** As an issuer publishes it. */
  async keySet(): Promise<object> {
    return { keys: [{ ...(await exportJWK(this.#keys.publicKey)), kid: this.#keyId, alg: 'ES256', use: 'sig' }] };
  }

  /** For the audience leveret and an hour from `nowMs`, unless the claims say otherwise. */
  token(claims: Record<string, unknown>, header: { readonly kid?: string | undefined } = {}): Promise<string> {
    const { exp = Math.floor(Date.now() / 1000) + 3600, aud = 'leveret', sub = 'hare', ...rest } = claims;
    const payload = JSON.parse(JSON.stringify({ exp: exp ?? undefined, aud: aud ?? undefined, sub, ...rest }));
    const kid = 'kid' in header ? header.kid : this.#keyId;
    const signing = new SignJWT(payload).setProtectedHeader({ alg: 'ES256', ...(kid !== undefined && { kid }) });
    return signing.sign(this.#keys.privateKey);
  }
}
