import type { Settings } from '../config/options.ts';
import type { BrokerOptions } from '../index.ts';
import { StartError } from '../lib/start_error.ts';

type Management = NonNullable<BrokerOptions['management']>;

/** What the settings say of the management API; undefined where it is off. */
export function managementOptions(settings: Settings): Management | undefined {
  const { managementPort: port, managementHost: host } = settings;
  const tls = tlsOptions(settings);
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
  return port === false ? undefined : { port, host, path, perObject };
}

function tlsOptions(settings: Settings): Management['tls'] {
  const { managementTlsPort: port, managementTlsHost: host, managementTlsVerify: verify } = settings;
  if (port === undefined) return undefined;
  return {
    port,
    host,
    ...certificate(settings),
    cacertfile: settings.managementTlsCacertfile,
    verify,
    failIfNoPeerCert: settings.managementTlsFailIfNoPeerCert,
    versions: settings.managementTlsVersions,
  };
}

/** Its own, or that of AMQP. */
function certificate(settings: Settings): Pick<NonNullable<Management['tls']>, 'certfile' | 'keyfile' | 'password'> {
  const { managementTlsCertfile, managementTlsKeyfile, managementTlsPassword } = settings;
  const isOwn = managementTlsCertfile !== undefined;
  const certfile = isOwn ? managementTlsCertfile : settings.tlsCertfile;
  const keyfile = isOwn ? managementTlsKeyfile : settings.tlsKeyfile;
  const password = isOwn ? managementTlsPassword : settings.tlsPassword;
  if (certfile !== undefined && keyfile !== undefined) return { certfile, keyfile, password };
  const missing = certfile === undefined ? '--management-tls-certfile' : '--management-tls-keyfile';
  throw new StartError('option', `The management API over TLS needs a certificate and a key: ${missing} is missing.`);
}
