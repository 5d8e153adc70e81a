import { z } from 'zod';
import { ok } from '../answer.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { readiness } from '../liveness.ts';

/** For whoever starts and stops brokers: nobody logs in. The port for Prometheus has the same. */
export const LIVENESS: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/health/live',
    may: 'anybody',
    summary: 'Answered while the broker runs.',
    answers: z.object({ status: z.string() }),
    handle: () => ok({ status: 'ok' }),
  }),
  endpoint({
    method: 'GET',
    path: '/health/ready',
    may: 'anybody',
    summary:
      'Whether clients may be sent here: 503 once the journal has failed. Alarms that hold publishers are told, and the ports of AMQP.',
    answers: z.object({ status: z.string(), alarms: z.array(z.string()), ports: z.array(z.number()) }),
    handle: ({ context }) => readiness(context),
  }),
];
