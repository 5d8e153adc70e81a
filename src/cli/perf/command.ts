import type { Command } from 'commander';
import type { ChurnName } from './churn.ts';
import type { PerfFlags } from './read_options.ts';

const DEFAULT_URI = 'amqp://guest:guest@127.0.0.1:5672';
const URI = ['--uri <uri>', 'Broker to put load on: any that speaks AMQP 0-9-1.', DEFAULT_URI] as const;
const JSON_FLAG = ['-j, --json', 'Print JSON, for programs.', false] as const;

/** As lavinmqperf calls them, with defaults that end by themselves. */
const LOAD_OPTIONS: readonly (readonly [string, string, string?])[] = [
  ['-x, --publishers <number>', 'Publishers, each with a connection of its own.', '1'],
  ['-y, --consumers <number>', 'Consumers, each with a connection of its own.', '1'],
  ['-s, --size <bytes>', 'Size of a body.', '100'],
  ['-a, --ack <number>', 'Acknowledge so many at a time; 0 consumes without acknowledgements.', '0'],
  ['-c, --confirm <number>', 'Publish with confirms, and at most so many unconfirmed; 0 is without.', '0'],
  ['-P, --prefetch <number>', 'Prefetch of each consumer; 0 is without limit.', '0'],
  ['-p, --persistent', 'Publish persistent messages.'],
  ['-u, --queue <name>', 'A queue that is there. Without it one is made, durable, and deleted at the end.'],
  ['-e, --exchange <name>', 'Exchange to publish to. Default: the default exchange.'],
  ['-k, --routing-key <key>', "Routing key. Default: the queue's name."],
  ['--queue-args <json>', 'Arguments of the queue that is made, as JSON.'],
  ['-r, --rate <number>', 'Messages per second of each publisher; 0 is as fast as it goes.', '0'],
  ['-C, --pmessages <number>', 'Stop publishing after so many in all, and end when they are consumed.'],
  ['-D, --cmessages <number>', 'End when so many in all are consumed.'],
];

const CHURN_SENTENCES: Readonly<Record<ChurnName, string>> = {
  'connection-churn': 'Open connections with a channel each and close them, again and again.',
  'channel-churn': 'Open channels and close them.',
  'queue-churn': 'Declare queues and delete them.',
  'bind-churn': 'Bind a queue by ever new keys and unbind it.',
  'consumer-churn': 'Consume from a queue and cancel that.',
};

/** `leveret perf`, as lavinmqperf and PerfTest. */
export function addPerfCommands(leveret: Command): void {
  const perf = leveret
    .command('perf')
    .description('Put load on a broker and measure it; every run ends by itself.')
    .helpOption('-h, --help', 'Print this help.')
    .helpCommand(false);
  addLoad(perf, 'throughput', 'How many messages per second go through, as fast as they go or at a rate.');
  addLoad(perf, 'latency', 'How long a message takes from writing it to reading it, at a rate (1,000 per second).');
  for (const [name, sentence] of Object.entries(CHURN_SENTENCES)) addChurn(perf, name as ChurnName, sentence);
  addConnectionCount(perf);
}

function add(perf: Command, name: string, sentence: string): Command {
  return perf
    .command(name)
    .description(sentence)
    .helpOption('-h, --help', 'Print this help.')
    .allowExcessArguments(false)
    .option(...URI)
    .option('-z, --time <seconds>', 'End after so long.', '10')
    .option(...JSON_FLAG);
}

function addLoad(perf: Command, name: 'throughput' | 'latency', sentence: string): void {
  const command = add(perf, name, sentence);
  for (const [flags, text, fallback] of LOAD_OPTIONS) command.option(flags, text, fallback);
  command.action(async (flags: PerfFlags) => {
    const run = await import('./run.ts');
    await run[name](flags);
  });
}

function addChurn(perf: Command, name: ChurnName, sentence: string): void {
  add(perf, name, sentence)
    .option('--concurrency <number>', 'How many do it at a time.', '1')
    .option('-C, --count <number>', 'End when it was done so often.')
    .action(async (flags: PerfFlags) => {
      const { churn } = await import('./run.ts');
      await churn(name, flags);
    });
}

function addConnectionCount(perf: Command): void {
  add(perf, 'connection-count', 'Open connections, keep them for a while (--time) doing nothing, and close them.')
    .option('-x, --connections <number>', 'How many.', '100')
    .option('--channels <number>', 'Channels on each.', '1')
    .action(async (flags: PerfFlags) => {
      const { connectionCount } = await import('./run.ts');
      await connectionCount(flags);
    });
}
