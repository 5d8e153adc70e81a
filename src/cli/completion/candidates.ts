import type { CommandFacts } from '../command_tree.ts';

/** The options that can be typed after a command; long ones where there are two names. */
export function optionSentences({ options }: CommandFacts): readonly (readonly [flag: string, sentence: string])[] {
  const own = options.map(({ long, short, description }) => [long ?? short ?? '', description] as const);
  return [...own, ['--help', 'Print help.'] as const];
}

export function flagsOf(facts: CommandFacts): readonly string[] {
  return optionSentences(facts).map(([flag]) => flag);
}
