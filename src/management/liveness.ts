import type { AlarmName } from '../server/alarms.ts';
import type { ManagementParts } from './context.ts';

interface Readiness {
  readonly status: 200 | 503;
  readonly json: {
    readonly status: 'ok' | 'failed';
    readonly alarms: readonly AlarmName[];
    /** Of AMQP, with TLS and without: they tell which of several brokers on a machine this is. */
    readonly ports: readonly number[];
  };
}

/** Whether clients may be sent here: they may while an alarm holds publishers, and not once the journal has failed. */
export function readiness({ server, listeners }: ManagementParts): Readiness {
  const { on: alarms } = server.alarms;
  const ports = listeners.filter(({ protocol }) => protocol.startsWith('amqp')).map(({ port }) => port);
  if (alarms.includes('journal')) return { status: 503, json: { status: 'failed', alarms, ports } };
  return { status: 200, json: { status: 'ok', alarms, ports } };
}
