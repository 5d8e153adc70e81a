import { keys } from './file_key.ts';
import { type Groups, groupKeys, groups } from './groups.ts';
import type { Option } from './options.ts';
import { byteSize, choice, durationOfUnits } from './rabbitmq_types.ts';
import { integer, names, oneOf, onOff, password, text, type ValueType } from './value_types.ts';

/** What there is from the start, and what virtual hosts have from when they are made. */
export interface DefaultSettings {
  readonly defaultUser: string;
  readonly defaultPass: string;
  readonly defaultVhost: string;
  readonly defaultUserTags: readonly string[];
  readonly defaultConfigure: string;
  readonly defaultWrite: string;
  readonly defaultRead: string;
  readonly passwordHashing: 'rabbit_password_hashing_sha256' | 'rabbit_password_hashing_sha512';
  readonly credentialValidator: 'accept_everything' | 'min_password_length' | 'password_regexp';
  readonly credentialMinLength: number;
  readonly credentialRegexp: string | undefined;
  readonly defaultQueueType: 'classic' | 'quorum';
  readonly anonymousUser: string | false | undefined;
  readonly anonymousPass: string | undefined;
  readonly defaultLimits: Groups<LimitFields> | undefined;
  readonly defaultOperatorPolicies: Groups<PolicyFields> | undefined;
  readonly defaultUsers: Groups<UserFields> | undefined;
}

interface LimitFields {
  readonly pattern: string;
  readonly max_connections: number;
  readonly max_queues: number;
}

interface PolicyFields {
  readonly vhost_pattern: string;
  readonly queue_pattern: string;
  readonly apply_to: 'queues' | 'classic_queues' | 'quorum_queues' | 'streams' | 'exchanges' | 'all';
  readonly expires: number;
  readonly message_ttl: number;
  readonly max_length: number;
  readonly max_length_bytes: number;
  readonly max_in_memory_bytes: number;
  readonly max_in_memory_length: number;
  readonly delivery_limit: number;
  readonly 'classic_queues.queue_version': number;
}

interface UserFields {
  readonly vhost_pattern: string;
  readonly password: string;
  readonly configure: string;
  readonly read: string;
  readonly write: string;
  readonly tags: readonly string[];
}

const PATTERN = text('pattern', 'a regular expression');
const POSITIVE = integer(1, Number.MAX_SAFE_INTEGER);
const BYTES = byteSize(1, Number.MAX_SAFE_INTEGER);

const VALIDATORS = ['accept_everything', 'min_password_length', 'password_regexp'] as const;

/** RabbitMQ's names are those of its modules. */
const VALIDATOR: ValueType<(typeof VALIDATORS)[number]> = {
  ...oneOf('validator', ...VALIDATORS),
  parse: (given) => VALIDATORS.find((name) => given === name || given === `rabbit_credential_validator_${name}`),
};

/** RabbitMQ takes the names of its modules too. */
const QUEUE_TYPE: ValueType<'classic' | 'quorum'> = {
  ...choice({
    classic: 'classic',
    quorum: 'quorum',
    rabbit_classic_queue: 'classic',
    rabbit_quorum_queue: 'quorum',
  } as const),
  accepted: 'classic or quorum; Leveret has no streams',
};

const USER_OR_NONE: ValueType<string | false> = {
  placeholder: 'name',
  accepted: 'a user name, or none',
  parse: (given) => (given === 'none' ? false : given || undefined),
  written: (value) => value || 'none',
};

const LIMIT_FIELDS = { pattern: PATTERN, max_connections: POSITIVE, max_queues: POSITIVE };

const POLICY_FIELDS = {
  vhost_pattern: PATTERN,
  queue_pattern: PATTERN,
  apply_to: oneOf('what', 'queues', 'classic_queues', 'quorum_queues', 'streams', 'exchanges', 'all'),
  expires: durationOfUnits(),
  message_ttl: durationOfUnits(),
  max_length: POSITIVE,
  max_length_bytes: BYTES,
  max_in_memory_bytes: BYTES,
  max_in_memory_length: POSITIVE,
  delivery_limit: POSITIVE,
  'classic_queues.queue_version': integer(1, 2),
};

const USER_FIELDS = {
  vhost_pattern: PATTERN,
  password: password(),
  configure: PATTERN,
  read: PATTERN,
  write: PATTERN,
  tags: names('tags'),
};

