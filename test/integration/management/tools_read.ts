/**
 * What tools read of the management API, each as strictly as its language has it, so that a field of another type, or one that is
 * not there, is a tool that stops:
 *
 *     name      has to be there, and of that type: the rule for Rust's serde, C#'s `required`, and scripts that take it unasked
 *     name?     may be left out, but is not null: serde's default
 *     name~     may be left out or null, but of no other type: Go's encoding/json, serde's Option
 *
 * A part that ends in [] is each entry of a list. Shovels, federation and streams are left out: they are not here.
 */
export interface Reads {
  readonly tool: string;
  /** Below /api/; NODE, CONNECTION and CHANNEL stand for the names of one. */
  readonly paths: readonly string[];
  /** Before all fields: `[].` for a list of objects. */
  readonly at?: string;
  readonly text?: string;
  /** A whole number, and not below 0. */
  readonly whole?: string;
  readonly number?: string;
  readonly flag?: string;
  readonly object?: string;
  /** A list of texts. */
  readonly texts?: string;
  /** A number, or a text that is one. */
  readonly port?: string;
}

const QUEUE_PATHS = ['queues/%2F/work', 'queues/%2F/work.quorum', 'queues/%2F/work.mine', 'queues/%2F/work.idle'];
const ONE_QUEUE_RUST = {
  text: 'name vhost type node? state? leader~ exclusive_consumer_tag~ policy~',
  flag: 'durable auto_delete exclusive',
  object: 'arguments',
  texts: 'members~ online~',
  whole:
    'memory? consumers? message_bytes? message_bytes_persistent? message_bytes_ram? message_bytes_ready? messages? ' +
    'message_bytes_unacknowledged? messages_persistent? messages_ram? messages_unacknowledged?',
  number: 'consumer_utilisation?',
};
const STATS_GO =
  'message_stats.publish~ message_stats.deliver~ message_stats.deliver_get~ message_stats.redeliver~ message_stats.get~ ' +
  'message_stats.get_no_ack~ message_stats.ack~ message_stats.return_unroutable~ message_stats.drop_unroutable~';
const RATES_GO =
  'message_stats.publish_details.rate~ message_stats.deliver_details.rate~ message_stats.deliver_get_details.rate~ ' +
  'message_stats.redeliver_details.rate~ message_stats.ack_details.rate~ message_stats.return_unroutable_details.rate~';
const ONE_QUEUE_GO = {
  text: 'name~ type~ vhost~ node~ state~ leader~ exclusive_consumer_tag~ policy~ owner_pid_details.name~',
  flag: 'durable~ auto_delete~ exclusive~',
  object: 'arguments~ effective_policy_definition~ owner_pid_details~ messages_details~ message_stats~',
  texts: 'members~ online~',
  whole: `memory~ consumers~ message_bytes~ messages~ messages_ready~ messages_unacknowledged~ active_consumers~ ${STATS_GO}`,
  number: `consumer_utilisation~ messages_details.rate~ messages_ready_details.rate~ ${RATES_GO}`,
  port: 'owner_pid_details.peer_port~',
};

