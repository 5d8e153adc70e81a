import { toPlain } from '../../codec/table.ts';
import { BROKER_ITSELF } from '../../core/events.ts';
import type { Exchange } from '../../core/exchange/exchange.ts';
import { appliedPolicies } from '../../core/topology/policies.ts';
import type { VirtualHost } from '../../core/vhost.ts';

export function exchangeView(vhost: VirtualHost, exchange: Exchange): Readonly<Record<string, unknown>> {
  const { name, type, durable, autoDelete, internal, arguments: table } = exchange.properties;
  const { policy, operatorPolicy } = appliedPolicies(exchange);
  return {
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