export const DEFAULT_OPTIONS: { readonly [Name in keyof DefaultSettings]: Option<DefaultSettings[Name]> } = {
  defaultUser: {
    key: 'default_user',
    environment: 'LEVERET_DEFAULT_USER',
    flag: '--default-user',
    type: text('name', 'a user name'),
    default: 'guest',
    sentence: 'Name of the user that is made at the first start.',
    aliases: ['RABBITMQ_DEFAULT_USER'],
  },
  defaultPass: {
    key: 'default_pass',
    environment: 'LEVERET_DEFAULT_PASS',
    flag: '--default-pass',
    type: password(),
    default: 'guest',
    sentence:
      'Password of that user; other users of the machine can read flags, so prefer the environment or the file.',
    secret: true,
    aliases: ['RABBITMQ_DEFAULT_PASS'],
  },
  defaultVhost: {
    key: 'default_vhost',
    environment: 'LEVERET_DEFAULT_VHOST',
    aliases: ['RABBITMQ_DEFAULT_VHOST'],
    flag: '--default-vhost',
    type: text('name', 'the name of a virtual host'),
    default: '/',
    sentence: 'Virtual host that is made at the first start, which that user may use.',
  },
  defaultUserTags: {
    key: 'default_user_tags',
    environment: 'LEVERET_DEFAULT_USER_TAGS',
    flag: '--default-user-tags',
    type: names('tags'),
    default: 'administrator',
    sentence: 'Tags of that user.',
    rabbitmq: [
      keys('default_user_tags.$tag', onOff(), (tags) => tags.filter(({ value }) => value).map(({ word }) => word)),
    ],
  },
  defaultConfigure: {
    key: 'default_permissions.configure',
    environment: 'LEVERET_DEFAULT_PERMISSIONS_CONFIGURE',
    flag: '--default-permissions-configure',
    type: text('pattern', 'a regular expression'),
    default: '.*',
    sentence: 'What that user may declare and delete there: a regular expression of names.',
  },
  defaultWrite: {
    key: 'default_permissions.write',
    environment: 'LEVERET_DEFAULT_PERMISSIONS_WRITE',
    flag: '--default-permissions-write',
    type: text('pattern', 'a regular expression'),
    default: '.*',
    sentence: 'What that user may publish and bind to there.',
  },
  defaultRead: {
    key: 'default_permissions.read',
    environment: 'LEVERET_DEFAULT_PERMISSIONS_READ',
    flag: '--default-permissions-read',
    type: text('pattern', 'a regular expression'),
    default: '.*',
    sentence: 'What that user may consume and bind from there.',
  },
  passwordHashing: {
    key: 'password_hashing_module',
    environment: 'LEVERET_PASSWORD_HASHING_MODULE',
    flag: '--password-hashing-module',
    type: oneOf('module', 'rabbit_password_hashing_sha256', 'rabbit_password_hashing_sha512'),
    default: 'rabbit_password_hashing_sha256',
    sentence: 'How passwords of new users are hashed; those that there are stay as they are.',
  },
  credentialValidator: {
    key: 'credential_validator.validation_backend',
    environment: 'LEVERET_CREDENTIAL_VALIDATOR_VALIDATION_BACKEND',
    flag: '--credential-validator-validation-backend',
    type: VALIDATOR,
    default: 'accept_everything',
    sentence:
      "What is asked of a password where a user is made or it changes: nothing, its length in bytes, or a regular expression; RabbitMQ's names of them are taken too.",
  },
  credentialMinLength: {
    key: 'credential_validator.min_length',
    environment: 'LEVERET_CREDENTIAL_VALIDATOR_MIN_LENGTH',
    flag: '--credential-validator-min-length',
    type: integer(0, 1024),
    default: '5',
    sentence: 'With min_password_length: bytes that a password must have at least.',
  },
  credentialRegexp: {
    key: 'credential_validator.regexp',
    environment: 'LEVERET_CREDENTIAL_VALIDATOR_REGEXP',
    flag: '--credential-validator-regexp',
    type: PATTERN,
    default: undefined,
    sentence: 'With password_regexp: what must be found in a password.',
  },
  defaultQueueType: {
    key: 'default_queue_type',
    environment: 'LEVERET_DEFAULT_QUEUE_TYPE',
    flag: '--default-queue-type',
    type: QUEUE_TYPE,
    default: 'classic',
    sentence: 'Type of durable queues in virtual hosts that are made without a type of their own.',
  },
  anonymousUser: {
    key: 'anonymous_login_user',
    environment: 'LEVERET_ANONYMOUS_LOGIN_USER',
    flag: '--anonymous-login-user',
    type: USER_OR_NONE,
    default: undefined,
    sentence:
      'Whom anonymous logins are taken for, where they are on; none refuses them all; unless given, the default user.',
  },
  anonymousPass: {
    key: 'anonymous_login_pass',
    environment: 'LEVERET_ANONYMOUS_LOGIN_PASS',
    flag: '--anonymous-login-pass',
    type: password(),
    default: undefined,
    sentence: 'If given, it must be the password of that user, or anonymous logins are refused.',
    secret: true,
  },
  defaultLimits: {
    key: 'default_limits',
    environment: 'LEVERET_DEFAULT_LIMITS',
    flag: '--default-limits',
    type: groups<LimitFields>(LIMIT_FIELDS),
    default: undefined,
    sentence: 'Limits of each virtual host that is made: those of the first whose pattern its name matches.',
    rabbitmq: groupKeys('default_limits.vhosts.$id', LIMIT_FIELDS),
  },
  defaultOperatorPolicies: {
    key: 'default_policies.operator',
    environment: 'LEVERET_DEFAULT_POLICIES_OPERATOR',
    flag: '--default-policies-operator',
    type: groups<PolicyFields>(POLICY_FIELDS),
    default: undefined,
    sentence: 'Operator policies of each virtual host that is made and whose name matches.',
    rabbitmq: groupKeys('default_policies.operator.$id', POLICY_FIELDS),
  },
  defaultUsers: {
    key: 'default_users',
    environment: 'LEVERET_DEFAULT_USERS',
    flag: '--default-users',
    type: groups<UserFields>(USER_FIELDS),
    default: undefined,
    sentence: 'Users who may use each virtual host that is made and whose name matches; made if there are none such.',
    secret: true,
    rabbitmq: groupKeys('default_users.$name', USER_FIELDS),
  },
};
