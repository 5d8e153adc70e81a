import { toPlain } from '../../codec/table.ts';
import { BROKER_ITSELF } from '../../core/events.ts';
import type { Exchange } from '../../core/exchange/exchange.ts';
import { appliedPolicies } from '../../core/topology/policies.ts';
import type { VirtualHost } from '../../core/vhost.ts';
import type { Figures } from '../../metrics/figures.ts';
import { messageStats } from '../figures.ts';
import type { Statistics } from './statistics.ts';

export function exchangeView(
  vhost: VirtualHost,
  exchange: Exchange,
  { metrics, ranges }: Statistics,
): Readonly<Record<string, unknown>> {
  const { name, type, durable, autoDelete, internal, arguments: table } = exchange.properties;
  const { policy, operatorPolicy } = appliedPolicies(exchange);
  return {
    ...messageStats(inAndOut(metrics.exchange(exchange, ranges).msg_rates)),
    arguments: toPlain(table),
    auto_delete: autoDelete,
    durable,
    internal,
    name,
    ...(policy === undefined ? {} : { policy: policy.name }),
    ...(operatorPolicy === undefined ? {} : { operator_policy: operatorPolicy.name }),
    type,
    user_who_performed_action: BROKER_ITSELF,
    vhost: vhost.name,
    ...(vhost.delayQueues.has(name) ? { messages_scheduled: vhost.delayQueues.get(name)?.waiting.length } : {}),
  };
}

/** Of the figures of an exchange: RabbitMQ tells no more. */
export function isTold(figure: string): boolean {
  return /^publish_(in|out)/.test(figure);
}

function inAndOut(figures: Figures): Figures {
  return Object.fromEntries(Object.entries(figures).filter(([name]) => isTold(name)));
}
