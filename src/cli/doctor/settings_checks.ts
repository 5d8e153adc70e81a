import type { Settings } from '../../config/options.ts';
import { isLocal, isLocalOnly, letsGuestIn } from '../exposure.ts';
import { error, type Finding, note, warning } from './finding.ts';

/** What can be seen in the settings alone. */
export function checkSettings(settings: Settings): readonly Finding[] {
  return [...checkLogins(settings), ...checkTransport(settings), ...checkHttp(settings), ...checkManners(settings)];
}

function checkLogins(settings: Settings): readonly Finding[] {
  const { anonymous, authMechanisms } = settings;
  const findings: Finding[] = [];
  if (letsGuestIn(settings)) {
    findings.push(
      error(
        'Whoever reaches this machine can log in as guest, with the password that everybody knows: the user is not limited to this machine. Set default_user and default_pass, or leave guest among loopback_users.',
      ),
    );
  }
  if ((anonymous || authMechanisms.includes('ANONYMOUS')) && !isLocalOnly(settings)) {
    findings.push(error('Clients from other machines can log in without a password (ANONYMOUS). Leave it to tests.'));
  }
  return findings;
}

function checkTransport(settings: Settings): readonly Finding[] {
  const { tlsPort, tlsVersions, proxyProtocol, proxyProtocolTrusted } = settings;
  const findings: Finding[] = [];
  if (!isLocalOnly(settings)) {
    const also = tlsPort === undefined ? '' : ' Once all clients use TLS, leave the other port out (--port none).';
    findings.push(
      warning(
        `Other machines can connect without TLS, so passwords and messages cross the network as they are.${also}`,
      ),
    );
  }
  if (tlsPort !== undefined && !tlsVersions.includes('tlsv1.3')) findings.push(warning('TLS 1.3 is switched off.'));
  if (proxyProtocol && proxyProtocolTrusted === undefined) {
    findings.push(
      warning(
        'Every client is believed about its address (PROXY protocol). Say whom to believe with --proxy-protocol-trusted.',
      ),
    );
  }
  return findings;
}

/** The management API takes passwords; whoever reads for Prometheus gives none, and learns the names of everything. */
function checkHttp(settings: Settings): readonly Finding[] {
  const { host, managementPort, managementHost } = settings;
  const findings: Finding[] = [];
  if (managementPort !== false && !isLocal(managementHost ?? host)) {
    findings.push(
      warning(
        'Other machines can use the management API without TLS. Let it listen on 127.0.0.1 (--management-host), or by TLS only.',
      ),
    );
  }
  for (const port of openToReaders(settings)) {
    findings.push(note(`Whoever reaches port ${port} can read the figures for Prometheus, without a login.`));
  }
  return findings;
}

/** The ports for Prometheus on which other machines need neither a login nor a certificate. */
function openToReaders(settings: Settings): number[] {
  const { prometheusPort, prometheusTlsPort, prometheusTlsVerify, prometheusTlsFailIfNoPeerCert } = settings;
  const host = settings.prometheusHost ?? settings.host;
  const plain = prometheusPort === false || isLocal(host) ? [] : [prometheusPort];
  const asksWho = prometheusTlsVerify === 'verify_peer' && prometheusTlsFailIfNoPeerCert;
  if (prometheusTlsPort === undefined || asksWho || isLocal(settings.prometheusTlsHost ?? host)) return plain;
  return [...plain, prometheusTlsPort];
}

function checkManners(settings: Settings): readonly Finding[] {
  const { heartbeatSeconds, logLevel } = settings;
  const findings: Finding[] = [];
  if (heartbeatSeconds === 0) {
    findings.push(
      warning('Heartbeats are off: a client whose machine has gone is never noticed, and keeps its messages.'),
    );
  }
  if (logLevel === 'trace' || logLevel === 'debug')
    findings.push(note(`The log is at the level ${logLevel}, which costs time.`));
  if (logLevel === 'fatal' || logLevel === 'silent') {
    findings.push(warning(`The log is at the level ${logLevel}: trouble leaves no trace in it.`));
  }
  return findings;
}
