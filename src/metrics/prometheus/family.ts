/** As RabbitMQ has it. Counters end in `_total`. */
export type MetricType = 'counter' | 'gauge' | 'untyped';

export interface Family<T> {
  /** Without `rabbitmq_`. */
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  /** Undefined where there is no such number. */
  readonly value: (item: T) => number | undefined;
}

/** What `/metrics/detailed` can be asked for, and how its items are told apart. */
export interface Group<T> {
  readonly name: string;
  readonly families: readonly Family<T>[];
  /** Inside the braces. */
  readonly labels: (item: T) => string;
}

export function counter<T>(name: string, help: string, value: Family<T>['value']): Family<T> {
  return { name, type: 'counter', help, value };
}

export function gauge<T>(name: string, help: string, value: Family<T>['value']): Family<T> {
  return { name, type: 'gauge', help, value };
}

/** The names of labels and what they are, as they stand inside the braces. */
export function labels(pairs: Readonly<Record<string, string>>): string {
  return Object.entries(pairs)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',');
}

function escaped(value: string): string {
  if (!/["\\\n]/.test(value)) return value;
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
