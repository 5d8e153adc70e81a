// The small measurements, each build in a process of its own, in turn.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, number, printTable, ratio } from './table.mjs';

const RUN = fileURLToPath(new URL('../micro/run.mjs', import.meta.url));

/** Nanoseconds per operation, by subject and name. */
export function measureMicro(subjects, { only, runs }) {
  const builds = subjects.filter(({ folder }) => folder !== undefined);
  const samples = builds.map(() => []);
  for (let run = 0; run < (builds.length > 1 ? runs : 1); run++) {
    builds.forEach(({ folder }, index) => {
      const output = execFileSync(process.execPath, [RUN, join(folder, 'dist'), only.source], { encoding: 'utf8' });
      samples[index].push(JSON.parse(output));
    });
  }
  return builds.map(({ name }, index) => ({ name, nanoseconds: mediansByName(samples[index]) }));
}

export function printMicro(results) {
  const [first, second] = results;
  const names = new Set(results.flatMap(({ nanoseconds }) => Object.keys(nanoseconds)));
  if (names.size === 0) return;
  const head = ['one operation', ...results.map(({ name }) => `${name}, ns`), 'per second'];
  const rows = Array.from(names, (name) => [
    name,
    ...results.map(({ nanoseconds }) => number(nanoseconds[name])),
    number(1e9 / first.nanoseconds[name]),
    ...(second === undefined ? [] : [ratio(second.nanoseconds[name], first.nanoseconds[name])]),
  ]);
  printTable(second === undefined ? head : [...head, `speed, times ${second.name}'s`], rows);
}

function mediansByName(samples) {
  const names = Object.keys(samples[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, median(samples.map((sample) => sample[name]))]));
}
