import { readFileSync } from 'node:fs';
import type { Settings } from '../config/options.ts';
import type { OAuth2Options } from '../index.ts';
import { StartError } from '../lib/start_error.ts';

/** What the settings say of tokens; undefined where they are not asked for. Throws a StartError. */
export function oauth2Options(settings: Settings): OAuth2Options | undefined {
  if (!settings.authBackends.includes('oauth2')) return undefined;
  const { oauth2ResourceServerId: resourceServerId } = settings;
  if (resourceServerId === undefined) {
    throw new StartError(
      'option',
      'OAuth 2 needs to know what tokens are for: --oauth2-resource-server-id is missing.',
    );
  }
  const aliases = settings.oauth2ScopeAliases ?? [];
  const keys = settings.oauth2SigningKeys ?? [];
  return {
    resourceServerId,
    scopePrefix: settings.oauth2ScopePrefix,
    additionalScopesKey: settings.oauth2AdditionalScopesKey,
    scopeAliases: Object.fromEntries(aliases.map(({ name, value }) => [name, value.split(/ +/)])),
    preferredUsernameClaims: settings.oauth2PreferredUsernameClaims,
    verifyAud: settings.oauth2VerifyAud,
    requireExp: settings.oauth2RequireExp,
    issuer: settings.oauth2Issuer,
    jwksUri: settings.oauth2JwksUri,
    signingKeys: Object.fromEntries(keys.map(({ name, value }) => [name, readKey(value)])),
    defaultKey: settings.oauth2DefaultKey,
    ...(settings.oauth2Algorithms && { algorithms: settings.oauth2Algorithms }),
  };
}

function readKey(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new StartError('certificate', `Cannot read the signing key ${path}: ${code ?? message}.`);
  }
}
