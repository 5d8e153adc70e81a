import type { Settings } from '../config/options.ts';
import type { BrokerOptions, TlsOptions } from '../index.ts';
import { StartError } from '../lib/start_error.ts';

type ListeningOptions = Pick<
  BrokerOptions,
  | 'tls'
  | 'moreListeners'
  | 'unixSocket'
  | 'webSocketPort'
  | 'webSocketTlsPort'
  | 'proxyProtocol'
  | 'authMechanisms'
  | 'certificateLogin'
>;

/** What the settings say of where and how clients come in. */
export function listenerOptions(settings: Settings): ListeningOptions {
  const { certLoginFrom: from, certLoginSanType: sanType, certLoginSanIndex: sanIndex } = settings;
  return {
    tls: tlsOptions(settings),
    moreListeners: settings.moreListeners,
    unixSocket: settings.unixSocket,
    webSocketPort: settings.webSocketPort,
    webSocketTlsPort: settings.webSocketTlsPort,
    proxyProtocol: settings.proxyProtocol && (settings.proxyProtocolTrusted ?? true),
    authMechanisms: settings.authMechanisms,
    certificateLogin: { from, sanType, sanIndex },
  };
}

/** Undefined when nothing listens for TLS, whatever certificates are named. */
function tlsOptions(settings: Settings): TlsOptions | undefined {
  const { tlsPort, webSocketTlsPort, tlsCertfile: certfile, tlsKeyfile: keyfile } = settings;
  if (tlsPort === undefined && webSocketTlsPort === undefined) return undefined;
  if (certfile === undefined || keyfile === undefined) {
    const missing = certfile === undefined ? '--tls-certfile' : '--tls-keyfile';
    throw new StartError('option', `TLS needs a certificate and a key: ${missing} is missing.`);
  }
  return {
    port: tlsPort ?? false,
    host: settings.tlsHost,
    more: settings.tlsMoreListeners,
    certfile,
    keyfile,
    password: settings.tlsPassword,
    cacertfile: settings.tlsCacertfile,
    sniDir: settings.tlsSniDir,
    verify: settings.tlsVerify,
    failIfNoPeerCert: settings.tlsFailIfNoPeerCert,
    depth: settings.tlsDepth,
    versions: settings.tlsVersions,
    ciphers: settings.tlsCiphers ?? [],
    honorCipherOrder: settings.tlsHonorCipherOrder,
    handshakeTimeoutMs: settings.tlsHandshakeTimeoutMs,
  };
}
