import type { Accepted } from './accepted.ts';

const OBJECTS = /^GET (vhosts\/[^/]+\/)?(connections|channels|queues|users\/guest\/queues)/;

/** Of connections, channels and queues. */
export const ACCEPTED_MESSAGING: readonly Accepted[] = [
  {
    request: OBJECTS,
    difference: /(^|\.)(garbage_collection|reductions|reductions_details): missing$/,
    why: "They tell of processes of Erlang's virtual machine.",
  },
  {
    request: OBJECTS,
    difference: /(^|\.)(cached_segments|pending_raft_commands): missing$/,
    why: 'They tell of streams, and of replicas on other nodes.',
  },
  {
    request: OBJECTS,
    difference: /(^|\.)idle_since: missing$/,
    why: 'It is told once somebody has looked whether anything happens, which is every five seconds.',
  },
  {
    request: OBJECTS,
    difference: /(^|\.)messages_(active_priorities|by_priority(\..*)?|ready_returned): missing$/,
    why: 'Quorum queues of RabbitMQ keep messages by priority, and those that came back, in ways of their own.',
  },
  {
    request: /^GET (queues|users\/guest\/queues)/,
    difference: /(^|\.)(message_bytes_scheduled|messages_scheduled|oldest_message_age_ms|paused): more$/,
    why: 'RabbitMQ has no scheduled messages in queues, does not know the age of messages, and pauses no queues.',
  },
  {
    request: /disable_stats=true&enable_queue_totals=true$/,
    difference: /^\[\]\.(internal|internal_owner|policy): more$|^\[\]\.online: /,
    why: 'A queue is told of in the same way, with totals or without.',
  },
];
