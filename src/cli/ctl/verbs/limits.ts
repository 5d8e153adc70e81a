import { type Api, path } from '../api.ts';
import { document, field } from '../column.ts';
import { withKnown } from '../found.ts';
import { isObject, type JsonObject } from '../json.ts';
import { isSet, printObjects } from '../listing.ts';
import type { Output } from '../output.ts';
import { parseJsonObject } from '../parse_json.ts';
import { flagText, type VerbOption, type Verbs } from '../verb.ts';

const GLOBAL: VerbOption = { flags: '--global', sentence: 'Of all there are.' };

export const LIMIT_VERBS: Verbs = {
  set_vhost_limits: {
    words: '<definition>',
    sentence: 'Sets the limits of the virtual host, such as {"max-connections": 100, "max-queues": 10}; others go.',
    run: async (context, [text = '']) => {
      const { api, output, vhost } = context;
      output.announce(`Setting vhost limits to "${text}" for vhost "${vhost}" ...`);
      const wanted = parseJsonObject(text);
      await withKnown(context, { vhost }, async () => {
        await put(api, path`/api/vhost-limits/${vhost}`, wanted);
        const old = Object.keys(await limitsAt(api, path`/api/vhost-limits/${vhost}`));
        await remove(
          api,
          path`/api/vhost-limits/${vhost}`,
          old.filter((name) => !Object.hasOwn(wanted, name)),
        );
      });
    },
  },
  clear_vhost_limits: {
    sentence: 'Removes the limits of the virtual host.',
    run: async (context) => {
      const { api, output, vhost } = context;
      output.announce(`Clearing vhost "${vhost}" limits ...`);
      await withKnown(context, { vhost }, async () => {
        const url = path`/api/vhost-limits/${vhost}`;
        await remove(api, url, Object.keys(await limitsAt(api, url)));
      });
    },
  },
  list_vhost_limits: {
    sentence: 'Prints the limits of the virtual host, or of all of them.',
    options: [GLOBAL],
    run: async (context, _words, flags) => {
      const { api, output, vhost } = context;
      if (isSet(flags, 'global')) {
        output.announce('Listing limits for all vhosts ...');
        const all = await api.list('/api/vhost-limits');
        printObjects(output, all, { vhost: field('vhost'), limits: document('value') });
        return;
      }
      output.announce(`Listing limits for vhost "${vhost}" ...`);
      const limits = await withKnown(context, { vhost }, async () => {
        await api.get(path`/api/vhosts/${vhost}`);
        return limitsAt(api, path`/api/vhost-limits/${vhost}`);
      });
      const none = Object.keys(limits).length === 0;
      printLimits(output, none ? undefined : limits);
    },
  },
  set_user_limits: {
    words: '<user> <definition>',
    sentence: 'Sets limits of a user, such as {"max-connections": 10, "max-channels": 100}; others stay.',
    run: async (context, [user = '', text = '']) => {
      const { api, output } = context;
      output.announce(`Setting user limits to "${text}" for user "${user}" ...`);
      const wanted = parseJsonObject(text);
      await withKnown(context, { user }, () => put(api, path`/api/user-limits/${user}`, wanted));
    },
  },
  clear_user_limits: {
    words: '<user> <limit>',
    sentence: 'Removes one limit of a user, or with "all" every one.',
    run: async (context, [user = '', limit = '']) => {
      const { api, output } = context;
      const url = path`/api/user-limits/${user}`;
      const what = limit === 'all' ? 'all limits' : `"${limit}" limit`;
      output.announce(`Clearing ${what} for user "${user}" ...`);
      await withKnown(context, { user }, async () => {
        await remove(api, url, limit === 'all' ? Object.keys(await limitsAt(api, url)) : [limit]);
      });
    },
  },
  list_user_limits: {
    sentence: 'Prints the limits of a user, or of all of them.',
    options: [{ flags: '--user <user>', sentence: 'Default: whoever asks.' }, GLOBAL],
    run: async (context, _words, flags) => {
      const { api, output } = context;
      if (isSet(flags, 'global')) {
        output.announce('Listing limits for all users ...');
        const all = await api.list('/api/user-limits');
        printObjects(output, all, { user: field('user'), limits: document('value') });
        return;
      }
      const user = flagText(flags, 'user') ?? api.target.user;
      output.announce(`Listing limits for user "${user}" ...`);
      const limits = await withKnown(context, { user }, async () => {
        await api.get(path`/api/users/${user}`);
        return limitsAt(api, path`/api/user-limits/${user}`);
      });
      printLimits(output, limits);
    },
  },
};

function printLimits(output: Output, limits: JsonObject | undefined): void {
  if (limits !== undefined) output.json(limits);
  else output.print(output.formatter === 'json' ? '[]' : '');
}

async function limitsAt(api: Api, url: string): Promise<JsonObject> {
  const [first] = await api.list(url);
  const value = first?.['value'];
  return isObject(value) ? value : {};
}

async function put(api: Api, url: string, limits: JsonObject): Promise<void> {
  for (const [name, value] of Object.entries(limits)) await api.put(`${url}${path`/${name}`}`, { value });
}

async function remove(api: Api, url: string, names: readonly string[]): Promise<void> {
  for (const name of names) await api.delete(`${url}${path`/${name}`}`);
}
