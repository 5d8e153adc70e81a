import { path } from '../api.ts';
import { type Columns, document, field } from '../column.ts';
import { EXIT, failure } from '../exit.ts';
import { unlessMissing, withKnown } from '../found.ts';
import { printObjects } from '../listing.ts';
import { parseJsonObject } from '../parse_json.ts';
import { flagText, type Verb, type Verbs } from '../verb.ts';

const COLUMNS: Columns = {
  vhost: field('vhost'),
  name: field('name'),
  pattern: field('pattern'),
  'apply-to': field('apply-to'),
  definition: document('definition'),
  priority: field('priority'),
};

/** Policies and operator policies differ by where they are, and by what they are called. */
interface Kind {
  readonly at: string;
  readonly noun: string;
  readonly nouns: string;
  readonly setting: string;
  readonly of: string;
}

const USERS: Kind = { at: '/api/policies', noun: 'policy', nouns: 'policies', setting: 'policy', of: '' };
const OPERATORS: Kind = {
  at: '/api/operator-policies',
  noun: 'operator policy',
  nouns: 'operator policy overrides',
  setting: 'operator policy override',
  of: ' Where it and a policy set the same limit, the stricter counts.',
};

function set({ at, noun, setting, of }: Kind): Verb {
  return {
    words: '<name> <pattern> <definition>',
    sentence:
      `Makes or changes an ${noun}: a regular expression of names, and a JSON document of what it sets.${of}`.replace(
        'an policy',
        'a policy',
      ),
    options: [
      { flags: '--priority <number>', sentence: 'The highest that matches counts. Default: 0.' },
      {
        flags: '--apply-to <kind>',
        sentence: 'queues, classic_queues, quorum_queues, exchanges or all. Default: all.',
      },
    ],
    run: async (context, [name = '', pattern = '', text = ''], flags) => {
      const { api, output, vhost } = context;
      const priority = flagText(flags, 'priority') ?? '0';
      output.announce(
        `Setting ${setting} "${name}" for pattern "${pattern}" to "${text}" with priority "${priority}" for vhost "${vhost}" ...`,
      );
      const definition = parseJsonObject(text);
      const applyTo = flagText(flags, 'applyTo');
      const applies = applyTo === undefined ? {} : { 'apply-to': applyTo };
      await withKnown(context, { vhost }, () =>
        api.put(`${at}${path`/${vhost}/${name}`}`, { pattern, definition, priority: Number(priority), ...applies }),
      );
    },
  };
}

function clear({ at, noun }: Kind): Verb {
  return {
    words: '<name>',
    sentence: `Removes an ${noun}.`.replace('an policy', 'a policy'),
    run: async (context, [name = '']) => {
      const { api, output, vhost } = context;
      output.announce(`Clearing ${noun} "${name}" on vhost "${vhost}" ...`);
      const was = await unlessMissing(() => api.delete(`${at}${path`/${vhost}/${name}`}`));
      if (!was) throw failure(EXIT.unavailable, 'Parameter does not exist');
    },
  };
}

function list({ at, nouns }: Kind): Verb {
  return {
    sentence: `Lists the ${nouns} of the virtual host.`,
    run: async (context) => {
      const { api, output, vhost } = context;
      output.announce(`Listing ${nouns} for vhost "${vhost}" ...`);
      const found = await withKnown(context, { vhost }, () => api.list(`${at}${path`/${vhost}`}`));
      printObjects(output, found, COLUMNS);
    },
  };
}

export const POLICY_VERBS: Verbs = {
  set_policy: set(USERS),
  clear_policy: clear(USERS),
  list_policies: list(USERS),
  set_operator_policy: set(OPERATORS),
  clear_operator_policy: clear(OPERATORS),
  list_operator_policies: list(OPERATORS),
};
