import { isIP } from 'node:net';
import { key, keys } from './file_key.ts';
import type { Option } from './options.ts';
import { type ListenAddress, listenAddress, listenAddresses } from './rabbitmq_types.ts';
import { duration, integer, list, oneOf, onOff, password, text } from './value_types.ts';

/** Where and how clients come in, besides plain TCP. */
export interface ListenerSettings {
  readonly moreListeners: readonly ListenAddress[];
  readonly tlsPort: number | undefined;
  readonly tlsHost: string | undefined;
  readonly tlsMoreListeners: readonly ListenAddress[];
  readonly tlsCertfile: string | undefined;
  readonly tlsKeyfile: string | undefined;
  readonly tlsPassword: string | undefined;
  readonly tlsCacertfile: string | undefined;
  readonly tlsVerify: 'verify_none' | 'verify_peer';
  readonly tlsFailIfNoPeerCert: boolean;
  readonly tlsDepth: number;
  readonly tlsVersions: readonly ('tlsv1.2' | 'tlsv1.3')[];
  readonly tlsCiphers: readonly string[] | undefined;
  readonly tlsHonorCipherOrder: boolean;
  readonly tlsHandshakeTimeoutMs: number;
  readonly tlsSniDir: string | undefined;
  readonly certLoginFrom: 'distinguished_name' | 'common_name' | 'subject_alternative_name';
  readonly certLoginSanType: 'dns' | 'ip' | 'email' | 'uri';
  readonly certLoginSanIndex: number;
  readonly authMechanisms: readonly ('PLAIN' | 'AMQPLAIN' | 'ANONYMOUS' | 'EXTERNAL')[];
  readonly unixSocket: string | undefined;
  readonly webSocketPort: number | undefined;
  readonly webSocketTlsPort: number | undefined;
  readonly proxyProtocol: boolean;
  readonly proxyProtocolTrusted: readonly string[] | undefined;
}

const PORT_MAX = 0xffff;
const FILE = text('file', 'the path of a PEM file');
const ADDRESSES = listenAddresses();
const VERIFY = oneOf('whom', 'verify_none', 'verify_peer');
const DEPTH = integer(0, 100);
const HANDSHAKE_TIMEOUT = duration(100, 3_600_000, 'from 100ms to 60m');

const mechanisms = ['PLAIN', 'AMQPLAIN', 'ANONYMOUS', 'EXTERNAL'] as const;
const MECHANISM = { placeholder: 'name', accepted: `one of ${mechanisms.join(', ')}`, parse: oneOfNames };
const versions = oneOf('version', 'tlsv1.2', 'tlsv1.3');

/** 10.0.0.0/8, or an address by itself. */
function network(word: string): string | undefined {
  const [address = '', bits, ...rest] = word.split('/');
  const most = isIP(address) === 6 ? 128 : 32;
  if (isIP(address) === 0 || rest.length > 0) return undefined;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most) ? word : undefined;
}

