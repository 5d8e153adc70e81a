// What the daemon is measured with. Absent numbers are: no confirms, no acknowledgements, no prefetch limit, no fanout,
// and as fast as it goes. `table` are the queue's arguments; `delayMs` is what messages ask for by x-delay; messages take turns
// in so many `priorities`, or in so many `groups`, by their message ids; `tls` is TLS 1.3; those that are `deadLettered` are
// published to a queue that has room for none, and consumed from where its dead go; with `retries` each is sent back once.

const ONE = { publishers: 1, consumers: 1, bodyBytes: 100 };

export const SCENARIOS = [
  { name: '1 to 1, 100 B', ...ONE },
  { name: '1 to 1, 100 B, confirms 1000, acks 100', ...ONE, window: 1000, ackEvery: 100, prefetch: 1000 },
  { name: '1 to 1, 16 KiB', ...ONE, bodyBytes: 16 * 1024 },
  { name: '1 to 1, 100 KiB', ...ONE, bodyBytes: 100 * 1024 },
  { name: '1 to 1, 100 B, TLS', ...ONE, tls: true },
  { name: '1 to 1, 16 KiB, TLS', ...ONE, bodyBytes: 16 * 1024, tls: true },
  { name: 'fanout to 10 queues, 100 B', ...ONE, consumers: 10, fanout: 10 },
  { name: '20 to 20 on one queue, 100 B', ...ONE, publishers: 20, consumers: 20 },
  { name: 'priority queue, 100 B', ...ONE, table: { 'x-max-priority': 10 }, priorities: 10 },
  { name: 'queue with a TTL, 100 B', ...ONE, table: { 'x-message-ttl': 60_000 } },
  { name: 'full queue that drops, 100 B', ...ONE, consumers: 0, window: 1000, table: { 'x-max-length': 1000 } },
  { name: 'dead letters, 100 B', ...ONE, deadLettered: true },
  { name: 'single active consumer of 2, 100 B', ...ONE, consumers: 2, table: { 'x-single-active-consumer': true } },
  { name: 'message groups, 100 B', ...ONE, consumers: 4, table: { 'x-group-by': 'property:message-id' }, groups: 100 },
  { name: 'delayed by 1 s, 100 B', ...ONE, table: { 'x-scheduled-delivery': true }, delayMs: 1000 },
  {
    name: 'retry after 100 ms, 100 B, durable quorum',
    ...ONE,
    ...{ window: 1000, ackEvery: 100, prefetch: 1000, durable: true, retries: true },
    table: { 'x-queue-type': 'quorum', 'x-delayed-retry-type': 'all', 'x-delayed-retry-min': 100 },
  },
  { name: 'latency at 5,000/s, 100 B', ...ONE, perSecond: 5000 },
];

/** The same with durable queues and persistent messages. */
export function durable(scenario) {
  return { ...scenario, name: `${scenario.name}, durable`, durable: true };
}
