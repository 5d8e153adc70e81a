// `npm start`: installs, builds and runs the broker in this very process, so that signals reach it as they are.
// What follows `--` goes to `leveret start`: npm start -- --port 0

import { prepare } from './prepare.mjs';

prepare();
const { run } = await import('../dist/cli/program.js');
await run(['start', ...process.argv.slice(2)]);
