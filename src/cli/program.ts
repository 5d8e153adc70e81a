import { strict as assert } from 'node:assert';
import { Argument, Command, Option as CommandOption } from 'commander';
import { OPTIONS, type Option, SETTING_NAMES, type SettingName } from '../config/options.ts';
import type { Flags } from '../config/resolve.ts';
import { VERSION } from '../config/version.ts';
import { StartError } from '../lib/start_error.ts';
import type { CertFlags } from './cert.ts';
import { SHELLS } from './completion/shells.ts';
import type { DoctorFlags } from './doctor/doctor.ts';
import { addPerfCommands } from './perf/command.ts';
import type { PingFlags } from './ping.ts';

const PING_OPTIONS: readonly SettingName[] = [
  ...(['config', 'host', 'port', 'prometheusPort', 'prometheusHost'] as const),
  ...(['managementPort', 'managementHost', 'managementPathPrefix'] as const),
];

const JOURNAL_COMMANDS = [
  ['verify', 'Read every byte and tell whether it is sound: exit code 0 if it is, 1 if not.'],
  ['dump', 'Print every record, a line each: messages without their bodies.'],
  ['stats', 'Print what it holds, by queue and by segment.'],
] as const;

const START_NOTES = `
Each option can also come from the environment variable in brackets, or from the configuration file; a flag wins over the
environment, and the environment over the file.

Examples:
  $ leveret start --port 0 --data-dir /tmp/leveret
  $ LEVERET_LOOPBACK_USERS=none leveret start --log-format json`;

