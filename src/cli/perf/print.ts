import type { ChurnFigures } from './churn.ts';
import type { CountFigures } from './connection_count.ts';
import type { LoadFigures } from './load.ts';

/** With commas between the thousands. */
function number(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

export function secondLine(published: number, consumed: number): string {
  return `publish rate: ${number(published)} msgs/s, consume rate: ${number(consumed)} msgs/s`;
}

export function loadLines(figures: LoadFigures): readonly string[] {
  const { publishedPerSecond, consumedPerSecond, confirmedPerSecond, confirmed, refused, latencyMicroseconds } =
    figures;
  const lines = [
    `${number(figures.published)} published and ${number(figures.consumed)} consumed in ${figures.seconds.toFixed(1)} s`,
    `average publish rate: ${number(publishedPerSecond)} msgs/s`,
    `average consume rate: ${number(consumedPerSecond)} msgs/s`,
  ];
  if (confirmed > 0) lines.push(`average confirm rate: ${number(confirmedPerSecond)} msgs/s`);
  if (refused > 0) lines.push(`refused (basic.nack): ${number(refused)}`);
  if (latencyMicroseconds !== undefined) {
    const shares = Object.entries(latencyMicroseconds).map(([name, value]) => `${name} ${number(value)}`);
    lines.push(`latency in µs: ${shares.join(', ')}`);
  }
  return lines;
}

export function churnLine({ count, seconds, perSecond }: ChurnFigures): string {
  return `${number(count)} times in ${seconds.toFixed(1)} s: ${number(perSecond)} times/s`;
}

export function countLine({ connections, openSeconds, perSecond }: CountFigures): string {
  return `${number(connections)} connections opened in ${openSeconds.toFixed(1)} s: ${number(perSecond)} connections/s`;
}
