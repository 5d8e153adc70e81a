import type { Environment } from './interpolate.ts';

/** Variables that RabbitMQ's image once took, and refuses now: whoever sets one expects what the broker would not do. */
const OLD_VARIABLES: Readonly<Record<string, string>> = {
  RABBITMQ_DEFAULT_USER_FILE: 'default_user = $(<FILE)',
  RABBITMQ_DEFAULT_PASS_FILE: 'default_pass = $(<FILE)',
  RABBITMQ_SSL_CACERTFILE: 'ssl_options.cacertfile',
  RABBITMQ_SSL_CERTFILE: 'ssl_options.certfile',
  RABBITMQ_SSL_DEPTH: 'ssl_options.depth',
  RABBITMQ_SSL_FAIL_IF_NO_PEER_CERT: 'ssl_options.fail_if_no_peer_cert',
  RABBITMQ_SSL_KEYFILE: 'ssl_options.keyfile',
  RABBITMQ_SSL_VERIFY: 'ssl_options.verify',
  RABBITMQ_MANAGEMENT_SSL_CACERTFILE: 'management.ssl.cacertfile',
  RABBITMQ_MANAGEMENT_SSL_CERTFILE: 'management.ssl.certfile',
  RABBITMQ_MANAGEMENT_SSL_DEPTH: 'management.ssl.depth',
  RABBITMQ_MANAGEMENT_SSL_FAIL_IF_NO_PEER_CERT: 'management.ssl.fail_if_no_peer_cert',
  RABBITMQ_MANAGEMENT_SSL_KEYFILE: 'management.ssl.keyfile',
  RABBITMQ_MANAGEMENT_SSL_VERIFY: 'management.ssl.verify',
  RABBITMQ_VM_MEMORY_HIGH_WATERMARK: 'vm_memory_high_watermark.relative',
};

/** A sentence for each of them that is set. */
export function oldVariables(environment: Environment): readonly string[] {
  return Object.entries(OLD_VARIABLES)
    .filter(([name]) => (environment[name] ?? '') !== '')
    .map(([name, key]) => `environment variable ${name} is not taken, as in RabbitMQ's image. Give ${key} in a file.`);
}
