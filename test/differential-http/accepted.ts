import { ACCEPTED_MESSAGING } from './accepted_messaging.ts';

/** Where the API is unlike RabbitMQ's, and is meant to be. */
export interface Accepted {
  readonly request: RegExp;
  /** Of the line that tells the difference. */
  readonly difference: RegExp;
  readonly why: string;
}

export const ACCEPTED: readonly Accepted[] = [
  {
    request: /^POST vhosts\/http-nowhere\/start/,
    difference: /no_such_vhost/,
    why: 'RabbitMQ breaks a long line',
  },
  {
    request: /^GET nodes/,
    difference: /(metrics_gc_queue_length|ra_open_file_metrics)\.\w+: missing$/,
    why: 'queues within Erlang',
  },
  { request: /^GET nodes/, difference: /event_loop_delay(_details)?: more$/, why: "Leveret's own" },
  { request: /^GET overview/, difference: /^listeners\[\]\.socket_opts/, why: 'options of sockets are of Erlang' },
  {
    request: /^GET overview\?columns=object_totals/,
    difference: /^object_totals\.\w+: missing$/,
    why: 'a column of an object is that column alone, as in lists',
  },
  { request: /^GET health\/checks\/(port|protocol)-listener/, difference: /No active listener/, why: 'other ports' },
  {
    request: /^PUT traces\/http-nowhere/,
    difference: /^status 500 is 404/,
    why: 'RabbitMQ fails where there is no such virtual host',
  },
  {
    request: /^GET trace-files\/.*etc%2Fpasswd/,
    difference: /^status 500 is 404/,
    why: 'RabbitMQ fails at paths that lead out of the folder',
  },
  {
    request: /^DELETE traces\/http-tracing\/t$/,
    difference: /^status 204 is 404/,
    why: 'RabbitMQ lists a trace that could not be started',
  },
  { request: /^GET trace-files\?sort=name/, difference: /t\.log/, why: 'RabbitMQ sorts neither traces nor files' },
  {
    request: /^GET traces/,
    difference: /(^|\.)queue\.arguments\.x-max-length(-bytes)?: more$/,
    why: 'what waits to be written is limited',
  },
  {
    request: /^GET traces/,
    difference: /(^|\.)queue\.(?!arguments)\w+: more$/,
    why: 'RabbitMQ tells of its figures five seconds later',
  },
  { request: /^GET users\?page=99/, difference: /page_out_of_range/, why: 'there are other users' },
  { request: /^POST definitions \[\]/, difference: /not_json/, why: 'one word for what is no object' },
  {
    request: /^POST definitions .*http-nobody/,
    difference: /^status 400 is 204/,
    why: 'a user in definitions needs no tags',
  },
  ...ACCEPTED_MESSAGING,
];
