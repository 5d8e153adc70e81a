import { path } from '../api.ts';
import { type Column, type Columns, cell, field, fields } from '../column.ts';
import { withKnown } from '../found.ts';
import { textOf } from '../json.ts';
import { chosenColumns, columnSentence, type Listing, printChosen } from '../listing.ts';
import type { Context, Verb, Verbs } from '../verb.ts';

const QUEUES: Listing = {
  columns: {
    ...fields('name', 'durable', 'auto_delete', 'exclusive', 'arguments', 'policy', 'operator_policy'),
    ...fields('effective_policy_definition', 'state', 'type', 'memory', 'consumers', 'consumer_utilisation'),
    ...fields('consumer_capacity', 'exclusive_consumer_tag', 'head_message_timestamp', 'leader', 'members', 'online'),
    ...fields('messages', 'messages_ready', 'messages_unacknowledged', 'messages_ram', 'messages_ready_ram'),
    ...fields('messages_unacknowledged_ram', 'messages_persistent', 'message_bytes', 'message_bytes_ready'),
    ...fields('message_bytes_unacknowledged', 'message_bytes_ram', 'message_bytes_persistent'),
    ...fields('disk_reads', 'disk_writes'),
    owner_pid: field('owner_pid_details.name'),
  },
  usual: ['name', 'messages'],
};

const EXCHANGES: Listing = {
  columns: fields('name', 'type', 'durable', 'auto_delete', 'internal', 'arguments', 'policy'),
  usual: ['name', 'type'],
};

/** The API has no kind for a source: it always is an exchange. */
const exchangeKind: Column = () => cell('exchange');

const BINDINGS: Listing = {
  columns: {
    source_name: field('source'),
    source_kind: exchangeKind,
    destination_name: field('destination'),
    destination_kind: field('destination_type'),
    routing_key: field('routing_key'),
    arguments: field('arguments'),
  },
  usual: ['source_name', 'source_kind', 'destination_name', 'destination_kind', 'routing_key', 'arguments'],
};

/** What close_connection takes; Leveret has no Erlang processes. */
const pid: Columns = { pid: field('name') };

/** 'AMQP 0-9-1' as {0,9,1}. */
const protocol: Column = (object) => {
  const text = textOf(object['protocol']);
  const version = /^AMQP (\d+)-(\d+)-(\d+)$/.exec(text);
  return version === null ? cell(text) : cell(`{${version.slice(1).join(',')}}`);
};

const CONNECTIONS: Listing = {
  columns: {
    ...pid,
    ...fields('name', 'user', 'vhost', 'host', 'port', 'peer_host', 'peer_port', 'state', 'channels'),
    protocol,
    ...fields('auth_mechanism', 'client_properties', 'connected_at', 'frame_max', 'channel_max', 'timeout'),
    ...fields('ssl', 'ssl_protocol', 'ssl_key_exchange', 'ssl_cipher', 'ssl_hash'),
    ...fields('peer_cert_subject', 'peer_cert_issuer', 'peer_cert_validity'),
    ...fields('recv_oct', 'recv_cnt', 'send_oct', 'send_cnt', 'send_pend'),
  },
  usual: ['user', 'peer_host', 'peer_port', 'state'],
};

const CHANNELS: Listing = {
  columns: {
    ...pid,
    connection: field('connection_details.name'),
    ...fields('name', 'number', 'user', 'vhost', 'transactional', 'confirm', 'consumer_count'),
    ...fields('messages_unacknowledged', 'messages_uncommitted', 'acks_uncommitted', 'messages_unconfirmed'),
    ...fields('prefetch_count', 'global_prefetch_count', 'state'),
  },
  usual: ['pid', 'user', 'consumer_count', 'messages_unacknowledged'],
};

const CONSUMERS: Listing = {
  columns: {
    queue_name: field('queue.name'),
    channel_pid: field('channel_details.name'),
    ...fields('consumer_tag', 'ack_required', 'prefetch_count', 'active', 'activity_status', 'arguments'),
  },
  usual: ['queue_name', 'channel_pid', 'consumer_tag', 'ack_required', 'prefetch_count', 'active', 'arguments'],
};

interface ListVerb {
  readonly nouns: string;
  readonly listing: Listing;
  readonly at: string;
  /** What people are told, below the virtual host that is listed. */
  readonly announces: (context: Context) => readonly string[];
}

/** Objects of the virtual host. */
function inVhost({ nouns, listing, at, announces }: ListVerb): Verb {
  return {
    words: '[column...]',
    sentence: `Lists the ${nouns} of the virtual host.`,
    details: columnSentence(listing),
    run: async (context, words) => {
      const { api, output, vhost } = context;
      const chosen = chosenColumns(listing, words);
      for (const line of announces(context)) output.announce(line);
      const found = await withKnown(context, { vhost }, () => api.list(`${at}${path`/${vhost}`}`));
      printChosen(output, found, listing, chosen);
    },
  };
}

/** Objects of the broker. */
function ofAll({ nouns, listing, at }: Omit<ListVerb, 'announces'>): Verb {
  return {
    words: '[column...]',
    sentence: `Lists all ${nouns}.`,
    details: columnSentence(listing),
    run: async ({ api, output }, words) => {
      const chosen = chosenColumns(listing, words);
      output.announce(`Listing ${nouns} ...`);
      printChosen(output, await api.list(at), listing, chosen);
    },
  };
}

export const LIST_VERBS: Verbs = {
  list_queues: inVhost({
    nouns: 'queues',
    listing: QUEUES,
    at: '/api/queues',
    announces: ({ timeoutSeconds, vhost }) => [
      `Timeout: ${(timeoutSeconds ?? 60).toFixed(1)} seconds ...`,
      `Listing queues for vhost ${vhost} ...`,
    ],
  }),
  list_exchanges: inVhost({
    nouns: 'exchanges',
    listing: EXCHANGES,
    at: '/api/exchanges',
    announces: ({ vhost }) => [`Listing exchanges for vhost ${vhost} ...`],
  }),
  list_bindings: inVhost({
    nouns: 'bindings',
    listing: BINDINGS,
    at: '/api/bindings',
    announces: ({ vhost }) => [`Listing bindings for vhost ${vhost}...`],
  }),
  list_consumers: inVhost({
    nouns: 'consumers',
    listing: CONSUMERS,
    at: '/api/consumers',
    announces: ({ vhost }) => [`Listing consumers in vhost ${vhost} ...`],
  }),
  list_connections: ofAll({ nouns: 'connections', listing: CONNECTIONS, at: '/api/connections' }),
  list_channels: ofAll({ nouns: 'channels', listing: CHANNELS, at: '/api/channels' }),
};
