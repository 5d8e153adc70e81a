import { isObject, type JsonObject, numberOf, textOf } from '../ctl/json.ts';
import { error, type Finding, megabytes, namesOf, note, warning } from './finding.ts';

/** What the management API tells of a broker that runs. */
export interface BrokerFacts {
  readonly node: JsonObject;
  readonly queues: readonly JsonObject[];
  readonly exchanges: readonly JsonObject[];
  readonly connections: readonly JsonObject[];
  readonly channels: readonly JsonObject[];
  readonly policies: readonly JsonObject[];
  readonly usersWithoutPermissions: readonly JsonObject[];
  /** Whether guest, with the password guest, is let in. */
  readonly isGuestKnown: boolean;
}

/** More than these is worth a word. */
const LEFT_ALONE_MESSAGES = 1000;
const UNACKNOWLEDGED_MESSAGES = 10_000;
const CHANNELS_PER_CONNECTION = 100;
const NEARLY = 0.8;

/** What can be seen while the broker runs. */
export function checkBroker(facts: BrokerFacts): readonly Finding[] {
  return [
    ...checkResources(facts.node),
    ...checkUsers(facts),
    ...checkQueues(facts),
    ...checkClients(facts),
    ...checkPolicies(facts),
  ];
}

function checkResources(node: JsonObject): readonly Finding[] {
  const findings: Finding[] = [];
  const value = (name: string): number => numberOf(node[name]);
  if (node['mem_alarm'] === true) {
    findings.push(
      error(
        `Publishers are held back: the broker uses ${megabytes(value('mem_used'))}, its limit is ${megabytes(value('mem_limit'))}.`,
      ),
    );
  } else if (value('mem_used') > NEARLY * value('mem_limit')) {
    findings.push(
      warning(
        `The broker uses ${megabytes(value('mem_used'))}; at ${megabytes(value('mem_limit'))} publishers are held back.`,
      ),
    );
  }
  if (node['disk_free_alarm'] === true) {
    findings.push(
      error(
        `Publishers are held back: the disk has ${megabytes(value('disk_free'))} free, the limit is ${megabytes(value('disk_free_limit'))}.`,
      ),
    );
  }
  if (value('fd_total') > 0 && value('fd_used') > NEARLY * value('fd_total')) {
    findings.push(
      warning(`${value('fd_used')} of ${value('fd_total')} file descriptors are in use: soon nobody can connect.`),
    );
  }
  return findings;
}

function checkUsers({ isGuestKnown, usersWithoutPermissions }: BrokerFacts): readonly Finding[] {
  const findings: Finding[] = [];
  if (isGuestKnown)
    findings.push(warning('The user guest has the password that everybody knows. Change it, or delete the user.'));
  if (usersWithoutPermissions.length > 0) {
    const names = namesOf(usersWithoutPermissions.map(({ name }) => textOf(name)));
    findings.push(note(`Users who may do nothing anywhere: ${names}.`));
  }
  return findings;
}

function checkQueues({ queues, exchanges }: BrokerFacts): readonly Finding[] {
  const findings: Finding[] = [];
  const named = (wanted: (queue: JsonObject) => boolean): string => namesOf(queues.filter(wanted).map(nameInVhost));
  const isLeftAlone = (queue: JsonObject): boolean =>
    numberOf(queue['consumers']) === 0 && numberOf(queue['messages']) >= LEFT_ALONE_MESSAGES;
  const isUnsettled = (queue: JsonObject): boolean =>
    numberOf(queue['messages_unacknowledged']) >= UNACKNOWLEDGED_MESSAGES;
  if (queues.some(isLeftAlone)) {
    findings.push(
      warning(`Nobody consumes from queues with ${LEFT_ALONE_MESSAGES} messages or more: ${named(isLeftAlone)}.`),
    );
  }
  if (queues.some(isUnsettled)) {
    findings.push(
      warning(
        `${UNACKNOWLEDGED_MESSAGES} messages or more are with consumers that have not acknowledged them: ${named(isUnsettled)}.`,
      ),
    );
  }
  const known = new Set(exchanges.map(nameInVhost));
  const deadLetter = queues.filter((queue) => isMissing(queue, 'x-dead-letter-exchange', known));
  if (deadLetter.length > 0) {
    findings.push(
      warning(
        `Dead letters of these queues are lost, as their exchange is not there: ${namesOf(deadLetter.map(nameInVhost))}.`,
      ),
    );
  }
  const alternate = exchanges.filter((exchange) => isMissing(exchange, 'alternate-exchange', known));
  if (alternate.length > 0) {
    findings.push(
      warning(`The alternate exchange of these exchanges is not there: ${namesOf(alternate.map(nameInVhost))}.`),
    );
  }
  return findings;
}

/** Whether an argument names an exchange that there is not. */
function isMissing(object: JsonObject, argument: string, known: ReadonlySet<string>): boolean {
  const { arguments: given = {}, vhost = '' } = object;
  const name = isObject(given) ? given[argument] : undefined;
  return typeof name === 'string' && name !== '' && !known.has(nameInVhost({ name, vhost }));
}

function checkClients({ connections, channels }: BrokerFacts): readonly Finding[] {
  const findings: Finding[] = [];
  const named = (objects: readonly JsonObject[]): string => namesOf(objects.map(({ name }) => textOf(name)));
  const silent = connections.filter(({ timeout }) => timeout === 0);
  if (silent.length > 0)
    findings.push(note(`Connections without heartbeats, whose end may go unnoticed: ${named(silent)}.`));
  const many = connections.filter((connection) => numberOf(connection['channels']) > CHANNELS_PER_CONNECTION);
  if (many.length > 0) {
    findings.push(
      warning(
        `Connections with more than ${CHANNELS_PER_CONNECTION} channels, which may be forgotten: ${named(many)}.`,
      ),
    );
  }
  const greedy = channels.filter(
    (channel) =>
      numberOf(channel['prefetch_count']) === 0 && numberOf(channel['messages_unacknowledged']) >= LEFT_ALONE_MESSAGES,
  );
  if (greedy.length > 0) {
    findings.push(warning(`Channels that take all there is, as they set no prefetch: ${named(greedy)}.`));
  }
  return findings;
}

function checkPolicies({ policies, queues, exchanges }: BrokerFacts): readonly Finding[] {
  const used = new Set(
    [...queues, ...exchanges].map(({ policy = '', vhost = '' }) => nameInVhost({ name: policy, vhost })),
  );
  const idle = policies.filter((policy) => !used.has(nameInVhost(policy)));
  return idle.length === 0 ? [] : [note(`Policies that apply to nothing: ${namesOf(idle.map(nameInVhost))}.`)];
}

/** Names are unique in a virtual host only; that of the usual one is left out. */
function nameInVhost({ name = '', vhost = '/' }: JsonObject): string {
  return vhost === '/' ? textOf(name) : `${textOf(name)} in ${textOf(vhost)}`;
}
