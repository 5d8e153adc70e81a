import { setTimeout as sleep } from 'node:timers/promises';
import { VERSION } from '../../../config/version.ts';
import { type Api, path } from '../api.ts';
import { field, fields } from '../column.ts';
import { erlangText } from '../erlang_text.ts';
import { CtlError, EXIT, failure } from '../exit.ts';
import { textOf } from '../json.ts';
import { chosenColumns, columnSentence, type Listing, printChosen, printObjects } from '../listing.ts';
import { nodeFacts } from '../node.ts';
import type { Formatter } from '../output.ts';
import { parseJsonObject } from '../parse_json.ts';
import { statusDocument, statusLines } from '../status.ts';
import type { Verbs } from '../verb.ts';

const STARTUP_SECONDS = 300;
const POLL_MS = 250;

const FEATURE_FLAGS: Listing = {
  columns: fields('name', 'state', 'stability', 'provided_by', 'desc', 'doc_url'),
  usual: ['name', 'state'],
};

const DEPRECATED_FEATURES: Listing = {
  columns: fields('name', 'deprecation_phase', 'state', 'provided_by', 'desc', 'doc_url'),
  usual: ['name', 'deprecation_phase', 'state'],
};

export const NODE_VERBS: Verbs = {
  ping: {
    sentence: 'Asks whether the broker answers and lets this user in.',
    run: async (context) => {
      context.output.announce(`Will ping ${context.api.target.base}.`);
      await context.api.get('/api/whoami');
      context.output.print('Ping succeeded');
    },
  },
  await_startup: {
    sentence: 'Waits until the broker has started, for at most --timeout seconds (300).',
    run: async ({ api, timeoutSeconds }) => {
      const seconds = timeoutSeconds ?? STARTUP_SECONDS;
      const deadlineMs = performance.now() + seconds * 1000;
      while (!(await isUp(api))) {
        if (performance.now() > deadlineMs) {
          throw failure(EXIT.temporary, `the broker at ${api.target.base} did not start within ${seconds} seconds`);
        }
        await sleep(POLL_MS);
      }
    },
  },
  status: {
    sentence: 'Tells how the broker is: versions, memory, disk, alarms, listeners, how much there is of what.',
    run: async (context) => {
      const facts = await nodeFacts(context);
      if (context.output.formatter === 'json') {
        context.output.json(statusDocument(facts));
        return;
      }
      context.output.announce(`Status of node ${facts.name} ...`);
      for (const line of statusLines(facts)) context.output.print(line);
    },
  },
  cluster_status: {
    sentence: 'Tells the name of the cluster, which always is of one node.',
    run: async (context) => {
      const { name, overview } = await nodeFacts(context);
      const { output } = context;
      const cluster = textOf(overview['cluster_name']);
      const version = textOf(overview['rabbitmq_version']);
      if (output.formatter === 'json') {
        output.json({
          cluster_name: cluster,
          disk_nodes: [name],
          running_nodes: [name],
          partitions: {},
          versions: { [name]: version },
        });
        return;
      }
      output.announce(`Cluster status of node ${name} ...`);
      const sections = [
        'Basics',
        `Cluster name: ${cluster}`,
        'Disk Nodes',
        name,
        'Running Nodes',
        name,
        'Network Partitions',
        '(none)',
      ];
      for (const line of sections) output.print(`${line}\n`);
    },
  },
  environment: {
    sentence: 'Prints the settings that the broker runs with.',
    run: async (context) => {
      const { name } = await nodeFacts(context);
      context.output.announce(`Application environment of node ${name} ...`);
      for (const line of settingLines(await context.api.text('/api/config/effective'), context.output.formatter)) {
        context.output.print(line);
      }
    },
  },
  report: {
    sentence: 'Prints all that the other verbs tell, to be sent along with a question; it holds no passwords.',
    run: async (context) => {
      const { REPORT_VERBS } = await import('../report.ts');
      for (const [title, verb, words] of REPORT_VERBS) {
        context.output.print(`\n${title}\n`);
        // What cannot be told must not keep the rest from being told.
        await verb.run(context, words, {}).catch((error: unknown) => {
          if (!(error instanceof CtlError)) throw error;
          context.output.print(error.message);
        });
      }
    },
  },
  version: {
    sentence: 'Prints the version of this command.',
    run: async ({ output }) => output.print(VERSION),
  },
  set_cluster_name: {
    words: '<name>',
    sentence: 'Sets the name that clients are told, and that shows in dashboards.',
    run: async ({ api, output }, [name = '']) => {
      output.announce(`Setting cluster name to ${name} ...`);
      await api.put('/api/cluster-name', { name });
    },
  },
  list_feature_flags: {
    words: '[column...]',
    sentence: 'Lists feature flags, for tools that look for them.',
    details: columnSentence(FEATURE_FLAGS),
    run: async ({ api, output }, words) => {
      const chosen = chosenColumns(FEATURE_FLAGS, words);
      output.announce('Listing feature flags ...');
      printChosen(output, await api.list('/api/feature-flags'), FEATURE_FLAGS, chosen);
    },
  },
  list_deprecated_features: {
    words: '[column...]',
    sentence: 'Lists what RabbitMQ counts as deprecated.',
    details: columnSentence(DEPRECATED_FEATURES),
    run: async ({ api, output }, words) => {
      const chosen = chosenColumns(DEPRECATED_FEATURES, words);
      output.announce('Listing deprecated features ...');
      printChosen(output, await api.list('/api/deprecated-features'), DEPRECATED_FEATURES, chosen);
    },
  },
  list_node_auth_attempt_stats: {
    sentence: 'Counts logins, by protocol.',
    run: async (context) => {
      const { name } = await nodeFacts(context);
      context.output.announce(`Listing authentication attempts for node ${name} ...`);
      const attempts = await context.api.list(path`/api/auth/attempts/${name}`);
      printObjects(context.output, attempts, {
        protocol: field('protocol'),
        auth_attempts: field('auth_attempts'),
        auth_attempts_failed: field('auth_attempts_failed'),
        auth_attempts_succeeded: field('auth_attempts_succeeded'),
      });
    },
  },
  reset_stats_db: {
    sentence: 'Forgets what was sampled for rates and charts; what has been counted stays.',
    run: async (context) => {
      context.output.announce('Resetting statistics database ...');
      await context.api.delete('/api/reset');
    },
  },
};

/** Leveret tells its settings as a JSON object, RabbitMQ as an Erlang term. */
function settingLines(text: string, formatter: Formatter): readonly string[] {
  const settings = text.startsWith('{') ? parseJsonObject(text) : undefined;
  if (settings === undefined || formatter === 'json') return [text.trimEnd()];
  return Object.entries(settings).map(([name, value]) => `${name} = ${erlangText(value)}`);
}

/** A broker that refuses this user has started, but will refuse the user for good. */
async function isUp(api: Api): Promise<boolean> {
  try {
    await api.get('/api/whoami');
    return true;
  } catch (error) {
    if (error instanceof CtlError && error.exitCode !== EXIT.noPermission) return false;
    throw error;
  }
}
