import { key, keys } from './file_key.ts';
import { pathPrefix, portOrOff } from './management_options.ts';
import type { Option } from './options.ts';
import { type ListenAddress, listenAddress } from './rabbitmq_types.ts';
import { integer, list, oneOf, onOff, password, text, type ValueType } from './value_types.ts';

/** Where Prometheus reads. */
export interface PrometheusSettings {
  /** False is none. */
  readonly prometheusPort: number | false;
  readonly prometheusHost: string | undefined;
  readonly prometheusPath: string;
  readonly prometheusPerObject: boolean;
  readonly prometheusTlsPort: number | undefined;
  readonly prometheusTlsHost: string | undefined;
  readonly prometheusTlsCertfile: string | undefined;
  readonly prometheusTlsKeyfile: string | undefined;
  readonly prometheusTlsPassword: string | undefined;
  readonly prometheusTlsCacertfile: string | undefined;
  readonly prometheusTlsVerify: 'verify_none' | 'verify_peer';
  readonly prometheusTlsFailIfNoPeerCert: boolean;
  readonly prometheusTlsVersions: readonly ('tlsv1.2' | 'tlsv1.3')[];
}

const PORT = integer(0, 0xffff);
const ADDRESS = text('address', 'an IP address or a host name of this machine');
const FILE = text('file', 'the path of a PEM file');
const VERIFY = oneOf('whom', 'verify_none', 'verify_peer');
const VERSION = oneOf('version', 'tlsv1.2', 'tlsv1.3');
const VERSIONS = list('versions', 'tlsv1.2, tlsv1.3, or both with a comma between them', VERSION.parse);
const LISTENER = listenerOrNone();

/** RabbitMQ's word for a place without TLS, or for none. */
function listenerOrNone(): ValueType<ListenAddress | 'none'> {
  const { placeholder, accepted, parse } = listenAddress();
  return {
    placeholder,
    accepted: `${accepted}, or none`,
    parse: (given) => (given === 'none' ? given : parse(given)),
  };
}