/** rabbitmqadmin 2, in Rust, and the library that it is made of. */
const RUST: readonly Reads[] = [
  {
    tool: 'rabbitmqadmin 2',
    paths: ['overview'],
    text: 'cluster_name? node? erlang_full_version? erlang_version? rabbitmq_version? product_name? product_version?',
    object: 'cluster_tags~ node_tags~ churn_rates? queue_totals? object_totals? message_stats?',
    whole:
      'statistics_db_event_queue? churn_rates.connection_created? churn_rates.channel_closed? churn_rates.queue_declared? ' +
      'queue_totals.messages? queue_totals.messages_ready? object_totals.connections? object_totals.queues?',
    number:
      'queue_totals.messages_details.rate? message_stats.publish_details.rate~ message_stats.confirm_details.rate~',
  },
  {
    tool: 'rabbitmqadmin 2',
    paths: ['nodes'],
    at: '[].',
    text: 'name rates_mode os_pid',
    whole: 'uptime run_queue processors fd_total proc_total mem_limit disk_free_limit',
    flag: 'mem_alarm disk_free_alarm being_drained',
    texts: 'enabled_plugins',
  },
  {
    tool: 'rabbitmqadmin 2',
    paths: ['nodes/NODE/memory'],
    text: 'memory.strategy',
    whole:
      'memory.connection_readers memory.connection_writers memory.connection_channels memory.connection_other memory.queue_procs ' +
      'memory.quorum_queue_procs memory.stream_queue_procs memory.stream_queue_replica_reader_procs memory.plugins memory.mnesia ' +
      'memory.stream_queue_coordinator_procs memory.metadata_store memory.other_proc memory.metrics memory.mgmt_db memory.atom ' +
      'memory.quorum_ets memory.metadata_store_ets memory.other_ets memory.binary memory.msg_index memory.code memory.other_system ' +
      'memory.allocated_unused memory.reserved_unallocated memory.total.rss memory.total.allocated memory.total.erlang',
  },
  {
    tool: 'rabbitmqadmin 2',
    paths: ['connections'],
    at: '[].',
    text: 'name node state~ protocol user host~ peer_host~ client_properties.connection_name? client_properties.product?',
    whole: 'connected_at port~ peer_port~ channel_max~ channels?',
    object: 'client_properties',
  },
  { tool: 'rabbitmqadmin 2', paths: ['connections/username/guest'], at: '[].', text: 'name node user vhost' },
  {
    tool: 'rabbitmqadmin 2',
    paths: ['channels', 'connections/CONNECTION/channels'],
    at: '[].',
    text: 'name vhost state connection_details.name connection_details.peer_host',
    whole:
      'number consumer_count prefetch_count messages_unacknowledged messages_unconfirmed connection_details.peer_port',
    flag: 'confirm',
  },
  {
    tool: 'rabbitmqadmin 2',
    paths: ['consumers', 'consumers/%2F'],
    at: '[].',
    text:
      'consumer_tag queue.name queue.vhost channel_details.name channel_details.connection_name channel_details.node ' +
      'channel_details.peer_host channel_details.user',
    whole: 'prefetch_count consumer_timeout channel_details.number channel_details.peer_port',
    flag: 'active ack_required exclusive',
    object: 'arguments',
  },
  { tool: 'rabbitmqadmin 2', paths: ['queues', 'queues/detailed', 'queues/%2F'], at: '[].', ...ONE_QUEUE_RUST },
  { tool: 'rabbitmqadmin 2', paths: QUEUE_PATHS, ...ONE_QUEUE_RUST },
  {
    tool: 'rabbitmqadmin 2',
    paths: ['exchanges', 'exchanges/%2F'],
    at: '[].',
    text: 'name vhost type',
    flag: 'durable auto_delete',
    object: 'arguments',
  },
  {
    tool: 'rabbitmqadmin 2',
    paths: ['bindings', 'bindings/%2F', 'queues/%2F/work/bindings', 'exchanges/%2F/orders/bindings/source'],
    at: '[].',
    text: 'vhost source destination destination_type routing_key properties_key~',
    object: 'arguments',
  },
  {
    tool: 'rabbitmqadmin 2',
    paths: ['vhosts'],
    at: '[].',
    text: 'name description~ default_queue_type~ metadata.description~ metadata.default_queue_type~',
    texts: 'tags~ metadata.tags~',
  },
  { tool: 'rabbitmqadmin 2', paths: ['users'], at: '[].', text: 'name password_hash', texts: 'tags' },
  { tool: 'rabbitmqadmin 2', paths: ['whoami'], text: 'name', texts: 'tags' },
  { tool: 'rabbitmqadmin 2', paths: ['permissions'], at: '[].', text: 'user vhost configure read write' },
  { tool: 'rabbitmqadmin 2', paths: ['topic-permissions'], at: '[].', text: 'user vhost exchange read write' },
  {
    tool: 'rabbitmqadmin 2',
    paths: ['policies', 'operator-policies'],
    at: '[].',
    text: 'name vhost pattern apply-to',
    number: 'priority',
    object: 'definition',
  },
  { tool: 'rabbitmqadmin 2', paths: ['vhost-limits'], at: '[].', text: 'vhost', object: 'value' },
  { tool: 'rabbitmqadmin 2', paths: ['user-limits'], at: '[].', text: 'user', object: 'value' },
  { tool: 'rabbitmqadmin 2', paths: ['parameters'], at: '[].', text: 'name vhost component', object: 'value' },
  {
    tool: 'rabbitmqadmin 2',
    paths: ['feature-flags'],
    at: '[].',
    text: 'name state desc doc_url stability provided_by',
  },
  {
    tool: 'rabbitmqadmin 2',
    paths: ['deprecated-features'],
    at: '[].',
    text: 'name desc deprecation_phase doc_url provided_by state~',
  },
  {
    tool: 'rabbitmqadmin 2',
    paths: ['definitions'],
    text:
      'rabbitmq_version~ users[].name users[].password_hash vhosts[].name permissions[].user policies[].apply-to ' +
      'queues[].name queues[].vhost exchanges[].type bindings[].destination_type',
    texts: 'users[].tags',
    number: 'policies[].priority',
    object: 'queues[].arguments exchanges[].arguments bindings[].arguments parameters[].value',
    flag: 'queues[].durable queues[].auto_delete exchanges[].durable',
  },
  {
    tool: 'rabbitmqadmin 2',
    paths: ['health/checks/protocol-listener/mqtt'],
    text: 'status reason',
    texts: 'protocols missing',
  },
  { tool: 'rabbitmqadmin 2', paths: ['health/checks/port-listener/1'], text: 'status reason', whole: 'missing' },
];

