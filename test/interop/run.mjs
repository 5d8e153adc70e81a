#!/usr/bin/env node
// Real clients against a real broker: see docs/interop.md.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLeveret } from './lib/leveret.mjs';
import { readOptions, usage } from './lib/options.mjs';
import { install, missing } from './lib/packages.mjs';
import { killEverything, run } from './lib/processes.mjs';
import { createReport, reasonOf } from './lib/report.mjs';
import { suites } from './lib/suites.mjs';

const checkTimeoutMs = 60_000;

async function main(options, temporary) {
  const report = createReport();
  const chosen = suites.filter((suite) => options.only.includes(suite.name));
  const whyNot = await install(chosen.flatMap((suite) => suite.packages));
  const broker = options.url === undefined ? await startLeveret(temporary) : undefined;
  const url = options.url ?? broker.url;
  const managementUrl = broker?.managementUrl ?? options.managementUrl;
  console.log(`testing ${url.replace(/:\/\/.*@/, '://')}`);
  for (const suite of chosen) {
    const absent = await missing(suite.packages);
    if (absent.length > 0) report.skip(suite.name, `needs ${absent.join(' ')}: ${whyNot ?? 'they did not install'}`);
    else await runSuite(suite, { url, managementUrl, temporary, only: options.check, report });
  }
  if (broker) await stopBroker(broker, report);
  report.total();
  return report.count.failed === 0 && !(options.strict && report.count.skipped > 0);
}

async function runSuite(suite, { url, managementUrl, temporary, only, report }) {
  const names = suite.checks.filter((name) => only === undefined || name === only);
  if (names.length === 0) return;
  let opened;
  try {
    opened = await suite.open({ folder: suite.folder, url, managementUrl, temporary });
  } catch (error) {
    report.notOk(`${suite.name} start`, ...firstLineAndRest(error.message));
    return;
  }
  for (const name of names) {
    const [command, args] = opened.command(name);
    const startedMs = Date.now();
    const ended = await run(command, args, {
      timeoutMs: checkTimeoutMs,
      env: { AMQP_URL: url, TMPDIR: temporary },
      cwd: suite.folder,
    });
    const title = `${suite.name} ${name.replaceAll('_', ' ')}`;
    if (ended.code === 0) report.ok(title, Date.now() - startedMs);
    else report.notOk(title, reasonOf(ended, checkTimeoutMs), ended.output);
  }
  await opened.close();
  for (const [name, reason] of Object.entries(suite.leftOut ?? {})) report.leftOut(`${suite.name} ${name}`, reason);
}

async function stopBroker(broker, report) {
  const startedMs = Date.now();
  const { code, signal, output } = await broker.stop();
  if (code === 0) report.ok('leveret stop', Date.now() - startedMs);
  else report.notOk('leveret stop', `ended with ${signal ?? `exit code ${code}`} instead of 0`, output);
}

function firstLineAndRest(text) {
  const end = text.indexOf('\n');
  return end < 0 ? [text] : [text.slice(0, end), text.slice(end + 1)];
}

let options;
try {
  options = readOptions(
    process.argv.slice(2),
    suites.map((suite) => suite.name),
  );
} catch (error) {
  console.error(error.message);
  process.exit(2);
}
if (options.help) {
  console.log(usage.replace('SUITES', suites.map((suite) => suite.name).join(', ')));
  process.exit(0);
}
const temporary = mkdtempSync(join(tmpdir(), 'leveret-interop-'));
process.on('exit', () => {
  killEverything();
  rmSync(temporary, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));
try {
  process.exit((await main(options, temporary)) ? 0 : 1);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
