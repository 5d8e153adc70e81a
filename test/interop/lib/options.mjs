import { parseArgs } from 'node:util';

export const usage = `Usage: node test/interop/run.mjs [options]

Runs real AMQP clients against a broker: a Leveret of its own (built first with "npm run build"), or the one given.

  --url URL      test the broker at this address, such as amqp://guest:guest@127.0.0.1:5673
  --management-url URL  its management API, such as http://127.0.0.1:15673
  --only NAMES   only these suites, separated by commas: SUITES
  --check NAME   only the checks of this name, such as rpc
  --strict       a skipped suite counts as a failure
  --help         this page
`;

export function readOptions(argv, suiteNames) {
  const { values } = parseArgs({
    args: argv,
    options: {
      url: { type: 'string' },
      'management-url': { type: 'string' },
      only: { type: 'string' },
      check: { type: 'string' },
      strict: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const only = values.only?.split(',') ?? suiteNames;
  const unknown = only.find((name) => !suiteNames.includes(name));
  if (unknown !== undefined) throw new Error(`--only: no suite "${unknown}"; there are ${suiteNames.join(', ')}`);
  if (values.url !== undefined && !URL.canParse(values.url)) throw new Error(`--url: not an address: ${values.url}`);
  return { ...values, managementUrl: values['management-url'], only };
}
