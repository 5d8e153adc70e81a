import { OPTIONS, SETTING_NAMES } from './options.ts';
import { OTHER_KEYS, type OtherKey } from './other_keys.ts';

const INTRODUCTION = `# Configuration

<!-- Made from src/config. After a change there: npx vitest run test/unit/config --update=all -->

Every setting can be given as a flag of \`leveret start\`, as an environment variable, or in a configuration file. A flag
wins over the environment, the environment over the file, the file over the default. An empty environment variable counts
as not given.

| flag | environment | in the file | default | what it is |
| --- | --- | --- | --- | --- |
`;

const VALUES = `
## What is accepted

A key with a ↻ takes a new value while the broker runs, at [SIGHUP](#while-the-broker-runs).

| key | value |
| --- | --- |
`;

const OPENTELEMETRY = `
Variables of OpenTelemetry are taken too; [opentelemetry.md](opentelemetry.md) has those that its SDK takes besides.

| variable | counts |
| --- | --- |
`;

const FILE_FORMAT = `
A value that is not accepted stops the start with a sentence that names the setting, where it was given and what is
accepted; so does a key that is not known. All mistakes are named at once.

## The file

\`leveret start --config leveret.conf\` reads lines of \`key = value\`, the format of RabbitMQ's \`rabbitmq.conf\`:

\`\`\`ini
# A comment, to the end of the line, wherever it stands outside quotes.
port = 5672
log.level = debug
memory_limit = 2GiB
default_user = $(APPLICATION)-user          # an environment variable, or another key
default_pass = $(<secrets/password)         # the text of a file, seen from this one
data_dir = '/srv/#1'                        # single quotes keep # and spaces; '' is one quote
include conf.d/*.conf                       # other files, as if they stood here
\`\`\`

A key that stands again, in the same file or in a later one, replaces what was said before. \`--config\` may name a folder:
its \`*.conf\` files are read by their names. A file has at most 1 MiB.

| command | what it does |
| --- | --- |
| \`leveret config check FILE\` | prints every mistake with its line, and what in the file has no effect; exit code 0 if the file can be used, 1 if not |
| \`leveret config show\` | prints every setting that \`start\` would have with the same flags and environment, and where it comes from; secrets are masked; \`--json\` for programs |

## While the broker runs

SIGHUP makes the broker read its files again. What has a ↻ above changes at once, and the log tells from what to what; for
what else is different the log says that it needs a restart. If there is a mistake in the files, nothing changes, and the
log tells every mistake. A new heartbeat or handshake time is for connections to come, a new consumer timeout for
consumers to come.

## Moving a rabbitmq.conf

Most files can be used as they are: \`leveret config check /etc/rabbitmq/rabbitmq.conf\` tells. Keys of RabbitMQ fall in three
kinds: those that set something, those that Leveret has no need of (a line in the log at the start says why), and those whose
feature is not there (a warning in the log). What no RabbitMQ knows is a mistake, with the key that was perhaps meant.

The container image takes what RabbitMQ's takes, so that in a compose file the name of the image is all that changes. As there,
\`guest\` is let in from everywhere (\`/etc/rabbitmq/conf.d/10-defaults.conf\`), and the log warns of it: set another user, or
\`LEVERET_LOOPBACK_USERS=guest\`.

| in the container | counts |
| --- | --- |
| \`/etc/rabbitmq/rabbitmq.conf\`, then \`/etc/rabbitmq/conf.d/*.conf\` | if neither \`--config\` nor \`LEVERET_CONFIG\` is given |
| \`RABBITMQ_CONFIG_FILE\`, \`RABBITMQ_CONFIG_FILES\` | in place of those two paths, outside of the container too; they need not be there |
`;

const KEYS = `
| what a compose file has besides | here |
| --- | --- |
| \`rabbitmq-diagnostics -q ping\`, \`check_running\`, \`check_port_connectivity\` | as \`leveret ping --ready\` |
| other verbs of \`rabbitmqctl\` and \`rabbitmq-diagnostics\` | as \`leveret ctl\`, by default as the user of \`RABBITMQ_DEFAULT_USER\` |
| the command \`rabbitmq-server\` | starts the broker |
| \`RABBITMQ_DEFAULT_PASS_FILE\` and others that RabbitMQ's image refuses | are refused here too |

Data is kept in the volume \`/data\`, or in \`/var/lib/rabbitmq/leveret\` where a volume is mounted at \`/var/lib/rabbitmq\`. What
RabbitMQ stored there is not read.

| key of RabbitMQ | sets | value |
| --- | --- | --- |
`;

const FORMAT_DIFFERENCES = `
Where two keys set the same, the one that stands first here counts, after Leveret's own.

RabbitMQ's \`advanced.config\` and the older format of Erlang terms are not read; a warning names such a file beside rabbitmq.conf.
Encrypted values, whose passphrase is there, are refused.
`;

/** The text of docs/configuration.md. */
export function configurationPage(): string {
  const options = SETTING_NAMES.map((name) => OPTIONS[name]);
  const rows = options.map((option) => {
    const cells = [option.flag, option.environment, option.key, option.default].map(code);
    return row(...cells, option.sentence);
  });
  const values = options.map((option) =>
    row(`${code(option.key ?? option.flag)}${option.reload ? ' ↻' : ''}`, option.type.accepted),
  );
  const variables = options.flatMap(({ aliases = [], flag }) =>
    aliases.map((alias) => ({ alias, text: row(code(alias), `as ${code(flag)}; its own variable counts more`) })),
  );
  const ofImage = variables.filter(({ alias }) => !alias.startsWith('OTEL_'));
  const ofOpenTelemetry = variables.filter(({ alias }) => alias.startsWith('OTEL_'));
  const keys = options.flatMap(({ key, flag, rabbitmq = [] }) =>
    rabbitmq.map(({ pattern, accepted }) => row(code(pattern), code(key ?? flag), accepted)),
  );
  const parts = [
    INTRODUCTION,
    ...rows,
    VALUES,
    ...values,
    OPENTELEMETRY,
    ...ofOpenTelemetry.map(({ text }) => text),
    FILE_FORMAT,
    ...ofImage.map(({ text }) => text),
    KEYS,
    ...keys,
    FORMAT_DIFFERENCES,
  ];
  return [...parts, ...others('missing'), ...others('needless')].join('');
}

const TITLES: Readonly<Record<OtherKey['kind'], string>> = {
  missing: '### Keys that are warned of',
  needless: '### Keys that are not needed',
};

/** The reason of a kind's keys, and what has it. */
function others(kind: OtherKey['kind']): string[] {
  const reasons = new Map<string, string[]>();
  for (const { pattern, why, fulfilled } of OTHER_KEYS.filter((key) => key.kind === kind)) {
    const exception =
      fulfilled === undefined ? '' : ` (but ${fulfilled.map((value) => code(value)).join(', ')} is so anyway)`;
    reasons.set(why, [...(reasons.get(why) ?? []), `${code(pattern)}${exception}`]);
  }
  const rows = [...reasons].map(([why, patterns]) => row(why, patterns.join(', ')));
  return [`\n${TITLES[kind]}\n\n| because | keys |\n| --- | --- |\n`, ...rows];
}

function row(...cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
}

function code(words: string | undefined): string {
  return words === undefined ? '' : `\`${words}\``;
}
