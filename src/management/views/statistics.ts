import type { Ranges } from '../../metrics/figures.ts';
import type { Metrics } from '../../metrics/metrics.ts';
import { rangesOf } from '../ranges.ts';
import type { ApiRequest } from '../request.ts';

/** Where figures come from, and the charts that are asked for. */
export interface Statistics {
  readonly metrics: Metrics;
  readonly ranges: Ranges;
}

export function statisticsFor({ context, query }: ApiRequest): Statistics {
  return { metrics: context.metrics, ranges: rangesOf(query) };
}

/** When something last happened, as RabbitMQ writes it; left out while nobody has looked. */
export function idleSince(changedAtMs: number | undefined): { readonly idle_since?: string } {
  return changedAtMs === undefined ? {} : { idle_since: new Date(changedAtMs).toISOString().replace('Z', '+00:00') };
}
