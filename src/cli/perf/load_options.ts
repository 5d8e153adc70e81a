import type { FieldTable } from '../../codec/table.ts';
import type { AmqpUrl } from './amqp_url.ts';

/** What `leveret perf throughput` and `latency` are asked for. */
export interface LoadOptions {
  readonly url: AmqpUrl;
  readonly publishers: number;
  readonly consumers: number;
  readonly bodyBytes: number;
  /** Messages are acknowledged so many at a time; undefined is never, the queue does without. */
  readonly ackEvery: number | undefined;
  /** How many messages of a publisher may be unconfirmed; undefined is without confirms. */
  readonly unconfirmedMax: number | undefined;
  readonly prefetch: number | undefined;
  readonly persistent: boolean;
  /** One that is there; undefined has one made for the run. */
  readonly queue: string | undefined;
  readonly exchange: string;
  readonly routingKey: string | undefined;
  readonly queueArguments: FieldTable;
  /** Per publisher and second; undefined is as many as there can be. */
  readonly publishRate: number | undefined;
  readonly seconds: number;
  /** All publishers together stop after so many. */
  readonly publishMax: number | undefined;
  /** The run ends when all consumers together have so many. */
  readonly consumeMax: number | undefined;
}
