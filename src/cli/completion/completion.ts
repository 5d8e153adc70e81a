import type { Command } from 'commander';
import { commandFacts } from '../command_tree.ts';
import { bashCompletion } from './bash.ts';
import { fishCompletion } from './fish.ts';
import { SHELLS, type Shell } from './shells.ts';
import { zshCompletion } from './zsh.ts';

const SCRIPTS: Readonly<Record<Shell, typeof bashCompletion>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** The script that makes a shell complete this command, or undefined for another shell than those in SHELLS. */
export function completionScript(leveret: Command, shell: string): string | undefined {
  const known = SHELLS.find((name) => name === shell);
  return known === undefined ? undefined : SCRIPTS[known](commandFacts(leveret));
}
