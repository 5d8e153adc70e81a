import type { Endpoint } from '../endpoint.ts';
import { BINDINGS } from './bindings.ts';
import { CHANNELS } from './channels.ts';
import { CONNECTIONS } from './connections.ts';
import { EXCHANGE_PUBLISH } from './exchange_publish.ts';
import { EXCHANGES } from './exchanges.ts';
import { EXPLAIN } from './explain.ts';
import { MESSAGES } from './messages.ts';
import { QUEUE_ACTIONS } from './queue_actions.ts';
import { QUEUE_GET } from './queue_get.ts';
import { QUEUES } from './queues.ts';
import { QUORUM_QUEUES } from './quorum_queues.ts';
import { SCHEDULED } from './scheduled.ts';

/** What clients connect to, publish to and consume from, and the messages in it. */
export const MESSAGING: readonly Endpoint[] = [
  ...BINDINGS,
  ...CHANNELS,
  ...CONNECTIONS,
  ...EXCHANGES,
  ...EXCHANGE_PUBLISH,
  ...EXPLAIN,
  ...MESSAGES,
  ...QUEUES,
  ...QUEUE_ACTIONS,
  ...QUEUE_GET,
  ...QUORUM_QUEUES,
  ...SCHEDULED,
];
