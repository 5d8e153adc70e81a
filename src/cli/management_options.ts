import type { Settings } from '../config/options.ts';
import type { BrokerOptions, HttpTlsOptions } from '../index.ts';
import { StartError } from '../lib/start_error.ts';

type Management = NonNullable<BrokerOptions['management']>;

/** What the settings say of the management API; undefined where it is off. */
export function managementOptions(settings: Settings): Management | undefined {
  const { managementPort: port, managementHost: host } = settings;
  const tls = managementTls(settings);
  if (port === false && tls === undefined) return undefined;
  return {
    port,
    host,
    tls,
    pathPrefix: settings.managementPathPrefix,
    corsAllowOrigins: settings.managementCorsAllowOrigins,
    corsMaxAgeSeconds: settings.managementCorsMaxAgeSeconds,
    maxBodySizeBytes: settings.managementMaxBodySizeBytes,
  };
}

/** Undefined where Prometheus does not read. */
export function prometheusOptions(settings: Settings): BrokerOptions['prometheus'] {
  const { prometheusPort: port, prometheusHost: host, prometheusPath: path, prometheusPerObject: perObject } = settings;
  const tls = prometheusTls(settings);
  return port === false && tls === undefined ? undefined : { port, host, tls, path, perObject };
}

function managementTls(settings: Settings): HttpTlsOptions | undefined {
  const { managementTlsPort: port, managementTlsHost: host, managementTlsVerify: verify } = settings;
  if (port === undefined) return undefined;
  const own = {
    certfile: settings.managementTlsCertfile,
    keyfile: settings.managementTlsKeyfile,
    password: settings.managementTlsPassword,
  };
  return {
    port,
    host,
    ...certificate(settings, own, { what: 'The management API', flags: '--management-tls' }),
    cacertfile: settings.managementTlsCacertfile,
    verify,
    failIfNoPeerCert: settings.managementTlsFailIfNoPeerCert,
    versions: settings.managementTlsVersions,
  };
}

function prometheusTls(settings: Settings): HttpTlsOptions | undefined {
  const { prometheusTlsPort: port, prometheusTlsHost: host, prometheusTlsVerify: verify } = settings;
  if (port === undefined) return undefined;
  const own = {
    certfile: settings.prometheusTlsCertfile,
    keyfile: settings.prometheusTlsKeyfile,
    password: settings.prometheusTlsPassword,
  };
  return {
    port,
    host,
    ...certificate(settings, own, { what: 'The port for Prometheus', flags: '--prometheus-tls' }),
    cacertfile: settings.prometheusTlsCacertfile,
    verify,
    failIfNoPeerCert: settings.prometheusTlsFailIfNoPeerCert,
    versions: settings.prometheusTlsVersions,
  };
}

interface Certificate {
  readonly certfile: string | undefined;
  readonly keyfile: string | undefined;
  readonly password: string | undefined;
}

/** Its own, or that of AMQP. */
function certificate(
  settings: Settings,
  own: Certificate,
  { what, flags }: { readonly what: string; readonly flags: string },
): Pick<HttpTlsOptions, 'certfile' | 'keyfile' | 'password'> {
  const { tlsCertfile, tlsKeyfile, tlsPassword } = settings;
  const shared = { certfile: tlsCertfile, keyfile: tlsKeyfile, password: tlsPassword };
  const { certfile, keyfile, password } = own.certfile === undefined ? shared : own;
  if (certfile !== undefined && keyfile !== undefined) return { certfile, keyfile, password };
  const missing = certfile === undefined ? 'certfile' : 'keyfile';
  throw new StartError('option', `${what} over TLS needs a certificate and a key: ${flags}-${missing} is missing.`);
}
