import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { allCommands, commandFacts } from '../../../src/cli/command_tree.ts';
import { completionScript } from '../../../src/cli/completion/completion.ts';
import { SHELLS } from '../../../src/cli/completion/shells.ts';
import { wholeProgram } from '../../../src/cli/program.ts';

const leveret = await wholeProgram();

/** What bash offers for the last word of a line. */
function offered(...line: readonly string[]): readonly string[] {
  const script = `${completionScript(leveret, 'bash')}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _leveret; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', ...line], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((word) => word !== '');
}

test.each([
  [
    ['leveret', 'p'],
    ['ping', 'perf'],
  ],
  [['leveret', 'ctl', 'list_q'], ['list_queues']],
  [['leveret', 'ctl', '-p', 'v', 'list_ex'], ['list_exchanges']],
  [
    ['leveret', 'ctl', 'list_queues', '--no'],
    ['--no-table-headers', '--node'],
  ],
  [['leveret', 'perf', 'throughput', '--pe'], ['--persistent']],
  [['leveret', 'start', '--data'], ['--data-dir']],
  [['leveret', 'journal', 'verify', '/tm'], []],
])('bash: %j', (line, expected) => {
  expect(offered(...line)).toEqual(expected);
});

test.each(SHELLS)('%s knows every command and every option', (shell) => {
  const script = completionScript(leveret, shell) ?? '';
  const all = allCommands(commandFacts(leveret));
  expect(all.length).toBeGreaterThan(80);
  // Quotes within quotes, in fish.
  const names = (path: string): boolean => script.includes(`'${path}'`) || script.includes(`'${path}\\'`);
  expect(all.map(({ path }) => path).filter((path) => !names(path))).toEqual([]);
  const flags = all.flatMap(({ command }) => command.options).map(({ long, short }) => long ?? short ?? '');
  const bare = (flag: string): string => (shell === 'fish' ? `-l ${flag.slice(2)} ` : flag);
  expect(flags.filter((flag) => !script.includes(bare(flag)))).toEqual([]);
});

test('there is no script for another shell', () => {
  expect(completionScript(leveret, 'tcsh')).toBeUndefined();
});
