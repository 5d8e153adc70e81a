import { key } from './file_key.ts';
import { pathPrefix, portOrOff } from './management_options.ts';
import type { Option } from './options.ts';
import { integer, onOff, text } from './value_types.ts';

/** Where Prometheus reads. */
export interface PrometheusSettings {
  /** False is none. */
  readonly prometheusPort: number | false;
  readonly prometheusHost: string | undefined;
  readonly prometheusPath: string;
  readonly prometheusPerObject: boolean;
}

const PORT = integer(0, 0xffff);
const ADDRESS = text('address', 'an IP address or a host name of this machine');

export const PROMETHEUS_OPTIONS: { readonly [Name in keyof PrometheusSettings]: Option<PrometheusSettings[Name]> } = {
  prometheusPort: {
    key: 'prometheus.port',
    environment: 'LEVERET_PROMETHEUS_PORT',
    flag: '--prometheus-port',
    type: portOrOff(),
    default: '15692',
    sentence: 'Port on which Prometheus reads, without a login; 0 takes any free one and logs which, off is none.',
    rabbitmq: [key('prometheus.tcp.port', PORT)],
  },
  prometheusHost: {
    key: 'prometheus.host',
    environment: 'LEVERET_PROMETHEUS_HOST',
    flag: '--prometheus-host',
    type: ADDRESS,
    default: undefined,
    sentence: 'Address to listen on for Prometheus; unless given, that of --host.',
    rabbitmq: [key('prometheus.tcp.ip', ADDRESS)],
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
};
