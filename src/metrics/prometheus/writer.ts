import type { Family } from './family.ts';

/**
 * The two formats that Prometheus reads. They differ in little:
 *
 *     text                                         OpenMetrics
 *     # TYPE rabbitmq_queues_created_total counter  # TYPE rabbitmq_queues_created counter
 *     # HELP rabbitmq_queues_created_total Total …  # HELP rabbitmq_queues_created Total …
 *     rabbitmq_queues_created_total 12              rabbitmq_queues_created_total 12
 *     # TYPE rabbitmq_build_info untyped            # TYPE rabbitmq_build_info unknown
 *                                                   # EOF
 */
export type Format = 'text' | 'openmetrics';

export const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

type AnyType = Family<unknown>['type'] | 'histogram' | 'summary';

export function header(format: Format, name: string, type: AnyType, help: string): string {
  const open = format === 'openmetrics';
  const family = open && type === 'counter' ? name.replace(/_total$/, '') : name;
  const shown = open && type === 'untyped' ? 'unknown' : type;
  return `# TYPE ${family} ${shown}\n# HELP ${family} ${help}\n`;
}

export function line(name: string, labels: string, value: number): string {
  const shown = value === Number.POSITIVE_INFINITY ? '+Inf' : value;
  return labels === '' ? `${name} ${shown}\n` : `${name}{${labels}} ${shown}\n`;
}

/** `upTo[i]` is how many were no larger than `bounds[i]`. */
export function histogram(name: string, labels: string, { bounds, upTo, count, sum }: HistogramFigures): string {
  const inside = labels === '' ? '' : `${labels},`;
  const buckets = bounds.map((bound, i) => line(`${name}_bucket`, `${inside}le="${bound}"`, upTo[i] as number));
  return [
    ...buckets,
    line(`${name}_bucket`, `${inside}le="+Inf"`, count),
    line(`${name}_count`, labels, count),
    line(`${name}_sum`, labels, sum),
  ].join('');
}

export interface HistogramFigures {
  readonly bounds: readonly number[];
  readonly upTo: readonly number[];
  readonly count: number;
  readonly sum: number;
}

export function end(format: Format): string {
  return format === 'openmetrics' ? '# EOF\n' : '';
}

/** Of the formats that an Accept header names, the one that is wanted most; text where it names none of them. */
export function formatFor(accept: string | undefined): Format {
  let best: Format = 'text';
  let most = 0;
  for (const range of (accept ?? '').split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const quality = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1);
    const format = formatOf(type);
    if (format === undefined || !(quality > most)) continue;
    most = quality;
    best = format;
  }
  return best;
}

function formatOf(type: string): Format | undefined {
  if (type === 'application/openmetrics-text') return 'openmetrics';
  return type === 'text/plain' || type === 'text/*' || type === '*/*' ? 'text' : undefined;
}
