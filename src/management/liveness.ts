import type { AlarmName } from '../server/alarms.ts';
import type { Server } from '../server/server.ts';

/** Whether clients may be sent here: they may while an alarm holds publishers, and not once the journal has failed. */
export function readiness({ alarms }: Server): {
  readonly status: 200 | 503;
  readonly json: { readonly status: 'ok' | 'failed'; readonly alarms: readonly AlarmName[] };
} {
  const { on } = alarms;
  if (on.includes('journal')) return { status: 503, json: { status: 'failed', alarms: on } };
  return { status: 200, json: { status: 'ok', alarms: on } };
}
