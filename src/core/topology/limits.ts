import { AmqpError } from '../../codec/errors.ts';
import type { VirtualHost } from '../vhost.ts';

/** How many queues and exchanges there may be. Asked at each declaration of something new; infinity is no limit. */
export interface TopologyLimits {
  /** Of this virtual host. */
  queuesOfVhost(name: string): number;
  /** Of all virtual hosts together. */
  queues(): number;
  exchanges(): number;
  queueCount(): number;
  exchangeCount(): number;
}

/** Throws AmqpError 406. */
export function checkQueueLimits({ limits, queues, name: vhost }: VirtualHost, name: string): void {
  if (limits === undefined) return;
  const ofVhost = limits.queuesOfVhost(vhost);
  if (queues.size >= ofVhost) {
    throw new AmqpError(406, `cannot declare queue '${name}': queue limit in vhost '${vhost}' (${ofVhost}) is reached`);
  }
  const most = limits.queues();
  if (most === Number.POSITIVE_INFINITY || limits.queueCount() < most) return;
  throw new AmqpError(406, `cannot declare queue '${name}': queue limit in cluster (${most}) is reached`);
}

/** Those that every virtual host has count too. Throws AmqpError 406. */
export function checkExchangeLimit({ limits, name: vhost }: VirtualHost, name: string): void {
  if (limits === undefined) return;
  const most = limits.exchanges();
  if (most === Number.POSITIVE_INFINITY || limits.exchangeCount() < most) return;
  throw new AmqpError(
    406,
    `cannot declare exchange '${name}' in vhost '${vhost}': exchange limit of ${most} is reached`,
  );
}
