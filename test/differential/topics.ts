import { CARBON_COPY } from './conversations/carbon_copy.ts';
import { CONFIRM } from './conversations/confirm.ts';
import { CONNECTION } from './conversations/connection.ts';
import { CONSUME } from './conversations/consume.ts';
import { CONTENT } from './conversations/content.ts';
import { EXCHANGE } from './conversations/exchange.ts';
import { EXCLUSIVE } from './conversations/exclusive.ts';
import { FRAMING } from './conversations/framing.ts';
import { HANDSHAKE } from './conversations/handshake.ts';
import { LIFECYCLE } from './conversations/lifecycle.ts';
import { METHODS } from './conversations/methods.ts';
import { PUBLISH } from './conversations/publish.ts';
import { QUEUE } from './conversations/queue.ts';
import { QUEUE_ARGUMENTS } from './conversations/queue_arguments.ts';
import { REPLY_TO } from './conversations/reply_to.ts';
import { ROUTING } from './conversations/routing.ts';
import { SETTLE } from './conversations/settle.ts';
import { TX } from './conversations/tx.ts';
import type { Conversation } from './stage.ts';

/** Every conversation, by the file that records it. */
export const TOPICS: Readonly<Record<string, readonly Conversation[]>> = {
  handshake: HANDSHAKE,
  connection: CONNECTION,
  framing: FRAMING,
  content: CONTENT,
  methods: METHODS,
  exchange: EXCHANGE,
  queue: QUEUE,
  queue_arguments: QUEUE_ARGUMENTS,
  exclusive: EXCLUSIVE,
  publish: PUBLISH,
  carbon_copy: CARBON_COPY,
  settle: SETTLE,
  consume: CONSUME,
  confirm: CONFIRM,
  tx: TX,
  routing: ROUTING,
  lifecycle: LIFECYCLE,
  reply_to: REPLY_TO,
};

/** Topics that the reference is recorded for, and Leveret is not held to yet. */
export const LATER: Readonly<Record<string, string>> = {
  carbon_copy: 'Leveret does not route by CC and BCC yet',
  reply_to: 'Leveret has no direct reply-to yet',
};