/** rabbit-hole, which Terraform's provider stands on. */
const GO: readonly Reads[] = [
  {
    tool: 'rabbit-hole',
    paths: ['overview'],
    text:
      'management_version~ rabbitmq_version~ erlang_version~ erlang_full_version~ node~ exchange_types[].name~ ' +
      'exchange_types[].description~ listeners[].node~ listeners[].protocol~ listeners[].ip_address~ contexts[].node~ ' +
      'contexts[].description~ contexts[].path~',
    flag: 'exchange_types[].enabled~',
    whole: `${STATS_GO} queue_totals.messages~ queue_totals.messages_ready~ object_totals.consumers~ object_totals.channels~`,
    number: `${RATES_GO} queue_totals.messages_details.rate~`,
    port: 'listeners[].port~ contexts[].port~',
  },
  {
    tool: 'rabbit-hole',
    paths: ['nodes'],
    at: '[].',
    text: 'name~ type~ os_pid~ auth_mechanisms[].name~ applications[].version~ exchange_types[].name~',
    flag: 'running~ mem_alarm~ disk_free_alarm~ auth_mechanisms[].enabled~',
    whole:
      'fd_used~ fd_total~ proc_used~ proc_total~ mem_used~ mem_limit~ disk_free~ disk_free_limit~ gc_num~ run_queue~ processors~ ' +
      'uptime~ connection_created~ io_read_count~ io_sync_count~ context_switches~ msg_store_read_count~ queue_declared~',
    number: 'io_read_avg_time~ io_sync_avg_time~ fd_used_details.rate~ mem_used_details.rate~',
    object: 'metrics_gc_queue_length~',
    texts: 'partitions~',
    port: 'contexts[].port~',
  },
  {
    tool: 'rabbit-hole',
    paths: ['connections'],
    at: '[].',
    text:
      'name~ node~ state~ type~ host~ peer_host~ protocol~ user~ vhost~ ssl_protocol~ ssl_cipher~ peer_cert_subject~ ' +
      'peer_cert_issuer~ peer_cert_validity~',
    flag: 'ssl~',
    whole: 'channels~ timeout~ frame_max~ recv_oct~ send_oct~ recv_cnt~ send_cnt~ send_pend~ connected_at~',
    number: 'recv_oct_details.rate~ send_oct_details.rate~',
    object: 'client_properties~',
    port: 'port~ peer_port~',
  },
  {
    tool: 'rabbit-hole',
    paths: ['channels', 'vhosts/%2F/channels'],
    at: '[].',
    text: 'name~ idle_since~ user~ vhost~ node~ connection_details.name~ connection_details.peer_host~',
    whole:
      'number~ prefetch_count~ consumer_count~ messages_unacknowledged~ messages_unconfirmed~ messages_uncommitted~ acks_uncommitted~',
    flag: 'confirm~ transactional~',
    port: 'connection_details.peer_port~',
  },
  {
    tool: 'rabbit-hole',
    paths: ['consumers'],
    at: '[].',
    text: 'consumer_tag~ queue.name~ queue.vhost~ channel_details.connection_name~ channel_details.peer_host~',
    whole: 'prefetch_count~ channel_details.number~ channel_details.peer_port~',
    flag: 'ack_required~ exclusive~',
    object: 'arguments~ channel_details~',
  },
  { tool: 'rabbit-hole', paths: ['queues', 'queues/%2F'], at: '[].', ...ONE_QUEUE_GO },
  { tool: 'rabbit-hole', paths: QUEUE_PATHS, ...ONE_QUEUE_GO },
  {
    tool: 'rabbit-hole',
    paths: ['queues?page=1'],
    whole: 'page page_count page_size filtered_count item_count total_count',
    text: 'items[].name~',
  },
  {
    tool: 'rabbit-hole',
    paths: ['exchanges/%2F/orders'],
    text: 'name~ vhost~ type~ incoming[].channel_details.name~ outgoing[].queue.name~',
    whole: 'message_stats.publish_in~ message_stats.publish_out~ incoming[].stats.publish~ outgoing[].stats.publish~',
    flag: 'durable~ auto_delete~ internal~',
    object: 'arguments~',
    port: 'incoming[].channel_details.peer_port~',
  },
  {
    tool: 'rabbit-hole',
    paths: ['vhosts'],
    at: '[].',
    text: 'name~ description~ default_queue_type~',
    flag: 'tracing~',
    whole: 'messages~ messages_ready~ messages_unacknowledged~ recv_oct~ send_oct~',
    number: 'messages_details.rate~',
    object: 'cluster_state~',
  },
  {
    tool: "Terraform's provider",
    paths: ['vhost-limits/tools'],
    at: '[].',
    text: 'vhost',
    whole: 'value.max-connections~ value.max-queues~',
  },
  {
    tool: "Terraform's provider",
    paths: ['bindings/%2F/e/orders/q/work'],
    at: '[].',
    text: 'vhost source destination destination_type routing_key properties_key',
    object: 'arguments',
  },
];