/** The `leveret` command. A mistake of the operator's ends the process with a sentence on stderr and exit code 1. */
export async function run(words: readonly string[]): Promise<void> {
  const leveret = program();
  // Its many verbs are known only where they are called, or all of them are asked for.
  if (words[0] === 'ctl') return runCtl(leveret, words);
  try {
    await leveret.parseAsync(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    process.stderr.write(`leveret: ${error.message}\n`);
    process.exit(1);
  }
}

/** As rabbitmqctl ends: with its exit codes, and its way to tell of mistakes. */
async function runCtl(leveret: Command, words: readonly string[]): Promise<void> {
  const { addVerbs, reportFailure } = await import('./ctl/command.ts');
  const ctl = commandNamed(leveret, 'ctl');
  addVerbs(ctl);
  try {
    await leveret.parseAsync(words, { from: 'user' });
  } catch (error) {
    const exitCode = reportFailure(error, ctl, words.slice(1));
    if (exitCode === undefined) throw error;
    process.exitCode = exitCode;
  }
}

/** The command with all that is below it, for what tells of all of it. */
export async function wholeProgram(): Promise<Command> {
  const leveret = program();
  const { addVerbs } = await import('./ctl/command.ts');
  addVerbs(commandNamed(leveret, 'ctl'));
  return leveret;
}

function commandNamed(leveret: Command, name: string): Command {
  const found = leveret.commands.find((command) => command.name() === name);
  assert(found !== undefined, `there is no command ${name}`);
  return found;
}

function program(): Command {
  const leveret = new Command('leveret')
    .description('A small, fast AMQP 0-9-1 message broker.')
    .version(VERSION, '-V, --version', 'Print the version.')
    .helpOption('-h, --help', 'Print this help.')
    .helpCommand('help [command]', 'Print the help of a command.')
    .configureHelp({ helpWidth: Math.min(process.stdout.columns ?? 110, 120) })
    .showHelpAfterError('(leveret --help says what there is)')
    .showSuggestionAfterError();

  // Each command loads what it needs when it is called, so that --help and ping do not wait for a broker to load.
  addOptions(leveret.command('start'), SETTING_NAMES)
    .description('Run the broker until SIGTERM or SIGINT.')
    .addHelpText('after', START_NOTES)
    .action(async (_options, command: Command) => {
      const { start } = await import('./start.ts');
      await start(flagsOf(command, SETTING_NAMES));
    });
  addOptions(leveret.command('ping'), PING_OPTIONS)
    .description('Ask a running broker whether it speaks AMQP: exit code 0 if it does, 1 if not.')
    .option(
      '--ready',
      'Ask also whether it is ready, on the port for Prometheus or the management API if one is on.',
      false,
    )
    .action(async (options: PingFlags, command: Command) => {
      const { ping } = await import('./ping.ts');
      await ping(flagsOf(command, PING_OPTIONS), options);
    });
  leveret
    .command('ctl')
    .description("Ask or tell a running broker something, with rabbitmqctl's verbs, over its management API.")
    .usage('[options] <verb> [words...]')
    .helpOption('-h, --help', 'Print this help.')
    .helpCommand(false);
  addOptions(leveret.command('doctor'), SETTING_NAMES)
    .description(
      'Tell in sentences what is misconfigured or risky, here and at the broker that runs: exit code 0 if nothing is, 1 for warnings, 2 for errors.',
    )
    .option('--url <url>', 'Management API, as of ctl. [LEVERET_URL]')
    .option('--json', 'Print JSON, for programs.', false)
    .action(async (options: DoctorFlags, command: Command) => {
      const { doctor } = await import('./doctor/doctor.ts');
      await doctor(flagsOf(command, SETTING_NAMES), options);
    });
  addJournalCommands(leveret);
  addConfigCommands(leveret);
  addCertCommands(leveret);
  addPerfCommands(leveret);
  addCompletionCommand(leveret);
  return leveret;
}

function addJournalCommands(leveret: Command): void {
  const journal = leveret
    .command('journal')
    .description('Look into the journal of a broker that is not running; nothing is changed.')
    .helpOption('-h, --help', 'Print this help.')
    .helpCommand(false);
  for (const [name, description] of JOURNAL_COMMANDS) {
    journal
      .command(name)
      .description(description)
      .argument('<folder>', 'A data folder, as --data-dir names it.')
      .option('--json', 'Print JSON, for programs.', false)
      .helpOption('-h, --help', 'Print this help.')
      .allowExcessArguments(false)
      .action(async (folder: string, options: { readonly json: boolean }) => {
        const commands = await import('./journal.ts');
        await commands[name](folder, options);
      });
  }
}

function addConfigCommands(leveret: Command): void {
  const config = leveret
    .command('config')
    .description('Check a configuration file, or show the settings that a broker would start with.')
    .helpOption('-h, --help', 'Print this help.')
    .helpCommand(false);
  config
    .command('check')
    .description(
      'Print every mistake in a file, and what in it has no effect: exit code 0 if it can be used, 1 if not.',
    )
    .argument('<file>', 'A file in the format of rabbitmq.conf, or a folder of them.')
    .helpOption('-h, --help', 'Print this help.')
    .allowExcessArguments(false)
    .action(async (path: string) => {
      const { check } = await import('./config.ts');
      check(path);
    });
  addOptions(config.command('show'), SETTING_NAMES)
    .description(
      'Print every setting and where it comes from: a flag, the environment, a line of a file, or the default.',
    )
    .option('--json', 'Print JSON, for programs.', false)
    .action(async (options: { readonly json: boolean }, command: Command) => {
      const { show } = await import('./config.ts');
      show(flagsOf(command, SETTING_NAMES), options);
    });
}

function addCertCommands(leveret: Command): void {
  leveret
    .command('cert')
    .description('Make certificates.')
    .helpOption('-h, --help', 'Print this help.')
    .helpCommand(false)
    .command('dev')
    .description('Make an authority, and certificates for the broker and a client, for trying TLS out.')
    .option('--out <folder>', 'Folder to write to; an authority that is there already is used again.', './certs')
    .option('--host <name...>', 'More names and addresses of the broker, besides localhost and this machine.', [])
    .option('--client <user>', "User that the client's certificate is of.", 'guest')
    .helpOption('-h, --help', 'Print this help.')
    .allowExcessArguments(false)
    .action(async (options: CertFlags) => {
      const { dev } = await import('./cert.ts');
      await dev(options);
    });
}

function addCompletionCommand(leveret: Command): void {
  leveret
    .command('completion')
    .description('Print a script that lets a shell complete commands and options.')
    .addArgument(new Argument('<shell>', 'Which shell.').choices(SHELLS))
    .helpOption('-h, --help', 'Print this help.')
    .allowExcessArguments(false)
    .action(async (shell: string) => {
      const { completionScript } = await import('./completion/completion.ts');
      process.stdout.write(completionScript(await wholeProgram(), shell) ?? '');
    });
}

function addOptions(command: Command, names: readonly SettingName[]): Command {
  for (const name of names) command.addOption(commandOption(OPTIONS[name]));
  return command.helpOption('-h, --help', 'Print this help.').allowExcessArguments(false);
}

function commandOption(option: Option<unknown>): CommandOption {
  const fallback = option.default === undefined ? '' : ` Default: ${option.default}.`;
  return new CommandOption(
    `${option.flag} <${option.type.placeholder}>`,
    `${option.sentence}${fallback} [${option.environment}]`,
  );
}

function flagsOf(command: Command, names: readonly SettingName[]): Flags {
  const flags: Partial<Record<SettingName, string>> = {};
  for (const name of names) {
    const value: unknown = command.getOptionValue(commandOption(OPTIONS[name]).attributeName());
    if (typeof value === 'string') flags[name] = value;
  }
  return flags;
}
