import { OPTIONS, SETTING_NAMES } from './options.ts';

const INTRODUCTION = `# Configuration

<!-- Made from src/config/options.ts. After a change there: npx vitest run test/unit/config -u -->

Every option can be given as a flag of \`leveret start\`, as an environment variable, or in a configuration file. A flag
wins over the environment, the environment over the file, the file over the default. An empty environment variable counts
as not given.

| flag | environment | in the file | default | what it is |
| --- | --- | --- | --- | --- |
`;

const FILE_FORMAT = `
## What is accepted

| flag | value |
| --- | --- |
`;

const EPILOGUE = `
A value that is not accepted stops the start with a sentence that names the option, where it was given and what is
accepted; so does a key in the file that is not an option.

## The file

\`leveret start --config leveret.conf\` reads lines of \`key = value\`, in the manner of RabbitMQ's \`rabbitmq.conf\`:

\`\`\`ini
# A comment, to the end of the line.
port = 5672
log.level = debug
memory_limit = 2GiB
default_user = orders
default_pass = 'single quotes keep # and spaces; '' is one quote'
\`\`\`

Each key may stand once.
`;

/** The text of docs/configuration.md. */
export function configurationPage(): string {
  const options = SETTING_NAMES.map((name) => OPTIONS[name]);
  const rows = options.map((option) => {
    const cells = [option.flag, option.environment, option.key, option.default].map(code);
    return `| ${[...cells, escapePipes(option.sentence)].join(' | ')} |\n`;
  });
  const values = options.map((option) => `| ${code(option.flag)} | ${escapePipes(option.type.accepted)} |\n`);
  return INTRODUCTION + rows.join('') + FILE_FORMAT + values.join('') + EPILOGUE;
}

function code(words: string | undefined): string {
  return words === undefined ? '' : `\`${escapePipes(words)}\``;
}

function escapePipes(words: string): string {
  return words.replaceAll('|', '\\|');
}
