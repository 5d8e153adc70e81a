import { key, keys } from './file_key.ts';
import type { Option } from './options.ts';
import { integer, list, names, oneOf, onOff, password, text, type ValueType } from './value_types.ts';

/** Where and how the management API is served. */
export interface ManagementSettings {
  /** False is none. */
  readonly managementPort: number | false;
  readonly managementHost: string | undefined;
  readonly managementPathPrefix: string;
  readonly managementCorsAllowOrigins: readonly string[];
  readonly managementCorsMaxAgeSeconds: number;
  readonly managementMaxBodySizeBytes: number;
  readonly managementTlsPort: number | undefined;
  readonly managementTlsHost: string | undefined;
  readonly managementTlsCertfile: string | undefined;
  readonly managementTlsKeyfile: string | undefined;
  readonly managementTlsPassword: string | undefined;
  readonly managementTlsCacertfile: string | undefined;
  readonly managementTlsVerify: 'verify_none' | 'verify_peer';
  readonly managementTlsFailIfNoPeerCert: boolean;
  readonly managementTlsVersions: readonly ('tlsv1.2' | 'tlsv1.3')[];
  readonly tracingDir: string | undefined;
}

const PORT_MAX = 0xffff;
const PORT = integer(0, PORT_MAX);
const ADDRESS = text('address', 'an IP address or a host name of this machine');
const FILE = text('file', 'the path of a PEM file');
const VERIFY = oneOf('whom', 'verify_none', 'verify_peer');
const VERSION = oneOf('version', 'tlsv1.2', 'tlsv1.3');
const VERSIONS = list('versions', 'tlsv1.2, tlsv1.3, or both with a comma between them', VERSION.parse);
const BODY_SIZE = integer(1, 512 * 2 ** 20, ', in bytes');
const AGE = integer(0, 86_400, ', in seconds');

/** A port, or a word for none. */
export function portOrOff(): ValueType<number | false> {
  return {
    placeholder: PORT.placeholder,
    accepted: `${PORT.accepted}, or off`,
    parse: (given) => (given === 'off' || given === 'none' ? false : PORT.parse(given)),
  };
}

/** `/rabbit`: begins with a slash, ends without one; the slash alone is no prefix. */
export function pathPrefix(): ValueType<string> {
  return {
    placeholder: 'path',
    accepted: 'a path such as /rabbit',
    parse(given) {
      const path = `/${given}`.replace(/^\/+/, '/').replace(/\/+$/, '');
      return /^(\/[\w.~-]+)*$/.test(path) ? path : undefined;
    },
  };
}

