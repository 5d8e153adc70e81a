import { path } from '../api.ts';
import { fields } from '../column.ts';
import { unlessMissing, withGrantee, withKnown } from '../found.ts';
import { textOf } from '../json.ts';
import { printObjects } from '../listing.ts';
import type { Verbs } from '../verb.ts';

export const PERMISSION_VERBS: Verbs = {
  set_permissions: {
    words: '<user> <configure> <write> <read>',
    sentence: 'Gives a user permissions in the virtual host, as three regular expressions of names.',
    run: async (context, [user = '', configure = '', write = '', read = '']) => {
      const { api, output, vhost } = context;
      output.announce(`Setting permissions for user "${user}" in vhost "${vhost}" ...`);
      await withGrantee(context, user, vhost, () =>
        api.put(path`/api/permissions/${vhost}/${user}`, { configure, write, read }),
      );
    },
  },
  set_permissions_globally: {
    words: '<user> <configure> <write> <read>',
    sentence: 'Gives a user the same permissions in every virtual host.',
    run: async (context, [user = '', configure = '', write = '', read = '']) => {
      const { api, output } = context;
      output.announce(`Setting permissions for user "${user}" in all virtual hosts ...`);
      for (const { name } of await api.list('/api/vhosts')) {
        const vhost = textOf(name);
        await withGrantee(context, user, vhost, () =>
          api.put(path`/api/permissions/${vhost}/${user}`, { configure, write, read }),
        );
      }
    },
  },
  clear_permissions: {
    words: '<user>',
    sentence: 'Takes away all that a user may do in the virtual host.',
    run: async ({ api, output, vhost }, [user = '']) => {
      output.announce(`Clearing permissions for user "${user}" in vhost "${vhost}" ...`);
      await unlessMissing(() => api.delete(path`/api/permissions/${vhost}/${user}`));
    },
  },
  list_permissions: {
    sentence: 'Lists who may do what in the virtual host.',
    run: async (context) => {
      const { api, output, vhost } = context;
      output.announce(`Listing permissions for vhost "${vhost}" ...`);
      const found = await withKnown(context, { vhost }, () => api.list(path`/api/vhosts/${vhost}/permissions`));
      printObjects(output, found, fields('user', 'configure', 'write', 'read'));
    },
  },
  list_user_permissions: {
    words: '<user>',
    sentence: 'Lists what a user may do, by virtual host.',
    run: async (context, [user = '']) => {
      const { api, output } = context;
      output.announce(`Listing permissions for user "${user}" ...`);
      const found = await withKnown(context, { user }, () => api.list(path`/api/users/${user}/permissions`));
      printObjects(output, found, fields('vhost', 'configure', 'write', 'read'));
    },
  },
  set_topic_permissions: {
    words: '<user> <exchange> <write> <read>',
    sentence: 'Gives a user permissions for routing keys of a topic exchange, as two regular expressions.',
    run: async (context, [user = '', exchange = '', write = '', read = '']) => {
      const { api, output, vhost } = context;
      output.announce(`Setting topic permissions on "${exchange}" for user "${user}" in vhost "${vhost}" ...`);
      await withGrantee(context, user, vhost, () =>
        api.put(path`/api/topic-permissions/${vhost}/${user}`, { exchange, write, read }),
      );
    },
  },
  clear_topic_permissions: {
    words: '<user> [exchange]',
    sentence: 'Takes topic permissions away: those for one exchange, or all of them.',
    run: async ({ api, output, vhost }, [user = '', exchange]) => {
      const on = exchange === undefined ? '' : `on "${exchange}" `;
      output.announce(`Clearing topic permissions ${on}for user "${user}" in vhost "${vhost}" ...`);
      const all = path`/api/topic-permissions/${vhost}/${user}`;
      await unlessMissing(() => api.delete(exchange === undefined ? all : `${all}${path`/${exchange}`}`));
    },
  },
  list_topic_permissions: {
    sentence: 'Lists topic permissions in the virtual host.',
    run: async (context) => {
      const { api, output, vhost } = context;
      output.announce(`Listing topic permissions for vhost "${vhost}" ...`);
      const found = await withKnown(context, { vhost }, () => api.list(path`/api/vhosts/${vhost}/topic-permissions`));
      printObjects(output, found, fields('user', 'exchange', 'write', 'read'));
    },
  },
  list_user_topic_permissions: {
    words: '<user>',
    sentence: "Lists a user's topic permissions, by virtual host.",
    run: async (context, [user = '']) => {
      const { api, output } = context;
      output.announce(`Listing topic permissions for user "${user}" ...`);
      const found = await withKnown(context, { user }, () => api.list(path`/api/users/${user}/topic-permissions`));
      printObjects(output, found, fields('vhost', 'exchange', 'write', 'read'));
    },
  },
};