export const LISTENER_OPTIONS: { readonly [Name in keyof ListenerSettings]: Option<ListenerSettings[Name]> } = {
  tlsPort: {
    key: 'tls.port',
    environment: 'LEVERET_TLS_PORT',
    flag: '--tls-port',
    type: integer(0, PORT_MAX),
    default: undefined,
    sentence: 'Port to listen on for TLS, by convention 5671; needs a certificate and a key.',
    rabbitmq: [keys('listeners.ssl.$name', listenAddress(), ([first]) => first?.value.port)],
  },
  tlsHost: {
    key: 'tls.host',
    environment: 'LEVERET_TLS_HOST',
    flag: '--tls-host',
    type: text('address', 'an IP address or a host name of this machine'),
    default: undefined,
    sentence: 'Address to listen on for TLS; unless given, that of --host.',
    rabbitmq: [keys('listeners.ssl.$name', listenAddress(), ([first]) => first?.value.host)],
  },
  tlsMoreListeners: {
    key: 'tls.more_listeners',
    environment: 'LEVERET_TLS_MORE_LISTENERS',
    flag: '--tls-more-listeners',
    type: ADDRESSES,
    default: 'none',
    sentence: 'Further addresses to listen on for TLS.',
    rabbitmq: [keys('listeners.ssl.$name', listenAddress(), rest)],
  },
  moreListeners: {
    key: 'more_listeners',
    environment: 'LEVERET_MORE_LISTENERS',
    flag: '--more-listeners',
    type: ADDRESSES,
    default: 'none',
    sentence: 'Further addresses to listen on, besides --host and --port.',
    rabbitmq: [keys('listeners.tcp.$name', listenAddress(), rest)],
  },
  tlsCertfile: {
    key: 'tls.certfile',
    environment: 'LEVERET_TLS_CERTFILE',
    flag: '--tls-certfile',
    type: FILE,
    default: undefined,
    sentence: "The broker's certificate, with those that lead to its authority; read again at SIGHUP.",
    rabbitmq: [key('ssl_options.certfile', FILE)],
  },
  tlsKeyfile: {
    key: 'tls.keyfile',
    environment: 'LEVERET_TLS_KEYFILE',
    flag: '--tls-keyfile',
    type: FILE,
    default: undefined,
    sentence: 'The key of that certificate.',
    rabbitmq: [key('ssl_options.keyfile', FILE)],
  },
  tlsPassword: {
    key: 'tls.password',
    environment: 'LEVERET_TLS_PASSWORD',
    flag: '--tls-password',
    type: password(),
    default: undefined,
    sentence: 'Password of that key; other users of the machine can read flags, so prefer the environment or the file.',
    secret: true,
    rabbitmq: [key('ssl_options.password', password())],
  },
  tlsCacertfile: {
    key: 'tls.cacertfile',
    environment: 'LEVERET_TLS_CACERTFILE',
    flag: '--tls-cacertfile',
    type: FILE,
    default: undefined,
    sentence: 'Authorities whose client certificates are believed.',
    rabbitmq: [key('ssl_options.cacertfile', FILE)],
  },
  tlsVerify: {
    key: 'tls.verify',
    environment: 'LEVERET_TLS_VERIFY',
    flag: '--tls-verify',
    type: VERIFY,
    default: 'verify_none',
    sentence: 'Whether clients are asked for a certificate, which must then be of a believed authority.',
    rabbitmq: [key('ssl_options.verify', VERIFY)],
  },
  tlsFailIfNoPeerCert: {
    key: 'tls.fail_if_no_peer_cert',
    environment: 'LEVERET_TLS_FAIL_IF_NO_PEER_CERT',
    flag: '--tls-fail-if-no-peer-cert',
    type: onOff(),
    default: 'off',
    sentence: 'With verify_peer: refuse clients that have no certificate.',
    rabbitmq: [key('ssl_options.fail_if_no_peer_cert', onOff())],
  },
  tlsDepth: {
    key: 'tls.depth',
    environment: 'LEVERET_TLS_DEPTH',
    flag: '--tls-depth',
    type: DEPTH,
    default: '10',
    sentence: "With verify_peer: most certificates between a client's and the authority that is believed.",
    rabbitmq: [key('ssl_options.depth', DEPTH)],
  },
  tlsVersions: {
    key: 'tls.versions',
    environment: 'LEVERET_TLS_VERSIONS',
    flag: '--tls-versions',
    type: list('versions', 'tlsv1.2, tlsv1.3, or both separated by a comma', versions.parse),
    default: 'tlsv1.2,tlsv1.3',
    sentence: 'Versions of TLS that are spoken.',
    rabbitmq: [keys('ssl_options.versions.$version', versions, (items) => items.map(({ value }) => value))],
  },
  tlsCiphers: {
    key: 'tls.ciphers',
    environment: 'LEVERET_TLS_CIPHERS',
    flag: '--tls-ciphers',
    type: list('names', "OpenSSL's names of cipher suites separated by commas", (word) => word || undefined),
    default: undefined,
    sentence: "Cipher suites that are spoken; unless given, those that Node's maintainers chose.",
    rabbitmq: [keys('ssl_options.ciphers.$cipher', text('name', "OpenSSL's name of a cipher suite"), inOrder)],
  },
  tlsHonorCipherOrder: {
    key: 'tls.honor_cipher_order',
    environment: 'LEVERET_TLS_HONOR_CIPHER_ORDER',
    flag: '--tls-honor-cipher-order',
    type: onOff(),
    default: 'on',
    sentence: "Whether the broker's order of cipher suites counts, or the client's.",
    rabbitmq: [key('ssl_options.honor_cipher_order', onOff())],
  },
  tlsHandshakeTimeoutMs: {
    key: 'tls.handshake_timeout',
    environment: 'LEVERET_TLS_HANDSHAKE_TIMEOUT',
    flag: '--tls-handshake-timeout',
    type: HANDSHAKE_TIMEOUT,
    default: '5s',
    sentence: 'Time a client has for the TLS handshake.',
    rabbitmq: [key('ssl_handshake_timeout', HANDSHAKE_TIMEOUT)],
  },
  tlsSniDir: {
    key: 'tls.sni_dir',
    environment: 'LEVERET_TLS_SNI_DIR',
    flag: '--tls-sni-dir',
    type: text('folder', 'the path of a folder'),
    default: undefined,
    sentence: 'Folder with a folder for each further host name (SNI), which holds fullchain.pem and privkey.pem.',
  },
  certLoginFrom: {
    key: 'ssl_cert_login_from',
    environment: 'LEVERET_SSL_CERT_LOGIN_FROM',
    flag: '--ssl-cert-login-from',
    type: oneOf('field', 'distinguished_name', 'common_name', 'subject_alternative_name'),
    default: 'distinguished_name',
    sentence: "Where the user name of an EXTERNAL login stands in a client's certificate.",
  },
  certLoginSanType: {
    key: 'ssl_cert_login_san_type',
    environment: 'LEVERET_SSL_CERT_LOGIN_SAN_TYPE',
    flag: '--ssl-cert-login-san-type',
    type: oneOf('type', 'dns', 'ip', 'email', 'uri'),
    default: 'dns',
    sentence: 'With subject_alternative_name: which type of name.',
  },
  certLoginSanIndex: {
    key: 'ssl_cert_login_san_index',
    environment: 'LEVERET_SSL_CERT_LOGIN_SAN_INDEX',
    flag: '--ssl-cert-login-san-index',
    type: integer(0, 1000),
    default: '0',
    sentence: 'With subject_alternative_name: which of the names of that type; 0 is the first.',
  },
  authMechanisms: {
    key: 'auth_mechanisms',
    environment: 'LEVERET_AUTH_MECHANISMS',
    flag: '--auth-mechanisms',
    type: list('names', `${mechanisms.join(', ')}, separated by commas`, oneOfNames),
    default: 'PLAIN,AMQPLAIN',
    sentence: 'SASL mechanisms that clients may log in by; EXTERNAL is by TLS client certificate.',
    rabbitmq: [keys('auth_mechanisms.$name', MECHANISM, inOrder)],
  },
  unixSocket: {
    key: 'unix_socket',
    environment: 'LEVERET_UNIX_SOCKET',
    flag: '--unix-socket',
    type: text('path', 'the path of a Unix domain socket'),
    default: undefined,
    sentence: 'Unix domain socket to listen on as well.',
  },
  webSocketPort: {
    key: 'websocket.port',
    environment: 'LEVERET_WEBSOCKET_PORT',
    flag: '--websocket-port',
    type: integer(0, PORT_MAX),
    default: undefined,
    sentence: 'Port to listen on for AMQP over WebSocket, for browsers.',
  },
  webSocketTlsPort: {
    key: 'websocket.tls_port',
    environment: 'LEVERET_WEBSOCKET_TLS_PORT',
    flag: '--websocket-tls-port',
    type: integer(0, PORT_MAX),
    default: undefined,
    sentence: 'The same over TLS, with the certificates of --tls-certfile.',
  },
  proxyProtocol: {
    key: 'proxy_protocol',
    environment: 'LEVERET_PROXY_PROTOCOL',
    flag: '--proxy-protocol',
    type: onOff(),
    default: 'off',
    sentence: 'Expect a PROXY protocol header, version 1 or 2, at the start of every TCP connection.',
  },
  proxyProtocolTrusted: {
    key: 'proxy_protocol_trusted',
    environment: 'LEVERET_PROXY_PROTOCOL_TRUSTED',
    flag: '--proxy-protocol-trusted',
    type: list('addresses', 'IP addresses and networks such as 10.0.0.0/8, separated by commas', network),
    default: undefined,
    sentence: 'Who the header is expected from, others coming for themselves; unless given, everybody, as in RabbitMQ.',
  },
};

function oneOfNames(word: string): (typeof mechanisms)[number] | undefined {
  return mechanisms.find((name) => name === word.toUpperCase());
}

/** By their numbers, whatever order they stand in: the first is the one that is preferred. */
function inOrder<Item>(items: readonly { readonly word: string; readonly value: Item }[]): readonly Item[] {
  return items.toSorted((a, b) => a.word.localeCompare(b.word, 'en', { numeric: true })).map(({ value }) => value);
}

function rest<Item>([, ...items]: readonly { readonly value: Item }[]): readonly Item[] {
  return items.map(({ value }) => value);
}
