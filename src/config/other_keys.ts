// RabbitMQ's keys that are no setting of Leveret's. A key is looked up among the settings first, so a row here goes when
// a setting comes. The more special pattern stands before the more general.

export interface OtherKey {
  /** As key_pattern.ts draws it. */
  readonly pattern: string;
  /**
   * `needless`: nothing is lost without it. `missing`: what it asks for is not there, which the log warns of.
   */
  readonly kind: 'needless' | 'missing';
  /** Completes "KEY has no effect: ...". */
  readonly why: string;
  /** Values that ask for what is the case anyway. */
  readonly fulfilled?: readonly string[];
}

const ONE_NODE = 'Leveret is one node';
const NO_ERLANG = 'there is no Erlang here';
const OWN_JOURNAL = 'Leveret keeps its messages in a journal of its own';
const OWN_SOCKETS = 'Leveret sets up its sockets itself';
const ONE_LOG = 'Leveret has one log, on its standard output';
const OWN_FORM = 'the log has lines of its own form';
const OWN_TLS = 'TLS is that of Node.js, which sees to it';
const NO_HTTP = 'the management API has nothing of that kind';
const TLS_BY_SSL = 'the management API speaks TLS where management.ssl.port and management.ssl.certfile are';
const NO_PROMETHEUS = 'the port for Prometheus has nothing of that kind';
const NO_DEFINITIONS = 'definitions come from files of this machine';
const NO_LIMIT = 'there is no such limit yet';
const NO_PLUGIN = 'Leveret has nothing of that kind';

function needless(why: string, ...patterns: readonly string[]): OtherKey[] {
  return patterns.map((pattern) => ({ pattern, kind: 'needless', why }));
}

function missing(why: string, ...patterns: readonly string[]): OtherKey[] {
  return patterns.map((pattern) => ({ pattern, kind: 'missing', why }));
}