const QUEUE_AGENT = {
  text: 'name vhost node state',
  flag: 'durable auto_delete exclusive',
  object: 'arguments messages_details messages_ready_details messages_unacknowledged_details',
  whole:
    'consumers messages messages_ready messages_unacknowledged messages_persistent memory message_bytes message_bytes_ready',
  number: 'messages_details.rate messages_ready_details.rate messages_unacknowledged_details.rate consumer_utilisation',
};

/** Monitoring agents, autoscalers, and the rest. */
const AGENTS: readonly Reads[] = [
  {
    tool: 'KEDA',
    paths: ['queues/%2F/work', 'queues/%2F/work.idle'],
    text: 'name',
    whole: 'messages messages_ready messages_unacknowledged',
    number: 'message_stats.publish_details.rate~ message_stats.deliver_get_details.rate~',
  },
  {
    tool: 'KEDA',
    paths: ['queues/%2F?page=1&use_regex=true&pagination=false&name=%5Ework&page_size=100'],
    whole: 'page_count items[].messages items[].messages_ready',
    number: 'items[].message_stats.publish_details.rate~',
  },
  { tool: 'Flower', paths: ['queues/%2F'], at: '[].', text: 'name', whole: 'messages messages_ready consumers' },
  {
    tool: 'rabbitmq_exporter, Zabbix, Telegraf, Datadog',
    paths: ['overview'],
    text: 'node cluster_name rabbitmq_version erlang_version management_version',
    whole:
      'object_totals.channels object_totals.connections object_totals.consumers object_totals.queues object_totals.exchanges ' +
      'queue_totals.messages queue_totals.messages_ready queue_totals.messages_unacknowledged message_stats.publish ' +
      'message_stats.deliver_get message_stats.ack message_stats.confirm message_stats.deliver message_stats.redeliver',
    number:
      'queue_totals.messages_details.rate message_stats.publish_details.rate message_stats.deliver_details.rate ' +
      'message_stats.ack_details.rate message_stats.return_unroutable_details.rate message_stats.deliver_no_ack_details.rate',
  },
  {
    tool: 'rabbitmq_exporter, Zabbix, Telegraf, Datadog',
    paths: ['nodes', 'nodes?sort='],
    at: '[].',
    text: 'name type',
    whole:
      'fd_used fd_total sockets_used sockets_total mem_used mem_limit disk_free disk_free_limit proc_used proc_total run_queue uptime',
    flag: 'running mem_alarm disk_free_alarm',
    texts: 'partitions',
  },
  {
    tool: 'rabbitmq_exporter, Metricbeat, Telegraf, Datadog',
    paths: ['queues?sort=', 'queues'],
    at: '[].',
    ...QUEUE_AGENT,
  },
  {
    tool: 'Metricbeat',
    paths: ['connections'],
    at: '[].',
    text: 'name vhost user node type host peer_host state',
    whole: 'channels channel_max frame_max send_cnt recv_cnt send_pend send_oct recv_oct port peer_port',
  },
  {
    tool: 'Metricbeat, Zabbix',
    paths: ['exchanges'],
    at: '[].',
    text: 'name vhost type user_who_performed_action?',
    flag: 'durable auto_delete internal',
    object: 'arguments',
    whole: 'message_stats.publish_in? message_stats.publish_out?',
    number: 'message_stats.publish_in_details.rate? message_stats.publish_out_details.rate?',
  },
  { tool: 'Datadog', paths: ['vhosts/%2F/connections'], at: '[].', text: 'vhost state' },
  { tool: 'Datadog, Nagios', paths: ['aliveness-test/%2F'], text: 'status' },
  { tool: 'NServiceBus', paths: ['overview'], text: 'rabbitmq_version', flag: 'disable_stats' },
  {
    tool: 'NServiceBus',
    paths: ['queues/%2F/work.quorum'],
    text: 'name type policy~ arguments.x-queue-type',
    object: 'arguments effective_policy_definition',
    whole: 'messages delivery_limit arguments.x-delivery-limit? effective_policy_definition.delivery-limit?',
  },
  {
    tool: 'ServiceControl',
    paths: ['queues?page=1&page_size=500&name=&use_regex=false&pagination=true'],
    text: 'items[].name items[].vhost',
    whole: 'page page_count items[].message_stats.ack?',
  },
  {
    tool: 'Nagios',
    paths: ['nodes/rabbit@localhost', 'nodes/NODE'],
    whole: 'mem_used mem_limit proc_used fd_used fd_total sockets_used sockets_total',
    flag: 'mem_alarm disk_free_alarm',
    texts: 'partitions',
  },
  {
    tool: 'Nagios',
    paths: ['connections'],
    at: '[].',
    text: 'state',
    number: 'recv_oct_details.rate send_oct_details.rate',
  },
];

export const READS: readonly Reads[] = [...RUST, ...GO, ...AGENTS];
