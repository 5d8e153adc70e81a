import { readFile, writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { path } from '../api.ts';
import { CtlError, EXIT, failure } from '../exit.ts';
import { withKnown } from '../found.ts';
import { parseJsonObject } from '../parse_json.ts';
import { type Context, flagText, type Verbs } from '../verb.ts';

const FORMAT = { flags: '--format <format>', sentence: 'json, which is the only one.' };
const VHOST_ONLY = { flags: '--vhost-only', sentence: 'Only what is in the virtual host that --vhost names.' };

export const DEFINITION_VERBS: Verbs = {
  export_definitions: {
    words: '<file>',
    sentence:
      'Writes users, virtual hosts, permissions, policies, queues, exchanges and bindings to a file of JSON; - is the standard output.',
    options: [FORMAT, VHOST_ONLY],
    run: async (context, [file = ''], flags) => {
      checkFormat(flagText(flags, 'format'));
      const { url, known } = target(context, flags['vhostOnly'] === true);
      if (file === '-') {
        context.output.json(await withKnown(context, known, () => context.api.get(url)));
        return;
      }
      context.output.announce(`Exporting definitions in JSON to a file at "${file}" ...`);
      const definitions = await withKnown(context, known, () => context.api.get(url));
      // They hold the hashes of passwords.
      await writeFile(file, `${JSON.stringify(definitions)}\n`, { mode: 0o600 }).catch((error: Error) => {
        throw failure(EXIT.dataError, `${file} cannot be written: ${error.message}`);
      });
    },
  },
  import_definitions: {
    words: '[file]',
    sentence: 'Makes what a file of definitions says; without a file, what the standard input says.',
    options: [FORMAT, VHOST_ONLY],
    run: async (context, [file = '-'], flags) => {
      checkFormat(flagText(flags, 'format'));
      const document = file === '-' ? await text(process.stdin) : await contentOf(file);
      const from = file === '-' ? 'standard input' : `a file at "${file}"`;
      context.output.announce(`Importing definitions in JSON from ${from} ...`);
      const { url, known } = target(context, flags['vhostOnly'] === true);
      const definitions = parseJsonObject(document);
      await withKnown(context, known, () => context.api.post(url, definitions));
      context.output.announce('The definitions were imported.');
    },
  },
};

/** Where they are, and what else there has to be. */
function target(
  { vhost }: Context,
  vhostOnly: boolean,
): { readonly url: string; readonly known: { readonly vhost?: string } } {
  return vhostOnly
    ? { url: path`/api/definitions/${vhost}`, known: { vhost } }
    : { url: '/api/definitions', known: {} };
}

function checkFormat(format: string | undefined): void {
  if (format === undefined || format === 'json') return;
  throw new CtlError(EXIT.usage, `Error (argument validation): definitions are JSON, not ${format}`);
}

async function contentOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const why = missing ? 'does not exist' : `cannot be read: ${(error as Error).message}`;
    throw new CtlError(EXIT.dataError, `Error (argument validation): Bad argument: File ${file} ${why}`);
  }
}
