import { once } from 'node:events';
import { inspectDataFolder } from '../journal/inspect.ts';
import { dumpJournal } from '../journal/inspect_dump.ts';
import { journalStats } from '../journal/inspect_stats.ts';
import { verifyJournal } from '../journal/inspect_verify.ts';
import { NodeDisk } from '../journal/node_disk.ts';
import { StartError } from '../lib/start_error.ts';
import { dumpLine, statsLines, verifyLines } from './journal_text.ts';

export interface JournalFlags {
  readonly json: boolean;
}

/** Prints whether the journals in a data folder are sound; exit code 1 if one is not. */
export async function verify(dir: string, { json }: JournalFlags): Promise<void> {
  const journals = [];
  for (const journal of await inspect(dir)) journals.push(await verifyJournal(journal));
  const sound = journals.every((journal) => journal.sound);
  if (json) await print(JSON.stringify({ sound, journals }, undefined, 2));
  else for (const journal of journals) await print(verifyLines(journal).join('\n'));
  if (!sound) process.exitCode = 1;
}

/** Prints every record, a line each, as far as the journals are sound; exit code 1 if one is not. */
export async function dump(dir: string, { json }: JournalFlags): Promise<void> {
  for (const journal of await inspect(dir)) {
    if (!json) await print(`Virtual host ${journal.vhost}`);
    for await (const item of dumpJournal(journal)) {
      if (item.type === 'gap' && item.damage) process.exitCode = 1;
      await print(json ? JSON.stringify({ vhost: journal.vhost, ...item }) : dumpLine(item));
    }
  }
}

/** Prints what is in the journals, by queue and by segment; exit code 1 if one is damaged. */
export async function stats(dir: string, { json }: JournalFlags): Promise<void> {
  const journals = [];
  for (const journal of await inspect(dir)) {
    const found = await journalStats(journal).catch((error: Error) => {
      if (error instanceof StartError) throw error;
      const why = `The journal of the virtual host ${journal.vhost} cannot be read: ${error.message}.`;
      throw new StartError('data-dir', `${why} \`leveret journal verify\` says more.`);
    });
    journals.push(found);
    if (!found.sound) process.exitCode = 1;
  }
  if (json) await print(JSON.stringify({ journals }, undefined, 2));
  else for (const journal of journals) await print(statsLines(journal).join('\n'));
}

async function inspect(dir: string): ReturnType<typeof inspectDataFolder> {
  // Whoever reads the output may have seen enough.
  process.stdout.on('error', () => process.exit());
  return inspectDataFolder(new NodeDisk(), dir);
}

/** No faster than it is read. */
async function print(line: string): Promise<void> {
  if (!process.stdout.write(`${line}\n`)) await once(process.stdout, 'drain');
}
