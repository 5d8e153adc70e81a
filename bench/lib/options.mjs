// The command line of `npm run bench`.

import { parseArgs } from 'node:util';

export const HELP = `Measures Leveret, or any AMQP 0-9-1 broker.

  npm run bench                                         this working copy, started for it
  npm run bench -- --url amqp://guest:guest@HOST:5672   a broker that runs already
  npm run bench -- --compare amqp://HOST:5673           against another broker, in turn, with ratios
  npm run bench -- --commits main .                     two commits, in turn ("." is the working copy as it was built)

  --url URL        the broker to measure
  --compare URL    the broker to compare it with
  --commits A B    builds and compares two commits instead
  --only TEXT      only what has TEXT (a regular expression) in its name
  --micro, --load  only the small measurements in one process, or only the whole daemon
  --durable        durable queues and persistent messages
  --runs N         runs of each scenario, of which the median counts (3)
  --seconds N      length of a run, after one second of warm-up (4)
  --json FILE      writes the figures to FILE as well
`;

/** Undefined when help was asked for. Throws a sentence for what it does not understand. */
export function readOptions(words) {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: {
      url: { type: 'string' },
      compare: { type: 'string' },
      commits: { type: 'string' },
      only: { type: 'string', default: '' },
      micro: { type: 'boolean', default: false },
      load: { type: 'boolean', default: false },
      durable: { type: 'boolean', default: false },
      runs: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '4' },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const commits = values.commits === undefined ? undefined : [values.commits, ...positionals];
  if (commits === undefined && positionals.length > 0) throw new Error(`What is "${positionals[0]}"? See --help.`);
  if (commits !== undefined && commits.length !== 2) throw new Error('--commits takes two commits.');
  if (commits !== undefined && (values.url ?? values.compare) !== undefined) {
    throw new Error('--commits starts the brokers itself: leave out --url and --compare.');
  }
  return {
    url: values.url,
    compare: values.compare,
    commits,
    only: new RegExp(values.only, 'i'),
    micro: values.micro || !values.load,
    load: values.load || !values.micro,
    durable: values.durable,
    runs: positive('--runs', values.runs),
    seconds: positive('--seconds', values.seconds),
    json: values.json,
  };
}

function positive(name, text) {
  const value = Number(text);
  if (value > 0) return value;
  throw new Error(`${name} takes a number above 0, not "${text}".`);
}
