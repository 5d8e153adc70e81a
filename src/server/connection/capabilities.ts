import { arch, platform } from 'node:os';
import { type FieldTable, fromPlain, isTrue } from '../../codec/table.ts';
import { clusterName } from '../cluster_name.ts';
import type { Server } from '../server.ts';

/** What a client says it understands, of what changes what it is sent. */
export interface ClientCapabilities {
  readonly consumerCancelNotify: boolean;
  readonly connectionBlocked: boolean;
  readonly authenticationFailureClose: boolean;
}

export const NO_CAPABILITIES: ClientCapabilities = {
  consumerCancelNotify: false,
  connectionBlocked: false,
  authenticationFailureClose: false,
};

export function readCapabilities(clientProperties: FieldTable): ClientCapabilities {
  const field = clientProperties.get('capabilities');
  if (field?.tag !== 'F') return NO_CAPABILITIES;
  const has = (name: string): boolean => isTrue(field.value, name);
  return {
    consumerCancelNotify: has('consumer_cancel_notify'),
    connectionBlocked: has('connection.blocked'),
    authenticationFailureClose: has('authentication_failure_close'),
  };
}

/**
 * RabbitMQ's names, by which clients decide what they may use: only what works is announced. The product and its version are
 * such names as well (docs/decisions/0008-the-product-that-is-announced.md).
 */
export function serverProperties({ product, version, globalParameters }: Server): FieldTable {
  return fromPlain({
    capabilities: {
      publisher_confirms: true,
      exchange_exchange_bindings: true,
      'basic.nack': true,
      consumer_cancel_notify: true,
      'connection.blocked': true,
      consumer_priorities: true,
      authentication_failure_close: true,
      per_consumer_qos: true,
      direct_reply_to: true,
    },
    cluster_name: clusterName(globalParameters),
    copyright: 'Copyright the Leveret contributors',
    information: 'Licensed under the Apache License 2.0',
    platform: `Leveret ${version}, Node.js ${process.versions.node} ${platform()} ${arch()}`,
    product: product.name,
    version: product.version,
  });
}
