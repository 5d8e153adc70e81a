import type { Command, Option } from 'commander';

/** A command as completion and documentation need it. */
export interface CommandFacts {
  /** As it is typed: `leveret ctl list_queues`. */
  readonly path: string;
  readonly name: string;
  readonly sentence: string;
  readonly command: Command;
  readonly children: readonly CommandFacts[];
  /** With those of the commands above it, but not those of `leveret` itself. */
  readonly options: readonly Option[];
}

/** A command and all below it. */
export function commandFacts(
  command: Command,
  above: readonly string[] = [],
  inherited: readonly Option[] = [],
): CommandFacts {
  const words = [...above, command.name()];
  const options = [...command.options, ...inherited];
  const passedOn = above.length === 0 ? [] : options;
  return {
    path: words.join(' '),
    name: command.name(),
    sentence: command.summary() || command.description(),
    command,
    children: command.commands.map((child) => commandFacts(child, words, passedOn)),
    options,
  };
}

/** The command itself, then all below it, each before its own. */
export function allCommands(facts: CommandFacts): readonly CommandFacts[] {
  return [facts, ...facts.children.flatMap(allCommands)];
}
