import { key, keys } from './file_key.ts';
import type { Option } from './options.ts';
import { choice } from './rabbitmq_types.ts';
import { list, oneOf, onOff, text, type ValueType, webAddress } from './value_types.ts';

/** Login by OAuth 2 token. */
export interface OAuth2Settings {
  readonly authBackends: readonly ('internal' | 'oauth2')[];
  readonly oauth2ResourceServerId: string | undefined;
  readonly oauth2ScopePrefix: string | undefined;
  readonly oauth2AdditionalScopesKey: string | undefined;
  readonly oauth2ScopeAliases: readonly Pair[] | undefined;
  readonly oauth2PreferredUsernameClaims: readonly string[];
  readonly oauth2VerifyAud: boolean;
  readonly oauth2RequireExp: boolean;
  readonly oauth2Issuer: string | undefined;
  readonly oauth2JwksUri: string | undefined;
  readonly oauth2SigningKeys: readonly Pair[] | undefined;
  readonly oauth2DefaultKey: string | undefined;
  readonly oauth2Algorithms: readonly string[] | undefined;
}

/** A name and what it stands for. */
export interface Pair {
  readonly name: string;
  readonly value: string;
}

const backend = oneOf('backend', 'internal', 'oauth2');

/** RabbitMQ's names of them. */
const BACKENDS = choice({
  internal: 'internal',
  rabbit_auth_backend_internal: 'internal',
  oauth: 'oauth2',
  oauth2: 'oauth2',
  rabbit_auth_backend_oauth2: 'oauth2',
} as const);

const ALGORITHM = oneOfAlgorithms();
const PEM_FILE = text('file', 'the path of a PEM file');
/** In RabbitMQ's file no prefix is the empty text. */
const PREFIX_OR_NOTHING: ValueType<string> = { ...scopePrefix(), parse: (given) => given };
const PATHS = text('paths', 'claims, as paths with dots, separated by spaces');
const URL_OF = webAddress();
const SCOPES = text('scopes', 'scopes separated by spaces');

function pair(word: string): Pair | undefined {
  const [, name, value] = /^([^=]+)=(.+)$/.exec(word) ?? [];
  return name === undefined || value === undefined ? undefined : { name: name.trim(), value: value.trim() };
}

function oneOfAlgorithms(): ValueType<string> {
  return {
    placeholder: 'name',
    accepted: 'a name such as RS256 or ES256',
    parse: (given) => (/^(RS|PS|ES)(256|384|512)$|^Ed(DSA|25519)$/.test(given) ? given : undefined),
  };
}

function scopePrefix(): ValueType<string> {
  return {
    placeholder: 'prefix',
    accepted: 'what scopes begin with, or none',
    parse: (given) => (given.toLowerCase() === 'none' ? '' : given || undefined),
  };
}

