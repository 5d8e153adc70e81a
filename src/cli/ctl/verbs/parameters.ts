import { path } from '../api.ts';
import { document, field } from '../column.ts';
import { EXIT, failure } from '../exit.ts';
import { unlessMissing, withKnown } from '../found.ts';
import { printObjects } from '../listing.ts';
import { parseJson } from '../parse_json.ts';
import type { Verbs } from '../verb.ts';

export const PARAMETER_VERBS: Verbs = {
  set_parameter: {
    words: '<component> <name> <value>',
    sentence: 'Sets a runtime parameter of the virtual host to a JSON document.',
    run: async (context, [component = '', name = '', text = '']) => {
      const { api, output, vhost } = context;
      output.announce(
        `Setting runtime parameter "${name}" for component "${component}" to "${text}" in vhost "${vhost}" ...`,
      );
      const value = parseJson(text);
      await withKnown(context, { vhost }, () =>
        api.put(path`/api/parameters/${component}/${vhost}/${name}`, { component, vhost, name, value }),
      );
    },
  },
  clear_parameter: {
    words: '<component> <name>',
    sentence: 'Removes a runtime parameter of the virtual host.',
    run: async ({ api, output, vhost }, [component = '', name = '']) => {
      output.announce(`Clearing runtime parameter "${name}" for component "${component}" on vhost "${vhost}" ...`);
      await cleared(() => api.delete(path`/api/parameters/${component}/${vhost}/${name}`));
    },
  },
  list_parameters: {
    sentence: 'Lists the runtime parameters of the virtual host.',
    run: async (context) => {
      const { api, output, vhost } = context;
      output.announce(`Listing runtime parameters for vhost "${vhost}" ...`);
      const all = await withKnown(context, { vhost }, async () => {
        await api.get(path`/api/vhosts/${vhost}`);
        return api.list('/api/parameters');
      });
      const here = all.filter((parameter) => parameter['vhost'] === vhost);
      printObjects(output, here, { component: field('component'), name: field('name'), value: document('value') });
    },
  },
  set_global_parameter: {
    words: '<name> <value>',
    sentence: 'Sets a parameter of the whole broker to a JSON document.',
    run: async ({ api, output }, [name = '', text = '']) => {
      output.announce(`Setting global runtime parameter "${name}" to "${text}" ...`);
      await api.put(path`/api/global-parameters/${name}`, { name, value: parseJson(text) });
    },
  },
  clear_global_parameter: {
    words: '<name>',
    sentence: 'Removes a parameter of the whole broker.',
    run: async ({ api, output }, [name = '']) => {
      output.announce(`Clearing global runtime parameter "${name}" ...`);
      await cleared(() => api.delete(path`/api/global-parameters/${name}`));
    },
  },
  list_global_parameters: {
    sentence: 'Lists the parameters of the whole broker.',
    run: async ({ api, output }) => {
      output.announce('Listing global runtime parameters ...');
      const all = await api.list('/api/global-parameters');
      printObjects(output, all, { name: field('name'), value: document('value') });
    },
  },
};

async function cleared(act: () => Promise<unknown>): Promise<void> {
  if (!(await unlessMissing(act))) throw failure(EXIT.unavailable, 'Parameter does not exist');
}