export const OTHER_KEYS: readonly OtherKey[] = [
  { pattern: 'listeners.ssl', kind: 'needless', why: 'a TLS listener is there when it has a port' },
  { pattern: 'ssl_options', kind: 'needless', why: 'TLS is there when it has a port' },
  ...missing('such a list is not looked at', 'ssl_options.crl_check', 'ssl_options.crl_sources.**'),
  ...missing('certificates and keys are read from files', 'ssl_options.cert', 'ssl_options.key.**'),
  ...missing('TLS is spoken with certificates', 'ssl_options.psk_identity', 'ssl_options.dh', 'ssl_options.dhfile'),
  ...needless(OWN_TLS, 'ssl_options.bypass_pem_cache', 'ssl_options.client_renegotiation', 'ssl_options.log_alert'),
  ...needless(OWN_TLS, 'ssl_options.honor_ecc_order', 'ssl_options.log_level', 'ssl_options.reuse_sessions'),
  ...needless(OWN_TLS, 'ssl_options.secure_renegotiate', 'num_acceptors.ssl'),
  { pattern: 'ssl_allow_poodle_attack', kind: 'needless', why: 'old versions of TLS are never spoken' },
  { pattern: 'management.listener.ssl', kind: 'missing', why: TLS_BY_SSL, fulfilled: ['false'] },
  ...missing(TLS_BY_SSL, 'management.listener.ssl_opts', 'management.listener.ssl_opts.**'),
  ...missing('the management API has the cipher suites of Node', 'management.ssl.ciphers.$cipher'),
  ...missing('a chain of certificates may have any length there', 'management.ssl.depth'),
  ...needless(OWN_SOCKETS, 'management.tcp.**', 'management.ssl.**', 'management.listener.**'),
  ...needless('statistics are kept as they are', 'management.sample_retention_policies.**', 'management.rates_mode'),
  ...needless('statistics are kept as they are', 'management.db_cache_multiplier'),
  ...needless(OWN_FORM, 'management.http_log_dir', 'http_dispatch.**'),
  ...missing(NO_HTTP, 'management.**', 'management_agent.**'),
  ...needless(OWN_SOCKETS, 'prometheus.tcp.**', 'prometheus.ssl.**'),
  ...missing(NO_PROMETHEUS, 'prometheus.**'),
  ...needless('statistics are kept as they are', 'collect_statistics', 'collect_statistics_interval'),
  {
    pattern: 'definitions.import_backend',
    kind: 'missing',
    why: NO_DEFINITIONS,
    fulfilled: [
      'local',
      'local_filesystem',
      'rabbit_definitions_import_local_filesystem',
      'rabbitmq_definitions_import_local_filesystem',
    ],
  },
  ...needless('definitions are compared by SHA-256', 'definitions.hashing.algorithm'),
  ...missing(NO_DEFINITIONS, 'definitions.**'),

  ...['auth_backends.$num.authn', 'auth_backends.$num.authz'].map((pattern) => ({
    pattern,
    kind: 'missing' as const,
    why: 'who lets a user in says what he may do',
    fulfilled: ['internal', 'rabbit_auth_backend_internal'],
  })),
  ...missing(NO_PLUGIN, 'auth_cache.**', 'auth_http.**', 'auth_ldap.**', 'trust_store.**', 'aws.**'),
  ...missing('there is one resource server', 'auth_oauth2.resource_servers.**', 'auth_oauth2.resource_server_type'),
  ...missing('there is one issuer', 'auth_oauth2.oauth_providers.**', 'auth_oauth2.default_oauth_provider'),
  ...missing('aliases are given as scope_aliases.ALIAS = SCOPES', 'auth_oauth2.scope_aliases.$index.**'),
  ...missing("the issuer is believed as Node's settings say", 'auth_oauth2.https.**'),
  ...missing('discovery is where OpenID Connect has it', 'auth_oauth2.discovery_endpoint_path'),
  ...missing('discovery is where OpenID Connect has it', 'auth_oauth2.discovery_endpoint_params.**'),
  ...needless('only logins in a browser need it', 'auth_oauth2.token_endpoint', 'auth_oauth2.authorization_endpoint'),
  ...needless('only logins in a browser need it', 'auth_oauth2.end_session_endpoint'),

  ...missing(NO_LIMIT, 'ranch_connection_max', 'runtime_parameters.limits.$category'),
  ...needless('queues have no mirrors', 'default_policies.operator.$id.classic_queues.ha_mode'),
  ...needless('queues have no mirrors', 'default_policies.operator.$id.classic_queues.ha_params'),
  ...needless('queues have no mirrors', 'default_policies.operator.$id.classic_queues.ha_sync_mode'),
  ...needless(ONE_NODE, 'consumer_disconnected_timeout'),
  ...missing('the memory that the system has is asked for', 'total_memory_available_override_value'),
  ...missing('every queue and exchange type is there', 'queue_types.**', 'exchange_types.**'),
  ...missing(NO_PLUGIN, 'message_interceptors.**', 'channel_interceptor.**'),
  ...missing(
    NO_PLUGIN,
    'mqtt.**',
    'web_mqtt.**',
    'stomp.**',
    'web_stomp.**',
    'stream.**',
    'shovel.**',
    'federation.**',
  ),
  ...needless('a trace needs no login', 'tracing.username', 'tracing.password'),
  { pattern: 'event_exchange.protocol', kind: 'missing', why: 'events are AMQP 0-9-1', fulfilled: ['amqp_0_9_1'] },
  ...missing(NO_PLUGIN, 'session_max_per_connection', 'link_max_per_session', 'amqp_client.**', 'amqp10_client.**'),

  { pattern: 'log.console', kind: 'missing', why: ONE_LOG, fulfilled: ['true'] },
  { pattern: 'log.file', kind: 'needless', why: ONE_LOG },
  { pattern: 'log.exchange', kind: 'missing', why: ONE_LOG, fulfilled: ['false'] },
  { pattern: 'log.syslog', kind: 'missing', why: ONE_LOG, fulfilled: ['false'] },
  { pattern: 'log.journald', kind: 'missing', why: ONE_LOG, fulfilled: ['false'] },
  ...needless(ONE_LOG, 'log.dir', 'log.default.rotation.**', 'log.console.stdio'),
  ...needless(OWN_FORM, 'log.console.formatter.**', 'log.file.formatter', 'log.file.formatter.**'),
  ...needless(ONE_LOG, 'log.file.rotation.**'),
  ...needless(OWN_FORM, 'log.console.use_colors', 'log.console.color_esc_seqs.**', 'log.summarize_process_state'),
  ...needless(NO_ERLANG, 'log.error_logger_format_depth', 'log.ra.**', 'log.mirroring.**', 'log.upgrade.**'),
  ...missing(ONE_LOG, 'log.exchange.**', 'log.syslog.**', 'log.journald.**'),
  ...missing(ONE_LOG, 'log.connection.**', 'log.channel.**', 'log.queue.**', 'log.federation.**', 'log.user.**'),

  ...needless(ONE_NODE, 'cluster_formation.**', 'cluster_partition_handling', 'cluster_partition_handling.**'),
  ...needless(ONE_NODE, 'cluster_keepalive_interval', 'cluster_name', 'cluster_tags.$tag', 'node_tags.$tag'),
  ...needless(ONE_NODE, 'queue_leader_locator', 'queue_master_locator', 'mirroring_sync_batch_size', 'net_ticktime'),
  ...needless(ONE_NODE, 'mirroring_sync_max_throughput', 'distribution.**', 'prevent_startup_if_node_was_reset'),
  ...needless(ONE_NODE, 'metadata_store.**', 'mnesia_table_loading_retry_limit', 'mnesia_table_loading_retry_timeout'),
  ...needless(OWN_JOURNAL, 'quorum_queue.**', 'classic_queue.**', 'raft.**', 'queue_index_embed_msgs_below'),
  ...needless(OWN_JOURNAL, 'message_store_shutdown_timeout', 'vm_memory_high_watermark_paging_ratio'),
  ...needless(OWN_SOCKETS, 'tcp_listen_options', 'tcp_listen_options.**', 'num_acceptors.tcp', 'socket_writer.**'),
  ...needless(OWN_SOCKETS, 'listeners.startup_delay'),
  ...needless(NO_ERLANG, 'erlang.**', 'hipe_compile', 'sysmon_handler.**', 'background_gc_enabled', 'delegate_count'),
  ...needless(NO_ERLANG, 'background_gc_target_interval', 'default_worker_pool_size', 'vm_memory_calculation_strategy'),
  ...needless(NO_ERLANG, 'nodename', 'distributed_cookie', 'credentials_obfuscation.**'),
  ...needless('memory is looked at twice a second', 'memory_monitor_interval'),
  ...needless('addresses are never looked up by name', 'reverse_dns_lookups'),
  ...needless('a virtual host that fails holds its publishers', 'vhost_restart_strategy'),
  {
    pattern: 'deprecated_features.permit.$name',
    kind: 'missing',
    why: 'deprecated features are permitted always',
    fulfilled: ['true'],
  },
  ...needless('there is no banner', 'motd_file'),
];
