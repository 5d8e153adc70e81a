/** How tokens are believed and read: RabbitMQ's settings of `auth_oauth2`, for one resource server and one issuer. */
export interface OAuth2Options {
  /** What tokens must be for (`aud`), and what their scopes begin with. */
  readonly resourceServerId: string;
  /** What scopes begin with; unless given, the resource server's id and a dot. */
  readonly scopePrefix?: string | undefined;
  /** Claims that hold scopes besides `scope`: paths with dots, separated by spaces. */
  readonly additionalScopesKey?: string | undefined;
  /** Other names for scopes: what stands for which. */
  readonly scopeAliases?: Readonly<Record<string, readonly string[]>>;
  /** Claims that hold the user name, the best first: `sub` and `client_id` unless told otherwise. */
  readonly preferredUsernameClaims?: readonly string[];
  readonly verifyAud?: boolean;
  readonly requireExp?: boolean;
  /** Whose keys are believed: found by OpenID Connect discovery, unless `jwksUri` says where they are. */
  readonly issuer?: string | undefined;
  readonly jwksUri?: string | undefined;
  /** Public keys or certificates as PEM, by key id. */
  readonly signingKeys?: Readonly<Record<string, string>>;
  /** Of the signing keys, the one for tokens that name none. */
  readonly defaultKey?: string | undefined;
  /** Which signatures are believed; unless given, all that a public key can check. */
  readonly algorithms?: readonly string[];
}

/** What a token says. */
export type Claims = Readonly<Record<string, unknown>>;
