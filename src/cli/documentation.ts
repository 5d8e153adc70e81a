import type { Command, Option } from 'commander';
import { OPTIONS } from '../config/options.ts';
import { type CommandFacts, commandFacts } from './command_tree.ts';

/** Their options are those of a broker, which have a page of their own. */
const WITH_SETTINGS = ['leveret start', 'leveret ping', 'leveret doctor', 'leveret config show'];

const SETTING_FLAGS: ReadonlySet<string> = new Set(Object.values(OPTIONS).map(({ flag }) => flag));

const INTRODUCTION = `# The command line

Made from the commands themselves: \`leveret --help\`, \`leveret ctl --help\` and so on say the same. How \`ctl\`, \`perf\` and
\`doctor\` are used is in [operating.md](operating.md).
`;

/** docs/cli.md. */
export function cliPage(leveret: Command): string {
  const { children } = commandFacts(leveret);
  return `${[INTRODUCTION, ...children.map(section)].join('\n')}`;
}

function section(facts: CommandFacts): string {
  const { path, sentence, children } = facts;
  const below =
    path === 'leveret ctl' ? verbTables(facts) : children.map((child) => `\n${command(child, '###')}`).join('');
  const own = children.length === 0 ? command(facts, '##') : `## ${path}\n\n${sentence}\n${optionTable(facts)}`;
  return `${own}${below}`;
}

function command(facts: CommandFacts, marks: string): string {
  const { path, sentence } = facts;
  const usage = facts.command.usage();
  return `${marks} ${path}\n\n${sentence}\n\n    ${path} ${usage}\n${optionTable(facts)}`;
}

function optionTable({ path, command: { options } }: CommandFacts): string {
  if (WITH_SETTINGS.includes(path)) {
    const others = options.filter(({ long }) => !SETTING_FLAGS.has(long ?? ''));
    return `\nIts options are ${path === 'leveret ping' ? 'of ' : ''}the settings in [configuration.md](configuration.md).\n${rowsOf(others)}`;
  }
  return rowsOf(options);
}

function rowsOf(options: readonly Option[]): string {
  if (options.length === 0) return '';
  const rows = options.map((option) => {
    const { flags, description, defaultValue, argChoices } = option;
    const choices = argChoices === undefined ? '' : ` One of ${argChoices.join(', ')}.`;
    const isTold = defaultValue === undefined || typeof defaultValue === 'boolean' || String(defaultValue) === '';
    const fallback = isTold ? '' : ` Default: \`${defaultValue}\`.`;
    return `| \`${flags}\` | ${cellText(description)}${choices}${fallback} |`;
  });
  return `\n| Option | |\n| --- | --- |\n${rows.join('\n')}\n`;
}

/** Verbs are many, and most have no options: a table for each group. */
function verbTables({ children }: CommandFacts): string {
  const groups = new Map<string, CommandFacts[]>();
  for (const verb of children) {
    const name = verb.command.helpGroup();
    groups.set(name, [...(groups.get(name) ?? []), verb]);
  }
  const tables = Array.from(groups, ([name, verbs]) => {
    const rows = verbs.map(({ name: verb, command: { registeredArguments, options }, sentence }) => {
      const words = registeredArguments.map((argument) => {
        const text = `${argument.name()}${argument.variadic ? '...' : ''}`;
        return argument.required ? `<${text}>` : `[${text}]`;
      });
      const flags = options.map((option) => `[${option.flags}]`);
      return `| \`${[verb, ...flags, ...words].join(' ')}\` | ${cellText(sentence)} |`;
    });
    return `\n### ${name.replace(/:$/, '')}\n\n| Verb | |\n| --- | --- |\n${rows.join('\n')}\n`;
  });
  return tables.join('');
}

function cellText(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
