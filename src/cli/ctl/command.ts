import { type Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { Api } from './api.ts';
import { CtlError, EXIT, UsageError } from './exit.ts';
import { VERB_GROUPS } from './groups.ts';
import { FORMATTERS, Output, type OutputFlags } from './output.ts';
import { readLine } from './read_line.ts';
import { readTarget, type TargetFlags } from './target.ts';
import type { Context, Flags, Verb } from './verb.ts';

const TIMEOUT_SECONDS = 60;

interface GlobalFlags extends OutputFlags, TargetFlags {
  readonly vhost: string;
  readonly timeout?: number;
}

/** `leveret ctl`: a command for every verb. */
export function addVerbs(ctl: Command): void {
  ctl
    .option('-p, --vhost <vhost>', 'Virtual host, for what is in one.', '/')
    .option('-q, --quiet', 'Leave out what is for people.')
    .option('-s, --silent', 'The same, and the line with the names of the columns.')
    .option('--no-table-headers', 'Leave out the line with the names of the columns.')
    .addOption(new Option('--formatter <format>', 'How to print.').choices(FORMATTERS).default('table'))
    .option('-t, --timeout <seconds>', 'How long to wait for an answer. Default: 60.', seconds)
    .option(
      '--url <url>',
      'Management API, as http://user:password@host:port. Default: http://127.0.0.1:15672, as the default user. [LEVERET_URL]',
    )
    .option('-n, --node <node>', 'Host of the management API, as rabbit@host.')
    .showHelpAfterError(false)
    .exitOverride()
    .configureOutput({ outputError: () => {} });
  for (const [group, verbs] of Object.entries(VERB_GROUPS)) {
    for (const [name, verb] of Object.entries(verbs)) addVerb(ctl, name, verb, group);
  }
}

function addVerb(ctl: Command, name: string, verb: Verb, group: string): void {
  const command = ctl
    .command(`${name}${verb.words === undefined ? '' : ` ${verb.words}`}`)
    .summary(verb.sentence)
    .description(verb.details === undefined ? verb.sentence : `${verb.sentence}\n\n${verb.details}`)
    .helpGroup(`${group}:`)
    .helpOption('-h, --help', 'Print this help.')
    .configureHelp({ ...ctl.configureHelp(), showGlobalOptions: true })
    .allowExcessArguments(false);
  for (const { flags, sentence } of verb.options ?? []) command.option(flags, sentence);
  command.action(async () => {
    const global: GlobalFlags = command.optsWithGlobals();
    const flags: Flags = command.opts();
    const output = new Output(process.stdout, global);
    await verb.run(contextOf(global, output), command.args, flags);
  });
}

function contextOf(global: GlobalFlags, output: Output): Context {
  const timeoutSeconds = global.timeout;
  const api = new Api(readTarget(global, process.env), (timeoutSeconds ?? TIMEOUT_SECONDS) * 1000);
  return { api, output, vhost: global.vhost, timeoutSeconds, readLine };
}

function seconds(text: string): number {
  const value = Number(text);
  if (value > 0) return value;
  throw new InvalidArgumentError('It is a number of seconds.');
}

/** Tells on stderr what kept a verb from being done. Gives back the exit code, or undefined if this was nothing of the kind. */
export function reportFailure(error: unknown, ctl: Command, words: readonly string[]): number | undefined {
  if (error instanceof CommanderError && error.code.startsWith('commander.')) {
    if (error.exitCode === 0) return 0;
    return reportUsage(mistakeOf(error), ctl, words);
  }
  if (error instanceof UsageError) {
    reportUsage(error.message, ctl, words);
    return error.exitCode;
  }
  if (!(error instanceof CtlError)) return undefined;
  process.stderr.write(`${error.message}\n`);
  return error.exitCode;
}

function reportUsage(message: string, ctl: Command, words: readonly string[]): number {
  const command = ctl.commands.find((candidate) => words.includes(candidate.name())) ?? ctl;
  const usage = `leveret ctl ${command === ctl ? '' : `${command.name()} `}${command.usage()}`;
  const given = words.length === 0 ? '' : `Arguments given:\n\t${words.join(' ')}\n\n`;
  process.stderr.write(`${message}\n${given}Usage\n\n${usage}\n`);
  return EXIT.usage;
}

function mistakeOf({ code, message }: CommanderError): string {
  switch (code) {
    case 'commander.missingArgument':
      return 'Error (argument validation): not enough arguments.';
    case 'commander.excessArguments':
      return 'Error (argument validation): too many arguments.';
    case 'commander.unknownCommand':
      return unknownCommand(message);
    case 'commander.help':
      return 'Error (argument validation): which command?';
    default:
      return `Error (argument validation): ${message.replace(/^error: /, '')}`;
  }
}

/** commander's message has a suggestion on a line of its own. */
function unknownCommand(message: string): string {
  const name = /'([^']*)'/.exec(message)?.[1] ?? '';
  const near = /Did you mean (?:one of )?(.*)\?\)/s.exec(message)?.[1];
  return `\nCommand '${name}' not found.${near === undefined ? '' : `\nDid you mean '${near}'?`}\n`;
}
