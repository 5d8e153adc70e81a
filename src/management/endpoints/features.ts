import { z } from 'zod';
import { list, noContent } from '../answer.ts';
import { badRequest } from '../api_error.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';

const FLAG = z.object({
  name: z.string(),
  desc: z.string(),
  doc_url: z.string(),
  state: z.string(),
  stability: z.string(),
  require_level: z.string(),
  experiment_level: z.string(),
  callbacks: z.array(z.string()),
  provided_by: z.string(),
});
const FEATURE = z.object({
  name: z.string(),
  state: z.string(),
  desc: z.string(),
  deprecation_phase: z.string(),
  doc_url: z.string(),
  provided_by: z.string(),
});

/** RabbitMQ's flags for what is here, which programs look for before they use it. All are on, and cannot be turned off. */
const FLAGS: Readonly<Record<string, string>> = {
  classic_queue_type_delivery_support: 'Classic queues deliver as other queue types do',
  detailed_queues_endpoint: 'The endpoint /api/queues/detailed',
  direct_exchange_routing_v2: 'Routing by index',
  drop_unroutable_metric: 'Count messages that are dropped since no queue gets them',
  empty_basic_get_metric: 'Count basic.get of empty queues',
  implicit_default_bindings: 'The default exchange has no stored bindings',
  message_containers: 'Message containers',
  message_containers_deaths_v2: 'Cycles of dead-lettering are noticed',
  quorum_queue: 'Queues of type quorum',
  rabbit_exchange_type_local_random: 'Exchanges of type x-local-random',
  'rabbitmq_4.0.0': "RabbitMQ 4.0's features",
  'rabbitmq_4.1.0': "RabbitMQ 4.1's features",
  'rabbitmq_4.2.0': "RabbitMQ 4.2's features",
  'rabbitmq_4.3.0': "RabbitMQ 4.3's features",
  stream_queue: 'Dead-lettering at least once, from queues of type quorum',
  user_limits: 'Limits of connections and channels for a user',
  virtual_host_metadata: 'Descriptions, tags and default queue types of virtual hosts',
};

/** What RabbitMQ has given up, or is about to. */
const DEPRECATED: readonly { readonly name: string; readonly state: 'permitted' | 'denied'; readonly phase: string }[] =
  [
    { name: 'classic_queue_mirroring', state: 'denied', phase: 'removed' },
    { name: 'ram_node_type', state: 'denied', phase: 'removed' },
    { name: 'queue_master_locator', state: 'denied', phase: 'denied_by_default' },
    { name: 'global_qos', state: 'permitted', phase: 'denied_by_default' },
    { name: 'transient_nonexcl_queues', state: 'permitted', phase: 'permitted_by_default' },
    { name: 'management_metrics_collection', state: 'permitted', phase: 'permitted_by_default' },
  ];

export const FEATURES: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/api/feature-flags',
    may: 'management',
    summary: "RabbitMQ's feature flags, as far as they are about what is here.",
    isList: true,
    answers: FLAG,
    handle: () =>
      list(
        Object.entries(FLAGS).map(([name, desc]) => ({
          name,
          desc,
          doc_url: '',
          state: 'enabled',
          stability: 'required',
          require_level: 'hard',
          experiment_level: 'supported',
          callbacks: [],
          provided_by: 'rabbit',
        })),
      ),
  }),
  endpoint({
    method: 'PUT',
    path: '/api/feature-flags/:name/enable',
    may: 'administrator',
    summary: 'Nothing is to be done: all that there are are on.',
    handle: ({ params }) => {
      if (!Object.hasOwn(FLAGS, params.name)) throw badRequest('unsupported');
      return noContent();
    },
  }),
  endpoint({
    method: 'GET',
    path: '/api/deprecated-features',
    may: 'management',
    summary: 'What RabbitMQ has given up or is about to, and whether it may be used here.',
    isList: true,
    answers: FEATURE,
    handle: () =>
      list(
        DEPRECATED.map(({ name, state, phase }) => ({
          name,
          state,
          desc: '',
          deprecation_phase: phase,
          doc_url: '',
          provided_by: 'rabbit',
        })),
      ),
  }),
  endpoint({
    method: 'GET',
    path: '/api/deprecated-features/used',
    may: 'management',
    summary: 'None: nothing here is about to be given up.',
    isList: true,
    answers: FEATURE,
    handle: () => list([]),
  }),
];
