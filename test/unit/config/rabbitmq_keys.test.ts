// rabbitmq_keys.txt: every key that RabbitMQ 4.3 and the plugins that come with it take, aliases too.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseConfigFile, type SettingLine } from '../../../src/config/file.ts';
import { type FileSettings, fileSettings } from '../../../src/config/file_settings.ts';
import { OTHER_KEYS } from '../../../src/config/other_keys.ts';

const KEYS = readFileSync(new URL('rabbitmq_keys.txt', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n');

function read(...content: readonly string[]): FileSettings {
  const { lines } = parseConfigFile('rabbitmq.conf', content.join('\n'));
  return fileSettings(lines as readonly SettingLine[]);
}

function values(...content: readonly string[]): Record<string, unknown> {
  const { values, problems } = read(...content);
  expect(problems).toEqual([]);
  return Object.fromEntries([...values].map(([name, { value }]) => [name, value]));
}

test('every key of RabbitMQ is known', () => {
  const unknown = KEYS.filter((key) => {
    const { problems } = read(`${key.replaceAll('$', '')} = x`);
    return problems.some(({ text }) => text.includes('is not a key'));
  });
  expect(unknown).toEqual([]);
});

test('every row of the table is for keys of RabbitMQ', () => {
  // Of erlang_vm.schema, which RabbitMQ does not load.
  const others = ['nodename', 'distributed_cookie'];
  const known = KEYS.map((key) => key.replaceAll(/\$\w+/g, '$'));
  const idle = OTHER_KEYS.filter(({ pattern }) => {
    const start = pattern.replaceAll(/\$\w+/g, '$').replace(/\*\*$/, '');
    return (
      !others.includes(pattern) && !known.some((key) => (start === pattern ? key === start : key.startsWith(start)))
    );
  });
  expect(idle.map(({ pattern }) => pattern)).toEqual([]);
});

// What RabbitMQ 4.3 makes of them.
test.each([
  ['listeners.tcp.default = 5673', { port: 5673, moreListeners: [] }],
  ['listeners.tcp.1 = 127.0.0.1:5673', { host: '127.0.0.1', port: 5673, moreListeners: [] }],
  [
    'listeners.tcp.1 = ::1:5673\nlisteners.tcp.2 = 5674\nlisteners.tcp.3 = 10.0.0.1:5675',
    {
      host: '::1',
      port: 5673,
      moreListeners: [
        { host: undefined, port: 5674 },
        { host: '10.0.0.1', port: 5675 },
      ],
    },
  ],
  ['ssl_options.depth = 2', { tlsDepth: 2 }],
  ['definitions.local.path = /etc/definitions', { loadDefinitions: '/etc/definitions' }],
  ['definitions.skip_if_unchanged = true', { skipUnchangedDefinitions: true }],
  ['password_hashing_module = rabbit_password_hashing_sha512', { passwordHashing: 'rabbit_password_hashing_sha512' }],
  ['auth_backends.1 = oauth\nauth_backends.2 = internal', { authBackends: ['oauth2', 'internal'] }],
  ['listeners.ssl.1 = 127.0.0.1:5671', { tlsHost: '127.0.0.1', tlsPort: 5671, tlsMoreListeners: [] }],
  ['loopback_users = none', { loopbackUsers: [] }],
  ['loopback_users.guest = false', { loopbackUsers: [] }],
  ['loopback_users.x = true', { loopbackUsers: ['x'] }],
  [
    'loopback_users.x = true\nloopback_users.guest = false\nloopback_users.y\\.z = true',
    { loopbackUsers: ['x', 'y.z'] },
  ],
  ['loopback_users.x = true\nloopback_users = none', { loopbackUsers: [] }],
  ['heartbeat = 5\nheartbeat = 6', { heartbeatSeconds: 6 }],
  ['frame_max = 128KB', { frameMaxBytes: 131072 }],
  ['max_channels_per_connection = 10', { channelMax: 10 }],
  ['channel_max = 10', { channelMax: 10 }],
  ['max_connections = 10', { connectionMax: 10 }],
  ['connection_max = infinity', { connectionMax: Number.POSITIVE_INFINITY }],
  ['channel_max_per_node = 10', { channelMaxPerNode: 10 }],
  ['consumer_max_per_channel = 10', { consumerMaxPerChannel: 10 }],
  ['channel_tx_message_max = 10', { channelTxMessageMax: 10 }],
  ['cluster_queue_limit = 10', { queueMax: 10 }],
  ['cluster_exchange_limit = 0', { exchangeMax: 0 }],
  ['vhost_max = 10', { vhostMax: 10 }],
  ['initial_frame_max = 16384', { initialFrameMaxBytes: 16_384 }],
  ['handshake_timeout = 20000', { handshakeTimeoutMs: 20000 }],
  ['max_message_size = 1000', { maxMessageSizeBytes: 1000 }],
  ['vm_memory_high_watermark.relative = 0.4', { memoryLimit: { share: 0.4 } }],
  ['vm_memory_high_watermark.absolute = 2GB', { memoryLimit: { bytes: 2e9 } }],
  ['vm_memory_high_watermark.absolute = 2GiB', { memoryLimit: { bytes: 2 ** 31 } }],
  ['vm_memory_high_watermark.absolute = 2Gi', { memoryLimit: { bytes: 2 ** 31 } }],
  ['vm_memory_high_watermark.absolute = 2g', { memoryLimit: { bytes: 2e9 } }],
  ['vm_memory_high_watermark.absolute = 1073741824', { memoryLimit: { bytes: 2 ** 30 } }],
  ['vm_memory_high_watermark.absolute = 2GB\nvm_memory_high_watermark.relative = 0.3', { memoryLimit: { bytes: 2e9 } }],
  ['disk_free_limit.relative = 1.5\ndisk_free_limit.absolute = 50MB', { diskFreeLimit: { bytes: 5e7 } }],
  ['disk_free_limit.relative = 1.5', { diskFreeLimit: { share: 1.5 } }],
  ['consumer_timeout = 1800000', { consumerTimeoutMs: 1_800_000 }],
  ['log.console.level = warning', { logLevel: 'warn' }],
  ['log.console.level = none', { logLevel: 'silent' }],
  ['log.file.level = debug\nlog.console.level = critical', { logLevel: 'fatal' }],
  ['log.console.formatter = json', { logFormat: 'json' }],
  ['auth_mechanisms.1 = PLAIN\nauth_mechanisms.2 = ANONYMOUS', { authMechanisms: ['PLAIN', 'ANONYMOUS'] }],
  ['auth_mechanisms.2 = PLAIN\nauth_mechanisms.1 = EXTERNAL', { authMechanisms: ['EXTERNAL', 'PLAIN'] }],
  [
    'auth_backends.1 = rabbit_auth_backend_oauth2\nauth_backends.2 = internal',
    { authBackends: ['oauth2', 'internal'] },
  ],
  [
    "auth_oauth2.resource_server_id = shop\nauth_oauth2.issuer = https://id.example\nauth_oauth2.scope_prefix = ''",
    { oauth2ResourceServerId: 'shop', oauth2Issuer: 'https://id.example', oauth2ScopePrefix: '' },
  ],
  [
    'auth_oauth2.signing_keys.k1 = a.pem\nauth_oauth2.signing_keys.k2 = b.pem\nauth_oauth2.default_key = k1',
    {
      oauth2SigningKeys: [
        { name: 'k1', value: 'a.pem' },
        { name: 'k2', value: 'b.pem' },
      ],
      oauth2DefaultKey: 'k1',
    },
  ],
  [
    'auth_oauth2.scope_aliases.clerk = shop.read:*/* shop.write:*/*',
    { oauth2ScopeAliases: [{ name: 'clerk', value: 'shop.read:*/* shop.write:*/*' }] },
  ],
  ['auth_oauth2.jwks_url = https://id.example/keys', { oauth2JwksUri: 'https://id.example/keys' }],
  ['listeners.tcp = none\nlisteners.ssl.default = 5671', { port: false, tlsPort: 5671, tlsMoreListeners: [] }],
  [
    'management.tcp.port = 15673\nmanagement.tcp.ip = 127.0.0.1\nmanagement.path_prefix = /rabbit/',
    { managementPort: 15673, managementHost: '127.0.0.1', managementPathPrefix: '/rabbit' },
  ],
  ['prometheus.tcp.listener = none', { prometheusPort: false }],
  ['prometheus.tcp.listener = 127.0.0.1:15700', { prometheusHost: '127.0.0.1', prometheusPort: 15700 }],
  [
    'prometheus.ssl.port = 15691\nprometheus.ssl.ip = ::1\nprometheus.ssl.certfile = c.pem\nprometheus.ssl.verify = verify_peer',
    {
      prometheusTlsPort: 15691,
      prometheusTlsHost: '::1',
      prometheusTlsCertfile: 'c.pem',
      prometheusTlsVerify: 'verify_peer',
    },
  ],
  ['prometheus.ssl.versions.1 = tlsv1.3', { prometheusTlsVersions: ['tlsv1.3'] }],
  ['tracing.dir = /var/tmp/rabbitmq-tracing', { tracingDir: '/var/tmp/rabbitmq-tracing' }],
  [
    'management.ssl.port = 15671\nmanagement.ssl.certfile = c.pem\nmanagement.ssl.versions.1 = tlsv1.3',
    { managementTlsPort: 15671, managementTlsCertfile: 'c.pem', managementTlsVersions: ['tlsv1.3'] },
  ],
  [
    'management.cors.allow_origins.1 = https://a.example\nmanagement.cors.allow_origins.2 = https://b.example',
    { managementCorsAllowOrigins: ['https://a.example', 'https://b.example'] },
  ],
  [
    'default_limits.vhosts.b.max_queues = 9\ndefault_limits.vhosts.a.pattern = ^dev\ndefault_limits.vhosts.a.max_queues = 7',
    {
      defaultLimits: [
        { name: 'a', fields: { pattern: '^dev', max_queues: 7 } },
        { name: 'b', fields: { max_queues: 9 } },
      ],
    },
  ],
  [
    `default_policies.operator.p.vhost_pattern = ^dev
     default_policies.operator.p.queue_pattern = ^t
     default_policies.operator.p.apply_to = queues
     default_policies.operator.p.message_ttl = 1h30m
     default_policies.operator.p.expires = 1800000
     default_policies.operator.p.max_length_bytes = 12MB
     default_policies.operator.p.classic_queues.queue_version = 2`,
    {
      defaultOperatorPolicies: [
        {
          name: 'p',
          fields: {
            vhost_pattern: '^dev',
            queue_pattern: '^t',
            apply_to: 'queues',
            message_ttl: 5_400_000,
            expires: 1_800_000,
            max_length_bytes: 12_582_912,
            'classic_queues.queue_version': 2,
          },
        },
      ],
    },
  ],
  [
    `default_users.u.vhost_pattern = ^dev
     default_users.u.password = secret
     default_users.u.tags = monitoring, management
     default_users.u.read = ^x
     default_users.t.password = other`,
    {
      defaultUsers: [
        { name: 't', fields: { password: 'other' } },
        {
          name: 'u',
          fields: { vhost_pattern: '^dev', password: 'secret', tags: ['monitoring', 'management'], read: '^x' },
        },
      ],
    },
  ],
  [
    `default_limits = {"a":{"max_queues":1}}
     default_limits.vhosts.a.max_queues = 2
     default_limits.vhosts.a.max_connections = 3`,
    { defaultLimits: [{ name: 'a', fields: { max_queues: 1, max_connections: 3 } }] },
  ],
  [
    'credential_validator.validation_backend = rabbit_credential_validator_password_regexp\ncredential_validator.regexp = ^x\ncredential_validator.min_length = 8',
    { credentialValidator: 'password_regexp', credentialRegexp: '^x', credentialMinLength: 8 },
  ],
  ['default_queue_type = quorum', { defaultQueueType: 'quorum' }],
  ['default_queue_type = rabbit_classic_queue', { defaultQueueType: 'classic' }],
  ['anonymous_login_user = none', { anonymousUser: false }],
  ['anonymous_login_user = hare\nanonymous_login_pass = clover', { anonymousUser: 'hare', anonymousPass: 'clover' }],
  ['event_exchange.vhost = audit', { eventsVhost: 'audit' }],
  ['product.name = Hare\nproduct.version = 1.2', { productName: 'Hare', productVersion: '1.2' }],
  ['management.load_definitions = d.json', { loadDefinitions: 'd.json' }],
  ['ssl_options.versions.1 = tlsv1.3', { tlsVersions: ['tlsv1.3'] }],
  ['ssl_options.ciphers.10 = B\nssl_options.ciphers.2 = A', { tlsCiphers: ['A', 'B'] }],
  [
    'ssl_options.verify = verify_peer\nssl_options.fail_if_no_peer_cert = true',
    { tlsVerify: 'verify_peer', tlsFailIfNoPeerCert: true },
  ],
  ['ssl_handshake_timeout = 7000', { tlsHandshakeTimeoutMs: 7000 }],
  ['proxy_protocol = true', { proxyProtocol: true }],
  ['default_user = a\ndefault_pass = b', { defaultUser: 'a', defaultPass: 'b' }],
])('%j', (content, expected) => {
  expect(values(content)).toEqual(expected);
});

test('keys of Leveret before it read those of RabbitMQ mean what they meant', () => {
  const content = [
    'port = 1',
    'host = ::1',
    'data_dir = d',
    'log.level = trace',
    'memory_limit = 40%',
    'log.format = json',
  ];
  expect(values(...content, 'loopback_users = guest, a', 'handshake_timeout = 5s', 'disk_free_limit = 1GiB')).toEqual({
    port: 1,
    host: '::1',
    dataDir: 'd',
    logLevel: 'trace',
    memoryLimit: { share: 0.4 },
    logFormat: 'json',
    loopbackUsers: ['guest', 'a'],
    handshakeTimeoutMs: 5000,
    diskFreeLimit: { bytes: 2 ** 30 },
  });
  expect(values('consumer_timeout = false')).toEqual({ consumerTimeoutMs: 0 });
});

test.each([
  [
    'listeners.tcp.1 = 0.0.0.0',
    /listeners\.tcp\.1: "0\.0\.0\.0" is not accepted\. Give a port, or an IP address and a port/,
  ],
  ['listeners.tcp.1 = localhost:5672', /is not accepted/],
  ['listeners.tcp.default = 99999', /is not accepted/],
  ['listeners.tcp = 5672', /is not accepted\. Give one of none\.$/],
  ['heartbeat = 1.5', /"1\.5" is not accepted\. Give a whole number from 0 to 65535, in seconds\.$/],
  ['frame_max = 128KiB', /is not accepted/],
  ['vm_memory_high_watermark.relative = 60%', /is not accepted/],
  ['vm_memory_high_watermark.absolute = 2 GB', /is not accepted/],
  ['log.console.level = trace', /is not accepted\. Give one of debug, info, notice, warning,/],
  ['log.console.level = constructor', /is not accepted/],
  ['auth_backends.1 = ldap', /is not accepted\. Give one of internal, rabbit_auth_backend_internal, oauth, oauth2,/],
  ['auth_oauth2.algorithms.1 = HS256', /is not accepted\. Give a name such as RS256 or ES256\.$/],
  ['default_queue_type = stream', /^default_queue_type: "stream" .* Give classic or quorum; Leveret has no streams\.$/],
  ['auth_mechanisms.1 = SCRAM', /is not accepted\. Give one of PLAIN, AMQPLAIN, ANONYMOUS, EXTERNAL\.$/],
  ['ssl_options.versions.1 = tlsv1.1', /is not accepted\. Give one of tlsv1\.2, tlsv1\.3\.$/],
  ["default_pass = ''", /^default_pass: this value is not accepted/],
  ['default_pass = encrypted:x', /^default_pass: this value is not accepted\. Give a password in clear text/],
  ['hertbeat = 1', /^"hertbeat" is not a key\. Did you mean heartbeat\?$/],
  ['vm_memory_high_watermark.absolut = 1', /Did you mean vm_memory_high_watermark\.absolute\?$/],
  ['lopback_users.guest = false', /Did you mean loopback_users\.guest\?$/],
  ['cluster_formaton.dns.hostname = a', /Did you mean cluster_formation\.dns\.hostname\?$/],
  ['log.console.levl = info', /Did you mean log\.console\.level\?$/],
  ['Heartbeat = 1', /Did you mean heartbeat\?$/],
  ['something_else_entirely = 1', /^"something_else_entirely" is not a key\.$/],
])('refuses %j', (content, text) => {
  expect(read(content).problems).toEqual([{ path: 'rabbitmq.conf', line: 1, text: expect.stringMatching(text) }]);
});

test.each([
  ['cluster_name = a', 'needless', 'cluster_name has no effect: Leveret is one node.'],
  [
    'management.oauth_enabled = true',
    'missing',
    'management.oauth_enabled has no effect: the management API has nothing of that kind.',
  ],
  [
    'auth_backends.1.authz = ldap',
    'missing',
    'auth_backends.1.authz has no effect: who lets a user in says what he may do.',
  ],
  [
    'management.listener.ssl = true',
    'missing',
    'management.listener.ssl has no effect: the management API speaks TLS where management.ssl.port and management.ssl.certfile are.',
  ],
  ['management.listener.ssl = false', 'needless', 'management.listener.ssl has no effect: it is so anyway.'],
  [
    'definitions.import_backend = https',
    'missing',
    'definitions.import_backend has no effect: definitions come from files of this machine.',
  ],
  [
    'definitions.import_backend = local_filesystem',
    'needless',
    'definitions.import_backend has no effect: it is so anyway.',
  ],
  ['auth_backends.1.authn = internal', 'needless', 'auth_backends.1.authn has no effect: it is so anyway.'],
  ['heartbeat = 1\nheartbeat = 2', 'needless', 'heartbeat has no effect: line 2 says it anew.'],
  ['listeners.ssl = none', 'needless', 'listeners.ssl has no effect: a TLS listener is there when it has a port.'],
  ['port = 1\nlisteners.tcp.1 = 2', 'needless', 'listeners.tcp.1 has no effect: port counts instead.'],
])('tells that %j has no effect', (content, kind, text) => {
  const { notes, problems } = read(content);
  expect(problems).toEqual([]);
  expect(notes).toContainEqual(expect.objectContaining({ kind, text }));
});
