// The whole daemon under each scenario; where there are two, they take turns, so that both meet the same weather.

import { runScenario } from '../load/load.mjs';
import { durable, SCENARIOS } from '../load/scenarios.mjs';
import { median, number, printTable, ratio } from './table.mjs';

const WARM_UP_SECONDS = 1;

/** Medians by scenario and subject. */
export async function measureLoad(subjects, { only, runs, seconds, durable: isDurable }) {
  const scenarios = SCENARIOS.map((scenario) => (isDurable ? durable(scenario) : scenario));
  const results = [];
  for (const scenario of scenarios.filter(({ name }) => only.test(name))) {
    const able = subjectsFor(scenario, subjects);
    if (able.length === 0) continue;
    const samples = able.map(() => []);
    for (let run = 0; run < runs; run++) {
      for (const [index, { url }] of able.entries()) {
        samples[index].push(await runScenario(url, scenario, { seconds, warmUpSeconds: WARM_UP_SECONDS }));
      }
    }
    const figures = able.map(({ name }, index) => ({ name, ...medians(samples[index]), runs: samples[index] }));
    results.push({ scenario: scenario.name, paced: scenario.perSecond !== undefined, figures });
  }
  return results;
}

/** TLS is measured where it is known how to reach it: of a Leveret that was started for this. */
function subjectsFor({ tls = false }, subjects) {
  if (!tls) return subjects;
  return subjects.filter(({ tlsUrl }) => tlsUrl !== undefined).map((subject) => ({ ...subject, url: subject.tlsUrl }));
}

export function printLoad(results) {
  printThroughput(results.filter(({ paced }) => !paced));
  printLatency(results.filter(({ paced }) => paced));
}

function printThroughput(results) {
  if (results.length === 0) return;
  const names = results[0].figures.map(({ name }) => name);
  const rows = results.map(({ scenario, figures: [first, second] }) => [
    scenario,
    number(first.published),
    number(first.delivered),
    ...(second ? [number(second.delivered), ratio(first.delivered, second.delivered)] : []),
  ]);
  const head = ['messages per second', `${names[0]}, published`, 'delivered'];
  printTable(names.length > 1 ? [...head, `${names[1]}, delivered`, 'ratio'] : head, rows);
}

function printLatency(results) {
  const rows = results.flatMap(({ scenario, figures }) =>
    figures.map(({ name, latency }) => [
      `${scenario}: ${name}`,
      ...[latency?.p50, latency?.p99, latency?.p999].map(number),
    ]),
  );
  if (rows.length > 0) printTable(['microseconds', 'p50', 'p99', 'p99.9'], rows);
}

function medians(samples) {
  const of = (pick) => median(samples.map(pick));
  const [{ latency }] = samples;
  return {
    published: of((sample) => sample.published),
    confirmed: of((sample) => sample.confirmed),
    delivered: of((sample) => sample.delivered),
    latency: latency && {
      p50: of((sample) => sample.latency.p50),
      p99: of((sample) => sample.latency.p99),
      p999: of((sample) => sample.latency.p999),
    },
  };
}
