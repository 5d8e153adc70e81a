import { path, Refusal } from '../api.ts';
import { type Column, field, tags } from '../column.ts';
import { EXIT, failure } from '../exit.ts';
import { withKnown } from '../found.ts';
import { isObject, type Json, type JsonObject, tagsOf } from '../json.ts';
import { chosenColumns, columnSentence, type Listing, printChosen } from '../listing.ts';
import type { Context, Flags, VerbOption, Verbs } from '../verb.ts';
import { flagText } from '../verb.ts';

/** As an Erlang map, without quotes. */
const metadata: Column = (object) => {
  const value = object['metadata'];
  const shown = (member: Json): string => (Array.isArray(member) ? `[${member.join(', ')}]` : String(member));
  const entries = Object.entries(isObject(value) ? value : {}).sort(([one], [other]) => (one < other ? -1 : 1));
  const members = entries.map(([name, member]) => `${name} => ${shown(member)}`);
  return { text: `#{${members.join(', ')}}`, json: value ?? {} };
};

const VHOSTS: Listing = {
  columns: {
    cluster_state: field('cluster_state'),
    default_queue_type: field('default_queue_type'),
    description: field('description'),
    metadata,
    name: field('name'),
    protected_from_deletion: field('protected_from_deletion'),
    tags: tags('tags'),
    tracing: field('tracing'),
  },
  usual: ['name'],
};

const METADATA_OPTIONS: readonly VerbOption[] = [
  { flags: '--description <text>', sentence: 'What it is for.' },
  { flags: '--tags <tags>', sentence: 'Tags, separated by commas.' },
  { flags: '--default-queue-type <type>', sentence: 'What queues are that say no type: classic or quorum.' },
];

function metadataOf(flags: Flags): JsonObject {
  const given = {
    description: flagText(flags, 'description'),
    tags: flagText(flags, 'tags'),
    default_queue_type: flagText(flags, 'defaultQueueType'),
  };
  return Object.fromEntries(Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** Changes what is given, and leaves the rest as it is. Throws for a virtual host that there is not: a PUT would make it. */
async function update(context: Context, vhost: string, changes: JsonObject): Promise<void> {
  const url = path`/api/vhosts/${vhost}`;
  const {
    description = '',
    tags: kept,
    default_queue_type: type,
  } = await withKnown(context, { vhost }, () => context.api.object(url));
  const present = {
    description,
    tags: tagsOf(kept).join(','),
    ...(typeof type === 'string' ? { default_queue_type: type } : {}),
  };
  await context.api.put(url, { ...present, ...changes });
}

export const VHOST_VERBS: Verbs = {
  add_vhost: {
    words: '<vhost>',
    sentence: 'Makes a virtual host.',
    options: METADATA_OPTIONS,
    run: async ({ api, output }, [vhost = ''], flags) => {
      output.announce(`Adding vhost "${vhost}" ...`);
      await api.put(path`/api/vhosts/${vhost}`, metadataOf(flags));
    },
  },
  delete_vhost: {
    words: '<vhost>',
    sentence: 'Removes a virtual host with everything in it.',
    run: async (context, [vhost = '']) => {
      context.output.announce(`Deleting vhost "${vhost}" ...`);
      try {
        await withKnown(context, { vhost }, () => context.api.delete(path`/api/vhosts/${vhost}`));
      } catch (error) {
        throw error instanceof Refusal && error.status === 412 ? failure(EXIT.dataError, error.reason) : error;
      }
    },
  },
  list_vhosts: {
    words: '[column...]',
    sentence: 'Lists virtual hosts.',
    details: columnSentence(VHOSTS),
    run: async ({ api, output }, words) => {
      const chosen = chosenColumns(VHOSTS, words);
      output.announce('Listing vhosts ...');
      printChosen(output, await api.list('/api/vhosts'), VHOSTS, chosen);
    },
  },
  set_vhost_tags: {
    words: '<vhost> [tags...]',
    sentence: 'Gives a virtual host these tags, and no others.',
    run: async (context, [vhost = '', ...wanted]) => {
      context.output.announce(`Setting tags for virtual host "${vhost}" to [${wanted.join(', ')}] ...`);
      await update(context, vhost, { tags: wanted.join(',') });
    },
  },
  update_vhost_metadata: {
    words: '<vhost>',
    sentence: 'Changes the description, tags, or default queue type of a virtual host.',
    options: METADATA_OPTIONS,
    run: async (context, [vhost = ''], flags) => {
      context.output.announce(`Updating metadata of vhost "${vhost}" ...`);
      await update(context, vhost, metadataOf(flags));
    },
  },
  enable_vhost_deletion_protection: {
    words: '<vhost>',
    sentence: 'Keeps a virtual host from being deleted.',
    run: async (context, [vhost = '']) => {
      context.output.announce(`Protecting virtual host "${vhost}" from removal by updating its metadata...`);
      await withKnown(context, { vhost }, () => context.api.post(path`/api/vhosts/${vhost}/deletion/protection`, {}));
    },
  },
  disable_vhost_deletion_protection: {
    words: '<vhost>',
    sentence: 'Lets a virtual host be deleted again.',
    run: async (context, [vhost = '']) => {
      context.output.announce(`Removing deletion protection from virtual host "${vhost}" by updating its metadata...`);
      await withKnown(context, { vhost }, () => context.api.delete(path`/api/vhosts/${vhost}/deletion/protection`));
    },
  },
  trace_on: {
    sentence: 'Has all messages of the virtual host copied to amq.rabbitmq.trace.',
    run: (context) => trace(context, true),
  },
  trace_off: {
    sentence: 'Ends that.',
    run: (context) => trace(context, false),
  },
};

async function trace(context: Context, tracing: boolean): Promise<void> {
  const { output, vhost } = context;
  output.announce(`${tracing ? 'Starting' : 'Stopping'} tracing for vhost "${vhost}" ...`);
  await update(context, vhost, { tracing });
  output.announce(`Trace ${tracing ? 'enabled' : 'disabled'} for vhost ${vhost}`);
}
