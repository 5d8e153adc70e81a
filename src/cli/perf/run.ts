import { CHURNS, type ChurnName, runChurn } from './churn.ts';
import { runConnectionCount } from './connection_count.ts';
import { runLoad } from './load.ts';
import type { LoadOptions } from './load_options.ts';
import { churnLine, countLine, loadLines, secondLine } from './print.ts';
import { churnOptions, countOptions, latencyOptions, loadOptions, type PerfFlags } from './read_options.ts';

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

export function throughput(flags: PerfFlags): Promise<void> {
  return load(loadOptions(flags), flags['json'] === true);
}

export function latency(flags: PerfFlags): Promise<void> {
  return load(latencyOptions(flags), flags['json'] === true);
}

async function load(options: LoadOptions, json: boolean): Promise<void> {
  const figures = await runLoad(options, (published, consumed) => {
    if (!json) print(secondLine(published, consumed));
  });
  for (const line of json ? [JSON.stringify(figures)] : loadLines(figures)) print(line);
}

export async function churn(name: ChurnName, flags: PerfFlags): Promise<void> {
  const figures = await runChurn(CHURNS[name], churnOptions(flags));
  print(flags['json'] === true ? JSON.stringify(figures) : churnLine(figures));
}

export async function connectionCount(flags: PerfFlags): Promise<void> {
  const json = flags['json'] === true;
  const figures = await runConnectionCount(countOptions(flags), (opened) => {
    if (!json) print(countLine(opened));
  });
  if (json) print(JSON.stringify(figures));
}
