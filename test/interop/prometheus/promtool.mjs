// Prometheus' own check: that the text can be read, and that nothing is named as it should not be.
import { spawnSync } from 'node:child_process';
import { withMetrics } from './support.mjs';

const FAMILIES = [
  'queue_metrics',
  'queue_coarse_metrics',
  'channel_metrics',
  'exchange_bindings',
  'leveret_queue_metrics',
];
const PATHS = ['', '/per-object', `/detailed?${FAMILIES.map((name) => `family=${name}`).join('&')}`];

await withMetrics(async (url) => {
  for (const path of PATHS) {
    const input = await (await fetch(url + path)).text();
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' });
    if (status === 0) continue;
    console.log(stdout + stderr);
    console.log(`promtool check metrics ended with ${status} for ${url}${path}`);
    process.exitCode = 1;
    return;
  }
});
