import { checkFiles, loadConfiguration, problemSentence } from '../config/load.ts';
import type { Flags } from '../config/resolve.ts';
import { shownSettings } from '../config/show.ts';

/** Prints every mistake in a configuration file, and what in it has no effect; exit code 1 if there is a mistake. */
export function check(path: string): void {
  const { files, values, notes, problems } = checkFiles([path], process.env);
  const lines = [
    ...problems.map((problem) => `mistake  ${problemSentence(problem)}`),
    ...notes.map((note) => `${note.kind === 'missing' ? 'warning' : 'note   '}  ${problemSentence(note)}`),
  ];
  const read = files.length === 1 ? path : `${path} (${files.length} files)`;
  const verdict = problems.length === 0 ? 'can be used' : 'can NOT be used';
  lines.push(`${read} ${verdict}: ${counted(values.size, 'setting')}, ${counted(problems.length, 'mistake')}.`);
  process.stdout.write(`${lines.join('\n')}\n`);
  if (problems.length > 0) process.exitCode = 1;
}

/** Prints the settings that `start` would have with the same flags and environment, and where each comes from. */
export function show(flags: Flags, { json }: { readonly json: boolean }): void {
  const configuration = loadConfiguration(flags, process.env);
  const settings = shownSettings(configuration);
  const { files, notes } = configuration;
  if (json) {
    process.stdout.write(`${JSON.stringify({ files, settings, notes }, undefined, 2)}\n`);
    return;
  }
  const assignments = settings.map(({ key, value }) =>
    value === undefined ? `# ${key} is not set` : `${key} = ${value}`,
  );
  const width = Math.max(...assignments.map((text) => text.length));
  const lines = settings.map(({ origin }, index) => `${assignments[index]?.padEnd(width)}  # ${origin}`);
  process.stdout.write(`${[...files.map((file) => `# read ${file}`), ...lines].join('\n')}\n`);
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
