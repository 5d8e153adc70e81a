import { ACCESS } from './conversations/access.ts';
import { CARBON_COPY } from './conversations/carbon_copy.ts';
import { CONFIRM } from './conversations/confirm.ts';
import { CONNECTION } from './conversations/connection.ts';
import { CONSUME } from './conversations/consume.ts';
import { CONSUMER_TIMEOUT } from './conversations/consumer_timeout.ts';
import { CONTENT } from './conversations/content.ts';
import { DEAD_LETTER } from './conversations/dead_letter.ts';
import { DELIVERY_LIMIT } from './conversations/delivery_limit.ts';
import { EXCHANGE } from './conversations/exchange.ts';
import { EXCHANGE_TYPES } from './conversations/exchange_types.ts';
import { EXCLUSIVE } from './conversations/exclusive.ts';
import { EXPIRY } from './conversations/expiry.ts';
import { FRAMING } from './conversations/framing.ts';
import { HANDSHAKE } from './conversations/handshake.ts';
import { LIFECYCLE } from './conversations/lifecycle.ts';
import { LIMITS } from './conversations/limits.ts';
import { METHODS } from './conversations/methods.ts';
import { OPERATOR_LIMITS } from './conversations/operator_limits.ts';
import { PRIORITY } from './conversations/priority.ts';
import { PUBLISH } from './conversations/publish.ts';
import { QUEUE } from './conversations/queue.ts';
import { QUEUE_ARGUMENTS } from './conversations/queue_arguments.ts';
import { REPLY_TO } from './conversations/reply_to.ts';
import { RESTARTED_DEAD_LETTER } from './conversations/restarted_dead_letter.ts';
import { RESTARTED_LIMITS } from './conversations/restarted_limits.ts';
import { RESTARTED_MESSAGES } from './conversations/restarted_messages.ts';
import { RESTARTED_NODE } from './conversations/restarted_node.ts';
import { RESTARTED_POLICIES } from './conversations/restarted_policies.ts';
import { RESTARTED_RETURNS } from './conversations/restarted_returns.ts';
import { RESTARTED_TIME } from './conversations/restarted_time.ts';
import { RESTARTED_TOPOLOGY } from './conversations/restarted_topology.ts';
import { RETRY } from './conversations/retry.ts';
import { ROUTING } from './conversations/routing.ts';
import { SETTLE } from './conversations/settle.ts';
import { SINGLE_ACTIVE } from './conversations/single_active.ts';
import { TRACE } from './conversations/trace.ts';
import { TX } from './conversations/tx.ts';
import { VHOSTS } from './conversations/vhosts.ts';
import type { Conversation } from './stage.ts';

/** Every conversation, by the file that records it. */
export const TOPICS: Readonly<Record<string, readonly Conversation[]>> = {
  handshake: HANDSHAKE,
  connection: CONNECTION,
  framing: FRAMING,
  content: CONTENT,
  methods: METHODS,
  exchange: EXCHANGE,
  exchange_types: EXCHANGE_TYPES,
  queue: QUEUE,
  queue_arguments: QUEUE_ARGUMENTS,
  exclusive: EXCLUSIVE,
  publish: PUBLISH,
  carbon_copy: CARBON_COPY,
  settle: SETTLE,
  consume: CONSUME,
  consumer_timeout: CONSUMER_TIMEOUT,
  confirm: CONFIRM,
  tx: TX,
  trace: TRACE,
  routing: ROUTING,
  lifecycle: LIFECYCLE,
  dead_letter: DEAD_LETTER,
  delivery_limit: DELIVERY_LIMIT,
  expiry: EXPIRY,
  limits: LIMITS,
  priority: PRIORITY,
  single_active: SINGLE_ACTIVE,
  reply_to: REPLY_TO,
  retry: RETRY,
  access: ACCESS,
  vhosts: VHOSTS,
  operator_limits: OPERATOR_LIMITS,
};

/** Those in which the broker is restarted. */
export const RESTARTED: Readonly<Record<string, readonly Conversation[]>> = {
  restarted_messages: RESTARTED_MESSAGES,
  restarted_returns: RESTARTED_RETURNS,
  restarted_topology: RESTARTED_TOPOLOGY,
  restarted_time: RESTARTED_TIME,
  restarted_dead_letter: RESTARTED_DEAD_LETTER,
  restarted_limits: RESTARTED_LIMITS,
  restarted_policies: RESTARTED_POLICIES,
  restarted_node: RESTARTED_NODE,
};

/** Topics that the reference is recorded for, and Leveret is not held to yet. */
export const LATER: Readonly<Record<string, string>> = {};
