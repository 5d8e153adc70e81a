import { type Configuration, loadConfiguration, problemSentence } from '../../config/load.ts';
import { availableMemoryBytes } from '../../config/memory.ts';
import type { Settings } from '../../config/options.ts';
import type { Flags } from '../../config/resolve.ts';
import { StartError } from '../../lib/start_error.ts';
import { brokerOptions } from '../broker_options.ts';
import { Api } from '../ctl/api.ts';
import { CtlError } from '../ctl/exit.ts';
import { readTarget } from '../ctl/target.ts';
import { reachable } from '../reachable.ts';
import { checkBroker } from './broker_checks.ts';
import { checkCertificate } from './certificate_checks.ts';
import { error, exitCodeOf, type Finding, note, SEVERITIES, warning } from './finding.ts';
import { brokerFacts, listensOn } from './gather.ts';
import { machineFacts } from './machine.ts';
import { checkMachine } from './machine_checks.ts';
import { checkSettings } from './settings_checks.ts';

const TIMEOUT_MS = 5000;

export interface DoctorFlags {
  readonly url?: string;
  readonly json: boolean;
}

/** Prints what is misconfigured or risky: exit code 0 if nothing is, 1 for warnings, 2 for errors. */
export async function doctor(flags: Flags, { url, json }: DoctorFlags): Promise<void> {
  const here = url === undefined ? placeOf(flags) : undefined;
  const found = [...(await checkHere(flags)), ...(await checkRunning(url ?? here?.url, here?.amqpPort))];
  const findings = SEVERITIES.flatMap((severity) => found.filter((finding) => finding.severity === severity));
  process.stdout.write(json ? `${JSON.stringify({ findings }, undefined, 2)}\n` : text(findings));
  process.exitCode = exitCodeOf(findings);
}

/** What a broker would find that was started here, with these flags. */
async function checkHere(flags: Flags): Promise<readonly Finding[]> {
  let configuration: Configuration;
  try {
    configuration = loadConfiguration(flags, process.env);
  } catch (cause) {
    if (!(cause instanceof StartError)) throw cause;
    return cause.message.split('\n').map(error);
  }
  const { settings, notes } = configuration;
  const missing = notes.filter(({ kind }) => kind === 'missing');
  const { tlsCertfile: certfile, tlsKeyfile: keyfile } = settings;
  return [
    ...missing.map((problem) => warning(problemSentence(problem))),
    ...checkSettings(settings),
    ...checkMachine(await machineFacts(settings.dataDir), memoryPlan(settings)),
    ...checkCertificate({ certfile, keyfile }, Date.now()),
  ];
}

function memoryPlan(settings: Settings): Parameters<typeof checkMachine>[1] {
  const { memoryLimitBytes = 0, memoryCacheBytes = 0, diskFreeLimitBytes = 0 } = brokerOptions(settings);
  const availableBytes = availableMemoryBytes();
  return { availableBytes, limitBytes: memoryLimitBytes, cacheBytes: memoryCacheBytes, diskFreeLimitBytes };
}

interface Place {
  readonly url: string;
  /** Undefined where these settings leave the choice, or have TLS alone. */
  readonly amqpPort: number | undefined;
}

/** Where the broker that these settings are of has its management API; undefined if that cannot be known. */
function placeOf(flags: Flags): Place | undefined {
  if (process.env['LEVERET_URL'] !== undefined) return undefined;
  try {
    const { defaultUser, defaultPass, ...settings } = loadConfiguration(flags, process.env).settings;
    const { host, port, managementPort, managementHost, managementPathPrefix } = settings;
    if (managementPort === false || managementPort === 0) return undefined;
    const address = reachable(managementHost ?? host);
    const user = [defaultUser, defaultPass].map(encodeURIComponent).join(':');
    const site = `${address.includes(':') ? `[${address}]` : address}:${managementPort}`;
    return { url: `http://${user}@${site}${managementPathPrefix}`, amqpPort: port || undefined };
  } catch (cause) {
    if (cause instanceof StartError) return undefined;
    throw cause;
  }
}

/** What can be seen of a broker that runs; that there is none is no finding, but is said. */
async function checkRunning(url: string | undefined, amqpPort?: number): Promise<readonly Finding[]> {
  try {
    const target = readTarget(url === undefined ? {} : { url }, process.env);
    const api = new Api(target, TIMEOUT_MS);
    if (amqpPort === undefined || (await listensOn(api, amqpPort))) return checkBroker(await brokerFacts(api));
    return [
      warning(
        `The broker whose management API answers does not listen on port ${amqpPort}, so it is another. Give each broker a port of its own: --management-port, and --prometheus-port.`,
      ),
    ];
  } catch (cause) {
    if (!(cause instanceof CtlError)) throw cause;
    const why = cause.message.replace(/^Error:\n/, '');
    return [note(`Only settings and machine were looked at, no broker that runs: ${why}`)];
  }
}

function text(findings: readonly Finding[]): string {
  const lines = findings.map(({ severity, text: sentence }) => `${severity.padEnd(7)}  ${sentence}`);
  const counts = SEVERITIES.map((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return `${count} ${severity}${count === 1 ? '' : 's'}`;
  });
  return `${[...lines, `${counts.join(', ')}.`].join('\n')}\n`;
}
