import { type Api, path } from '../api.ts';
import { CtlError, EXIT, failure } from '../exit.ts';
import { isObject, textOf } from '../json.ts';
import { alarmsOf, listenerLine, listenersOf, nodeFacts } from '../node.ts';
import type { Context, Verb, Verbs } from '../verb.ts';

/** A check of the API's, which answers 200 or 503. */
function check(sentence: string, url: string, asking: string, well: string): Verb {
  return {
    sentence,
    run: async ({ api, output }) => {
      output.announce(`${asking} ...`);
      const why = await whyFailed(api, url);
      if (why !== undefined) throw failure(EXIT.unavailable, why);
      output.print(well);
    },
  };
}

async function whyFailed(api: Api, url: string): Promise<string | undefined> {
  const { status, json } = await api.answer(url);
  if (status < 300) return undefined;
  if (status === 401) throw failure(EXIT.noPermission, textOf(isObject(json) ? (json['reason'] ?? '') : ''));
  return (isObject(json) && textOf(json['reason'])) || `the check answered ${status}`;
}

export const HEALTH_VERBS: Verbs = {
  alarms: {
    sentence: 'Tells which alarms are on.',
    run: async (context) => {
      const facts = await nodeFacts(context);
      const alarms = alarmsOf(facts);
      const { output } = context;
      if (output.formatter === 'json') {
        output.json({ node: facts.name, global: [...alarms], local: [...alarms] });
        return;
      }
      output.announce(`Asking node ${facts.name} to report any known resource alarms ...`);
      const none = `Node ${facts.name} reported no alarms, local or clusterwide`;
      for (const line of alarms.length === 0 ? [none] : alarms) output.print(line);
    },
  },
  check_alarms: check(
    'Exit code 69 if an alarm is on.',
    '/api/health/checks/alarms',
    'Asking the node to report any resource alarms',
    'The node reported no alarms',
  ),
  check_local_alarms: check(
    'The same: there is one node.',
    '/api/health/checks/local-alarms',
    'Asking the node to report any local resource alarms',
    'The node reported no local alarms',
  ),
  check_virtual_hosts: check(
    'Exit code 69 if a virtual host does not run.',
    '/api/health/checks/virtual-hosts',
    'Checking if all vhosts are running',
    'The node reported all vhosts as running',
  ),
  check_running: check(
    'Exit code 69 if the broker does not serve clients yet, or no more.',
    '/api/health/checks/ready-to-serve-clients',
    'Checking if the broker is running',
    'The node is fully booted and running',
  ),
  node_health_check: check(
    'The same as check_running. RabbitMQ keeps it as a name that does nothing.',
    '/api/health/checks/ready-to-serve-clients',
    'Checking the health of the node',
    'Health check passed',
  ),
  check_port_listener: {
    words: '<port>',
    sentence: 'Exit code 69 if the broker does not listen on a port.',
    run: (context, [port = '']) => listens(context, 'port', port),
  },
  check_protocol_listener: {
    words: '<protocol>',
    sentence: 'Exit code 69 if the broker does not listen for a protocol, such as amqp, amqp/ssl or http.',
    run: (context, [protocol = '']) => listens(context, 'protocol', protocol),
  },
  listeners: {
    sentence: 'Tells what the broker listens on.',
    run: async (context) => {
      const facts = await nodeFacts(context);
      const { output } = context;
      const listeners = listenersOf(facts);
      if (output.formatter === 'json') {
        output.json({
          listeners: listeners.map(({ address, port, protocol }) => ({ interface: address, port, protocol })),
        });
        return;
      }
      output.announce(`Asking node ${facts.name} to report its protocol listeners ...`);
      for (const listener of listeners) output.print(listenerLine(listener));
    },
  },
};

async function listens({ api, output }: Context, kind: 'port' | 'protocol', what: string): Promise<void> {
  output.announce(
    `Asking the node if there's an active listener ${kind === 'port' ? 'on' : 'for'} ${kind} ${what} ...`,
  );
  const url =
    kind === 'port'
      ? path`/api/health/checks/port-listener/${what}`
      : path`/api/health/checks/protocol-listener/${what}`;
  if ((await whyFailed(api, url)) !== undefined) {
    throw new CtlError(EXIT.unavailable, `No listener for ${kind} ${what} is active.`);
  }
  output.print(`A listener for ${kind} ${what} is running.`);
}