export const MANAGEMENT_OPTIONS: { readonly [Name in keyof ManagementSettings]: Option<ManagementSettings[Name]> } = {
  managementPort: {
    key: 'management.port',
    environment: 'LEVERET_MANAGEMENT_PORT',
    flag: '--management-port',
    type: portOrOff(),
    default: '15672',
    sentence: 'Port of the management API; 0 takes any free one and logs which, off leaves the API out.',
    rabbitmq: [key('management.tcp.port', PORT), key('management.listener.port', PORT)],
  },
  managementHost: {
    key: 'management.host',
    environment: 'LEVERET_MANAGEMENT_HOST',
    flag: '--management-host',
    type: ADDRESS,
    default: undefined,
    sentence: 'Address to listen on for the management API; unless given, that of --host.',
    rabbitmq: [key('management.tcp.ip', ADDRESS), key('management.listener.ip', ADDRESS)],
  },
  managementPathPrefix: {
    key: 'management.path_prefix',
    environment: 'LEVERET_MANAGEMENT_PATH_PREFIX',
    flag: '--management-path-prefix',
    type: pathPrefix(),
    default: '/',
    sentence: 'What all paths of the management API begin with.',
  },
  managementCorsAllowOrigins: {
    key: 'management.cors.origins',
    environment: 'LEVERET_MANAGEMENT_CORS_ORIGINS',
    flag: '--management-cors-origins',
    type: names('origins such as https://example.com'),
    default: 'none',
    sentence: 'Origins of web pages that may use the management API; * is every one.',
    rabbitmq: [
      keys('management.cors.allow_origins.$num', names('origins'), (all) => all.flatMap(({ value }) => value)),
    ],
  },
  managementCorsMaxAgeSeconds: {
    key: 'management.cors.max_age',
    environment: 'LEVERET_MANAGEMENT_CORS_MAX_AGE',
    flag: '--management-cors-max-age',
    type: AGE,
    default: '1800',
    sentence: 'Seconds for which a browser may remember that a page may use the API.',
  },
  managementMaxBodySizeBytes: {
    key: 'management.max_body_size',
    environment: 'LEVERET_MANAGEMENT_MAX_BODY_SIZE',
    flag: '--management-max-body-size',
    type: BODY_SIZE,
    default: '20000000',
    sentence: 'Largest body of a request that the management API takes, in bytes.',
    rabbitmq: [key('management.http.max_body_size', BODY_SIZE)],
  },
  managementTlsPort: {
    key: 'management.tls.port',
    environment: 'LEVERET_MANAGEMENT_TLS_PORT',
    flag: '--management-tls-port',
    type: PORT,
    default: undefined,
    sentence: 'Port of the management API over TLS, by convention 15671; plain HTTP goes by --management-port off.',
    rabbitmq: [key('management.ssl.port', PORT)],
  },
  managementTlsHost: {
    key: 'management.tls.host',
    environment: 'LEVERET_MANAGEMENT_TLS_HOST',
    flag: '--management-tls-host',
    type: ADDRESS,
    default: undefined,
    sentence: 'Address to listen on for that; unless given, that of --management-host.',
    rabbitmq: [key('management.ssl.ip', ADDRESS)],
  },
  managementTlsCertfile: {
    key: 'management.tls.certfile',
    environment: 'LEVERET_MANAGEMENT_TLS_CERTFILE',
    flag: '--management-tls-certfile',
    type: FILE,
    default: undefined,
    sentence: "The management API's certificate; unless given, it has that of --tls-certfile, and its key.",
    rabbitmq: [key('management.ssl.certfile', FILE)],
  },
  managementTlsKeyfile: {
    key: 'management.tls.keyfile',
    environment: 'LEVERET_MANAGEMENT_TLS_KEYFILE',
    flag: '--management-tls-keyfile',
    type: FILE,
    default: undefined,
    sentence: 'The key of that certificate.',
    rabbitmq: [key('management.ssl.keyfile', FILE)],
  },
  managementTlsPassword: {
    key: 'management.tls.password',
    environment: 'LEVERET_MANAGEMENT_TLS_PASSWORD',
    flag: '--management-tls-password',
    type: password(),
    default: undefined,
    sentence: 'Password of that key; other users of the machine can read flags, so prefer the environment or the file.',
    secret: true,
    rabbitmq: [key('management.ssl.password', password())],
  },
  managementTlsCacertfile: {
    key: 'management.tls.cacertfile',
    environment: 'LEVERET_MANAGEMENT_TLS_CACERTFILE',
    flag: '--management-tls-cacertfile',
    type: FILE,
    default: undefined,
    sentence: 'Authorities whose client certificates are believed there.',
    rabbitmq: [key('management.ssl.cacertfile', FILE)],
  },
  managementTlsVerify: {
    key: 'management.tls.verify',
    environment: 'LEVERET_MANAGEMENT_TLS_VERIFY',
    flag: '--management-tls-verify',
    type: VERIFY,
    default: 'verify_none',
    sentence: 'Whether clients are asked for a certificate there.',
    rabbitmq: [key('management.ssl.verify', VERIFY)],
  },
  managementTlsFailIfNoPeerCert: {
    key: 'management.tls.fail_if_no_peer_cert',
    environment: 'LEVERET_MANAGEMENT_TLS_FAIL_IF_NO_PEER_CERT',
    flag: '--management-tls-fail-if-no-peer-cert',
    type: onOff(),
    default: 'off',
    sentence: 'Whether clients without one are refused there.',
    rabbitmq: [key('management.ssl.fail_if_no_peer_cert', onOff())],
  },
  managementTlsVersions: {
    key: 'management.tls.versions',
    environment: 'LEVERET_MANAGEMENT_TLS_VERSIONS',
    flag: '--management-tls-versions',
    type: VERSIONS,
    default: 'tlsv1.2,tlsv1.3',
    sentence: 'Versions of TLS that are spoken there.',
    rabbitmq: [keys('management.ssl.versions.$version', VERSION, (all) => all.map(({ value }) => value))],
  },
  tracingDir: {
    key: 'tracing.dir',
    environment: 'LEVERET_TRACING_DIR',
    flag: '--tracing-dir',
    type: text('folder', 'the path of a folder'),
    default: undefined,
    sentence: 'Folder for the files of traces; unless given, `traces` in the data folder.',
  },
};
