import { AmqpError } from '../../codec/errors.ts';
import type { Method } from '../../codec/methods.gen.ts';
import { stripLineBreaks } from '../../core/names.ts';
import type { DurableStore } from '../../core/ports.ts';
import type { Channel } from './channel.ts';

/**
 * Throws where a method asks for what has to be on disk and, since the journal has failed, never will be: before anything
 * is changed, so that nobody is shown what a restart would undo. Declaring and binding again what is on disk is no change.
 */
export function refuseUnstorable(channel: Channel, method: Method): void {
  const { durable } = channel.vhost;
  if (durable?.failure === undefined || !needsDisk(channel, durable, method)) return;
  throw new AmqpError(541, `the journal has failed: ${durable.failure.message}`);
}

function needsDisk(channel: Channel, durable: DurableStore, method: Method): boolean {
  const { queues, exchanges, bindings } = channel.vhost;
  const queue = (name: string) => queues.get(stripLineBreaks(name === '' ? (channel.lastQueueName ?? '') : name));
  const exchange = (name: string) => exchanges.get(stripLineBreaks(name));
  const isDurable = (found: { properties: { durable: boolean } } | undefined) => found?.properties.durable ?? false;
  // What was not on disk when the journal failed never will be, and nobody knows which of it that is.
  const stored = durable.topologyCommit <= durable.committed;
  switch (method.name) {
    case 'queue.declare':
      if (method.passive || !method.durable || method.exclusive) return false;
      return !stored || method.queue === '' || queue(method.queue) === undefined;
    case 'exchange.declare':
      return !method.passive && method.durable && !(stored && exchange(method.exchange) !== undefined);
    case 'queue.bind': {
      const { exchange: source, routingKey, arguments: table } = method;
      const destination = queue(method.queue);
      if (destination === undefined || !isDurable(exchange(source)) || !isDurable(destination)) return false;
      return !stored || !bindings.has({ source, destination, routingKey, arguments: table });
    }
    case 'queue.unbind':
      return isDurable(exchange(method.exchange)) && isDurable(queue(method.queue));
    case 'exchange.bind':
    case 'exchange.unbind':
      return isDurable(exchange(method.source)) && isDurable(exchange(method.destination));
    case 'queue.delete':
      return isDurable(queue(method.queue));
    case 'exchange.delete':
      return isDurable(exchange(method.exchange));
    case 'tx.commit':
      return true;
    default:
      return false;
  }
}
