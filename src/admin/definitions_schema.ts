import { z } from 'zod';
import { ManagementError } from './management_error.ts';

type Json = Readonly<Record<string, JsonValue>>;
type JsonValue = string | number | boolean | null | JsonValue[] | { [name: string]: JsonValue };
type Limits = Readonly<Record<string, number>>;

interface OfVhost {
  readonly vhost?: string | undefined;
}

interface ParsedUser {
  readonly name: string;
  readonly password?: string | undefined;
  readonly password_hash?: string | undefined;
  readonly hashing_algorithm?: string | undefined;
  readonly tags: readonly string[];
  readonly limits: Limits;
}

interface ParsedVhost {
  readonly name: string;
  readonly description?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly default_queue_type?: string | undefined;
  readonly metadata: Json;
  readonly limits: Limits;
}

interface ParsedTopicPermission extends OfVhost {
  readonly user: string;
  readonly exchange: string;
  readonly write: string;
  readonly read: string;
}

interface ParsedPermission extends Omit<ParsedTopicPermission, 'exchange'> {
  readonly configure: string;
}

export interface ParsedPolicy {
  readonly pattern: string;
  readonly 'apply-to': string;
  readonly priority: number;
  readonly definition: Json;
}

export interface ParsedQueue extends OfVhost {
  readonly name: string;
  readonly type?: string | undefined;
  readonly durable: boolean;
  readonly auto_delete: boolean;
  readonly arguments: Json;
}

export interface ParsedExchange extends ParsedQueue {
  readonly type: string;
  readonly internal: boolean;
}

export interface ParsedBinding extends OfVhost {
  readonly source: string;
  readonly destination: string;
  readonly destination_type: 'queue' | 'exchange';
  readonly routing_key: string;
  readonly arguments: Json;
}

export interface ParsedDefinitions {
  readonly users: readonly ParsedUser[];
  readonly vhosts: readonly ParsedVhost[];
  readonly permissions: readonly ParsedPermission[];
  readonly topic_permissions: readonly ParsedTopicPermission[];
  readonly parameters: readonly (OfVhost & {
    readonly component: string;
    readonly name: string;
    readonly value: JsonValue;
  })[];
  readonly global_parameters: readonly { readonly name: string; readonly value: JsonValue }[];
  readonly policies: readonly (OfVhost & ParsedPolicy & { readonly name: string })[];
  readonly queues: readonly ParsedQueue[];
  readonly exchanges: readonly ParsedExchange[];
  readonly bindings: readonly ParsedBinding[];
  readonly metadata?: Json | undefined;
  readonly limits?: Limits | undefined;
}

/** RabbitMQ's definitions, as its management API exports and imports them. What is not here is passed over. */

const name = z.string();
/** Left out in the definitions of a single virtual host. */
const vhost = z.string().optional();
const table = z.record(z.string(), z.json()).default({});
/** Old definitions have a text with commas. */
const tags = z.union([z.array(z.string()), z.string()]).transform((given) => {
  const list = typeof given === 'string' ? given.split(',') : given;
  return list.map((tag) => tag.trim()).filter((tag) => tag !== '');
});
const limits = z.record(z.string(), z.number()).default({});
const policy = z.object({
  name,
  vhost,
  pattern: z.string(),
  'apply-to': z.string().default('all'),
  priority: z.number().default(0),
  definition: z.record(z.string(), z.json()),
});

const SCHEMA = z.object({
  users: z
    .array(
      z.object({
        name,
        password: z.string().optional(),
        password_hash: z.string().optional(),
        hashing_algorithm: z.string().optional(),
        tags: tags.default([]),
        limits,
      }),
    )
    .default([]),
  vhosts: z
    .array(
      z.object({
        name,
        description: z.string().optional(),
        tags: tags.optional(),
        default_queue_type: z.string().optional(),
        metadata: z.record(z.string(), z.json()).default({}),
        limits,
      }),
    )
    .default([]),
  permissions: z
    .array(z.object({ user: name, vhost, configure: z.string(), write: z.string(), read: z.string() }))
    .default([]),
  topic_permissions: z
    .array(z.object({ user: name, vhost, exchange: z.string(), write: z.string(), read: z.string() }))
    .default([]),
  parameters: z.array(z.object({ vhost, component: z.string(), name, value: z.json() })).default([]),
  global_parameters: z.array(z.object({ name, value: z.json() })).default([]),
  policies: z.array(policy).default([]),
  queues: z
    .array(
      z.object({
        name,
        vhost,
        type: z.string().optional(),
        durable: z.boolean().default(true),
        auto_delete: z.boolean().default(false),
        arguments: table,
      }),
    )
    .default([]),
  exchanges: z
    .array(
      z.object({
        name,
        vhost,
        type: z.string(),
        durable: z.boolean().default(true),
        auto_delete: z.boolean().default(false),
        internal: z.boolean().default(false),
        arguments: table,
      }),
    )
    .default([]),
  bindings: z
    .array(
      z.object({
        vhost,
        source: z.string(),
        destination: z.string(),
        destination_type: z.enum(['queue', 'exchange']),
        routing_key: z.string().default(''),
        arguments: table,
      }),
    )
    .default([]),
  /** Of a single virtual host. */
  metadata: z.record(z.string(), z.json()).optional(),
  limits: limits.optional(),
});

const OPERATOR_POLICY = policy.omit({ name: true, vhost: true });

/** Throws a ManagementError that names the first thing that is wrong. */
export function parseDefinitions(definitions: unknown): ParsedDefinitions {
  return checked('definitions', SCHEMA.safeParse(definitions));
}

/** The value of a parameter of the component operator_policy. */
export function parseOperatorPolicy(policyName: string, value: unknown): ParsedPolicy {
  return checked(`operator policy '${policyName}'`, OPERATOR_POLICY.safeParse(value));
}

function checked<T>(what: string, result: z.ZodSafeParseResult<T>): T {
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new ManagementError('invalid', `${what}: ${issue?.path.join('.')}: ${issue?.message}`);
}