export const OAUTH2_OPTIONS: { readonly [Name in keyof OAuth2Settings]: Option<OAuth2Settings[Name]> } = {
  authBackends: {
    key: 'auth_backends',
    environment: 'LEVERET_AUTH_BACKENDS',
    flag: '--auth-backends',
    type: list('names', 'internal, oauth2, or both separated by a comma', backend.parse),
    default: 'internal',
    sentence: "Who is asked about a login, in this order: the broker's own users, or OAuth 2 tokens.",
    rabbitmq: [keys('auth_backends.$num', BACKENDS, inOrder)],
  },
  oauth2ResourceServerId: {
    key: 'oauth2.resource_server_id',
    environment: 'LEVERET_OAUTH2_RESOURCE_SERVER_ID',
    flag: '--oauth2-resource-server-id',
    type: text('name', 'the name that tokens have for the broker'),
    default: undefined,
    sentence: 'Audience that tokens must be for, and what their scopes begin with.',
    rabbitmq: [key('auth_oauth2.resource_server_id', text('name', 'the name that tokens have for the broker'))],
  },
  oauth2ScopePrefix: {
    key: 'oauth2.scope_prefix',
    environment: 'LEVERET_OAUTH2_SCOPE_PREFIX',
    flag: '--oauth2-scope-prefix',
    type: scopePrefix(),
    default: undefined,
    sentence: "What scopes begin with; unless given, the resource server's id and a dot.",
    rabbitmq: [key('auth_oauth2.scope_prefix', PREFIX_OR_NOTHING)],
  },
  oauth2AdditionalScopesKey: {
    key: 'oauth2.additional_scopes_key',
    environment: 'LEVERET_OAUTH2_ADDITIONAL_SCOPES_KEY',
    flag: '--oauth2-additional-scopes-key',
    type: PATHS,
    default: undefined,
    sentence: 'Claims that hold scopes besides `scope`.',
    rabbitmq: [key('auth_oauth2.additional_scopes_key', PATHS)],
  },
  oauth2ScopeAliases: {
    key: 'oauth2.scope_aliases',
    environment: 'LEVERET_OAUTH2_SCOPE_ALIASES',
    flag: '--oauth2-scope-aliases',
    type: list('pairs', 'alias=scope, the scopes of one alias separated by spaces, several by commas', pair),
    default: undefined,
    sentence: 'Other names for scopes, such as the roles that an issuer has.',
    rabbitmq: [keys('auth_oauth2.scope_aliases.$alias', SCOPES, pairs)],
  },
  oauth2PreferredUsernameClaims: {
    key: 'oauth2.preferred_username_claims',
    environment: 'LEVERET_OAUTH2_PREFERRED_USERNAME_CLAIMS',
    flag: '--oauth2-preferred-username-claims',
    type: list('names', 'claims separated by commas', (word) => word || undefined),
    default: 'sub,client_id',
    sentence: 'Claims that hold the user name: the first that a token has counts.',
    rabbitmq: [keys('auth_oauth2.preferred_username_claims.$num', text('name', 'a claim'), inOrder)],
  },
  oauth2VerifyAud: {
    key: 'oauth2.verify_aud',
    environment: 'LEVERET_OAUTH2_VERIFY_AUD',
    flag: '--oauth2-verify-aud',
    type: onOff(),
    default: 'on',
    sentence: 'Whether tokens must be for this resource server.',
    rabbitmq: [key('auth_oauth2.verify_aud', onOff())],
  },
  oauth2RequireExp: {
    key: 'oauth2.require_exp',
    environment: 'LEVERET_OAUTH2_REQUIRE_EXP',
    flag: '--oauth2-require-exp',
    type: onOff(),
    default: 'on',
    sentence: 'Whether tokens must say when they end.',
    rabbitmq: [key('auth_oauth2.require_exp', onOff())],
  },
  oauth2Issuer: {
    key: 'oauth2.issuer',
    environment: 'LEVERET_OAUTH2_ISSUER',
    flag: '--oauth2-issuer',
    type: URL_OF,
    default: undefined,
    sentence: 'Whose keys are believed, found by OpenID Connect discovery.',
    rabbitmq: [key('auth_oauth2.issuer', URL_OF)],
  },
  oauth2JwksUri: {
    key: 'oauth2.jwks_uri',
    environment: 'LEVERET_OAUTH2_JWKS_URI',
    flag: '--oauth2-jwks-uri',
    type: URL_OF,
    default: undefined,
    sentence: 'Where those keys are, for an issuer without discovery.',
    rabbitmq: [key('auth_oauth2.jwks_uri', URL_OF), key('auth_oauth2.jwks_url', URL_OF)],
  },
  oauth2SigningKeys: {
    key: 'oauth2.signing_keys',
    environment: 'LEVERET_OAUTH2_SIGNING_KEYS',
    flag: '--oauth2-signing-keys',
    type: list('pairs', 'id=FILE, separated by commas: PEM files with public keys or certificates', pair),
    default: undefined,
    sentence: 'Keys that are believed without asking anybody, by their ids.',
    rabbitmq: [keys('auth_oauth2.signing_keys.$name', PEM_FILE, pairs)],
  },
  oauth2DefaultKey: {
    key: 'oauth2.default_key',
    environment: 'LEVERET_OAUTH2_DEFAULT_KEY',
    flag: '--oauth2-default-key',
    type: text('id', 'the id of one of the signing keys'),
    default: undefined,
    sentence: 'Key for tokens that name none.',
    rabbitmq: [key('auth_oauth2.default_key', text('id', 'the id of one of the signing keys'))],
  },
  oauth2Algorithms: {
    key: 'oauth2.algorithms',
    environment: 'LEVERET_OAUTH2_ALGORITHMS',
    flag: '--oauth2-algorithms',
    type: list('names', `${ALGORITHM.accepted}, several separated by commas`, ALGORITHM.parse),
    default: undefined,
    sentence: 'Signatures that are believed; unless given, all that a public key can check.',
    rabbitmq: [keys('auth_oauth2.algorithms.$num', ALGORITHM, inOrder)],
  },
};

type KeyLines<Item> = readonly { readonly word: string; readonly value: Item }[];

/** By their numbers, whatever order they stand in. */
function inOrder<Item>(lines: KeyLines<Item>): readonly Item[] {
  return lines.toSorted((a, b) => a.word.localeCompare(b.word, 'en', { numeric: true })).map(({ value }) => value);
}

function pairs(lines: KeyLines<string>): readonly Pair[] {
  return lines.map(({ word: name, value }) => ({ name, value }));
}
