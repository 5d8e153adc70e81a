#!/usr/bin/env node
// Runs the programs of a tutorial page, unchanged, against the broker on localhost:5672 where they look for it:
//   node test/interop/tutorial.mjs PAGE.txt
// Consumers are started first, then producers, fed with what they ask for; all that they print is shown.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mend, patternsOf, programsOf } from './lib/page.mjs';
import { killEverything, run, start, waitForOutput } from './lib/processes.mjs';
import { createReport } from './lib/report.mjs';
import { python } from './lib/suites.mjs';

const producerTimeoutMs = 15_000;
const receiptTimeoutMs = 10_000;
// The page's consumers do not say when they are ready, so they are given a while to connect and bind.
const consumerStartMs = 2_000;
const message = 'hello.';

const page = process.argv[2];
if (page === undefined) {
  console.error('Usage: node test/interop/tutorial.mjs PAGE.txt (with a broker on localhost:5672)');
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), 'leveret-tutorial-'));
process.on('exit', () => {
  killEverything();
  rmSync(folder, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));

const report = createReport();
for (const [index, pattern] of patternsOf(programsOf(readFileSync(page, 'utf8'))).entries()) {
  await runPattern(`${index + 1}`, save(`${index + 1}`, pattern));
}
report.total();
process.exit(report.count.failed === 0 && report.count.passed > 0 ? 0 : 1);

function save(name, pattern) {
  mkdirSync(join(folder, name));
  return pattern.map((program) => {
    const whole = program.lostLines > 0 ? mend(program, pattern[1]) : program;
    if (program.lostLines > 0)
      console.log(`${name}/${program.name}: the page lacks its first ${program.lostLines} lines`);
    const path = join(folder, name, program.name);
    writeFileSync(path, whole.source);
    return { ...whole, path, title: `${name}/${program.name}` };
  });
}

async function runPattern(name, [producer, ...consumers]) {
  const missing = await missingQueue(consumers);
  const listening = consumers.map((program) => ({ ...program, handle: start(python, [program.path]) }));
  await new Promise((resolve) => setTimeout(resolve, consumerStartMs));
  const cases = casesFor(producer, consumers);
  for (const { args, input } of cases) {
    const ended = await run(python, [producer.path, ...args], { input, timeoutMs: producerTimeoutMs });
    show(`${producer.title} ${[...args, input].join(' ').trim()}`, ended.output);
    const expected = producer.name === 'client.py' ? /\b200\b/ : /\S/;
    judge(producer.title, ended.code === 0 && expected.test(ended.output), `ended with code ${ended.code}`);
  }
  for (const consumer of listening) {
    const wanted = cases.filter(({ reaches }) => reaches.includes(consumer.name));
    for (const { text } of wanted) await waitForOutput(consumer.handle, text, receiptTimeoutMs);
    show(consumer.title, consumer.handle.output);
    const unwanted = cases.filter((one) => !wanted.includes(one));
    const got = ({ text }) => text.test(consumer.handle.output);
    judge(consumer.title, wanted.every(got) && !unwanted.some(got), 'did not print exactly what it should receive');
  }
  killEverything();
  if (missing) await amqp(`channel.queue_delete(${JSON.stringify(missing)})`);
  console.log(`-- end of pattern ${name}\n`);
}

/** What to run a producer with, what consumers print of it, and which of them should. */
function casesFor(producer, consumers) {
  const all = consumers.map(({ name }) => name);
  if (!producer.source.includes('input(')) {
    const args = producer.source.includes('sys.argv') ? [message] : [];
    const text = producer.name === 'client.py' ? /sum\(100\)\n$/ : /Received 'hello\.'\n \[x\] Done/;
    return [{ args, input: '', text, reaches: all }];
  }
  const bindings = consumers.map(({ name, source }) => ({ name, key: /routing_key="([^"]+)"/.exec(source)[1] }));
  const cases = bindings.map(({ name, key }) => ({ key: key.replace('*', 'readme'), reaches: [name] }));
  cases.push({ key: 'other', reaches: [] }, { key: 'two.words.md', reaches: [] });
  return cases.map(({ key, reaches }) => ({ args: [], input: `${key}\n`, text: new RegExp(`${key}$`, 'm'), reaches }));
}

/**
 * The page's RPC server consumes a queue that no program of the page declares: on any broker it ends with 404 as it stands.
 * That is shown, and then the queue is declared, as the reader must have done by hand.
 */
async function missingQueue(consumers) {
  const server = consumers.find(({ source }) => source.includes('basic_consume') && !source.includes('queue_declare'));
  if (!server) return undefined;
  const queue = /basic_consume\(queue='([^']+)'/.exec(server.source)[1];
  const ended = await run(python, [server.path], { timeoutMs: producerTimeoutMs });
  show(`${server.title}, before anybody declared ${queue}`, ended.output);
  judge(`${server.title} without its queue`, /404.*NOT_FOUND - no queue/.test(ended.output), 'did not end with 404');
  await amqp(`channel.queue_declare(${JSON.stringify(queue)}, durable=True)`);
  return queue;
}

function amqp(statement) {
  const program = `import pika\nchannel = pika.BlockingConnection(pika.ConnectionParameters("localhost")).channel()\n${statement}`;
  return run(python, ['-c', program], { timeoutMs: producerTimeoutMs });
}

function show(title, output) {
  console.log(`-- ${title}\n${output.replace(/^/gm, '   ').trimEnd()}`);
}

function judge(title, good, reason) {
  if (good) report.ok(title);
  else report.notOk(title, reason);
}