export const PROMETHEUS_OPTIONS: { readonly [Name in keyof PrometheusSettings]: Option<PrometheusSettings[Name]> } = {
  prometheusPort: {
    key: 'prometheus.port',
    environment: 'LEVERET_PROMETHEUS_PORT',
    flag: '--prometheus-port',
    type: portOrOff(),
    default: '15692',
    sentence: 'Port on which Prometheus reads, without a login; 0 takes any free one and logs which, off is none.',
    rabbitmq: [
      keys('prometheus.tcp.listener', LISTENER, (all) => {
        const last = all.at(-1)?.value;
        return last === 'none' ? false : last?.port;
      }),
      key('prometheus.tcp.port', PORT),
    ],
  },
  prometheusHost: {
    key: 'prometheus.host',
    environment: 'LEVERET_PROMETHEUS_HOST',
    flag: '--prometheus-host',
    type: ADDRESS,
    default: undefined,
    sentence: 'Address to listen on for Prometheus; unless given, that of --host.',
    rabbitmq: [
      keys('prometheus.tcp.listener', LISTENER, (all) => {
        const last = all.at(-1)?.value;
        return last === 'none' ? undefined : last?.host;
      }),
      key('prometheus.tcp.ip', ADDRESS),
    ],
  },
  prometheusPath: {
    key: 'prometheus.path',
    environment: 'LEVERET_PROMETHEUS_PATH',
    flag: '--prometheus-path',
    type: pathPrefix(),
    default: '/metrics',
    sentence: 'Path that Prometheus reads at.',
  },
  prometheusPerObject: {
    key: 'prometheus.per_object',
    environment: 'LEVERET_PROMETHEUS_PER_OBJECT',
    flag: '--prometheus-per-object',
    type: onOff(),
    default: 'off',
    sentence: 'Whether that path tells of each queue, channel and connection, instead of adding them up.',
    rabbitmq: [key('prometheus.return_per_object_metrics', onOff())],
  },
  prometheusTlsPort: {
    key: 'prometheus.tls.port',
    environment: 'LEVERET_PROMETHEUS_TLS_PORT',
    flag: '--prometheus-tls-port',
    type: PORT,
    default: undefined,
    sentence: 'Port for Prometheus over TLS, by convention 15691; plain HTTP goes by --prometheus-port off.',
    rabbitmq: [key('prometheus.ssl.port', PORT)],
  },
  prometheusTlsHost: {
    key: 'prometheus.tls.host',
    environment: 'LEVERET_PROMETHEUS_TLS_HOST',
    flag: '--prometheus-tls-host',
    type: ADDRESS,
    default: undefined,
    sentence: 'Address to listen on for that; unless given, that of --prometheus-host.',
    rabbitmq: [key('prometheus.ssl.ip', ADDRESS)],
  },
  prometheusTlsCertfile: {
    key: 'prometheus.tls.certfile',
    environment: 'LEVERET_PROMETHEUS_TLS_CERTFILE',
    flag: '--prometheus-tls-certfile',
    type: FILE,
    default: undefined,
    sentence: 'Certificate of that port; unless given, it has that of --tls-certfile, and its key.',
    rabbitmq: [key('prometheus.ssl.certfile', FILE)],
  },
  prometheusTlsKeyfile: {
    key: 'prometheus.tls.keyfile',
    environment: 'LEVERET_PROMETHEUS_TLS_KEYFILE',
    flag: '--prometheus-tls-keyfile',
    type: FILE,
    default: undefined,
    sentence: 'The key of that certificate.',
    rabbitmq: [key('prometheus.ssl.keyfile', FILE)],
  },
  prometheusTlsPassword: {
    key: 'prometheus.tls.password',
    environment: 'LEVERET_PROMETHEUS_TLS_PASSWORD',
    flag: '--prometheus-tls-password',
    type: password(),
    default: undefined,
    sentence: 'Password of that key; other users of the machine can read flags, so prefer the environment or the file.',
    secret: true,
    rabbitmq: [key('prometheus.ssl.password', password())],
  },
  prometheusTlsCacertfile: {
    key: 'prometheus.tls.cacertfile',
    environment: 'LEVERET_PROMETHEUS_TLS_CACERTFILE',
    flag: '--prometheus-tls-cacertfile',
    type: FILE,
    default: undefined,
    sentence: 'Authorities whose client certificates are believed there.',
    rabbitmq: [key('prometheus.ssl.cacertfile', FILE)],
  },
  prometheusTlsVerify: {
    key: 'prometheus.tls.verify',
    environment: 'LEVERET_PROMETHEUS_TLS_VERIFY',
    flag: '--prometheus-tls-verify',
    type: VERIFY,
    default: 'verify_none',
    sentence: 'Whether clients are asked for a certificate there.',
    rabbitmq: [key('prometheus.ssl.verify', VERIFY)],
  },
  prometheusTlsFailIfNoPeerCert: {
    key: 'prometheus.tls.fail_if_no_peer_cert',
    environment: 'LEVERET_PROMETHEUS_TLS_FAIL_IF_NO_PEER_CERT',
    flag: '--prometheus-tls-fail-if-no-peer-cert',
    type: onOff(),
    default: 'off',
    sentence: 'Whether clients without one are refused there.',
    rabbitmq: [key('prometheus.ssl.fail_if_no_peer_cert', onOff())],
  },
  prometheusTlsVersions: {
    key: 'prometheus.tls.versions',
    environment: 'LEVERET_PROMETHEUS_TLS_VERSIONS',
    flag: '--prometheus-tls-versions',
    type: VERSIONS,
    default: 'tlsv1.2,tlsv1.3',
    sentence: 'Versions of TLS that are spoken there.',
    rabbitmq: [keys('prometheus.ssl.versions.$version', VERSION, (all) => all.map(({ value }) => value))],
  },
};
