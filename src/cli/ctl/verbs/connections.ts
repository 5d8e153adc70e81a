import { setTimeout as sleep } from 'node:timers/promises';
import { path } from '../api.ts';
import { EXIT, failure, UsageError } from '../exit.ts';
import { unlessMissing, withKnown } from '../found.ts';
import { textOf } from '../json.ts';
import { isSet } from '../listing.ts';
import { type Context, type Flags, flagText, type Verbs } from '../verb.ts';

export const CONNECTION_VERBS: Verbs = {
  close_connection: {
    words: '<connection> <reason>',
    sentence: 'Closes a connection by its name, as `list_connections pid` prints it; its client is told the reason.',
    run: async (context, [name = '', reason = '']) => {
      context.output.announce(`Closing connection ${name}, reason: ${reason}...`);
      if (!(await close(context, name, reason))) {
        throw failure(EXIT.unavailable, `There is no connection named ${name}`);
      }
    },
  },
  close_all_connections: {
    words: '<reason>',
    sentence: 'Closes the connections to the virtual host, or all there are.',
    options: [
      { flags: '--global', sentence: 'All there are.' },
      { flags: '--limit <number>', sentence: 'At most so many.' },
      { flags: '--per-connection-delay <milliseconds>', sentence: 'Time between one and the next.' },
    ],
    run: async (context, [reason = ''], flags) => {
      const { api, output, vhost } = context;
      const isGlobal = isSet(flags, 'global');
      const limit = count(flags, 'limit', '--limit');
      const delayMs = count(flags, 'perConnectionDelay', '--per-connection-delay') ?? 0;
      const where = isGlobal ? 'all vhosts' : `vhost ${vhost}`;
      output.announce(`Closing ${limit ?? 'all'} connections in ${where}, reason: ${reason}...`);
      const all = isGlobal
        ? await api.list('/api/connections')
        : await withKnown(context, { vhost }, () => api.list(path`/api/vhosts/${vhost}/connections`));
      let closed = 0;
      for (const { name } of all.slice(0, limit)) {
        if (closed > 0 && delayMs > 0) await sleep(delayMs);
        if (await close(context, textOf(name), reason)) closed++;
      }
      output.print(`Closed ${closed} connections`);
    },
  },
  close_all_user_connections: {
    words: '<user> <reason>',
    sentence: 'Closes the connections of a user.',
    run: async (context, [user = '', reason = '']) => {
      context.output.announce(`Closing connections of user ${user}, reason: ${reason}...`);
      const all = await context.api.list(path`/api/connections/username/${user}`);
      for (const { name } of all) await close(context, textOf(name), reason);
    },
  },
};

/** False if it is gone already. */
function close({ api }: Context, name: string, reason: string): Promise<boolean> {
  // Headers are ASCII; a reason in another script is sent as what it means to the eye.
  const header = reason.replace(/[^\x20-\x7e]/g, '?');
  return unlessMissing(() => api.delete(path`/api/connections/${name}`, { 'x-reason': header }));
}

function count(flags: Flags, name: string, flag: string): number | undefined {
  const text = flagText(flags, name);
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  throw new UsageError(`${flag} takes a whole number, not "${text}"`);
}
