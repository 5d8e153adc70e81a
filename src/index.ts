/** Leveret as a library: `createBroker()` starts an AMQP 0-9-1 broker in this process. */

export type { Definitions, DefinitionsTransfer } from './admin/definitions.ts';
export type { GlobalParameters } from './admin/global_parameters.ts';
export { ManagementError, type ManagementErrorCode } from './admin/management_error.ts';
export type {
  PermissionInfo,
  PermissionInput,
  Permissions,
  TopicPermissionInfo,
  TopicPermissionInput,
} from './admin/permissions.ts';
export type { ApplyTo, Policies, Policy, PolicyDefinition, PolicyInput, PolicySettings } from './admin/policies.ts';
export type { Scheduled, ScheduledMessage, ScheduledPlace } from './admin/scheduled.ts';
export type { HashingAlgorithm, UserInfo, UserInput, UserLimits, Users } from './admin/users.ts';
export type { DefaultUserInput, VhostDefaultsInput } from './admin/vhost_defaults.ts';
export type { QueueType, VhostLimits, VirtualHostInfo, VirtualHostInput, VirtualHosts } from './admin/virtual_hosts.ts';
export type { AlternativeNameType, CertificateLogin, CertificateLoginFrom } from './auth/certificate_name.ts';
export type { CredentialValidator } from './auth/credential_validator.ts';
export type { Mechanism } from './auth/mechanisms.ts';
export type { OAuth2Options } from './auth/oauth2/options.ts';
export { type Broker, type BrokerOptions, createBroker, type Health } from './broker.ts';
export type { ListenerOptions, TlsOptions } from './broker_listeners.ts';
export type { PrometheusOptions } from './broker_metrics.ts';
export { PolicyError } from './core/policy/check.ts';
export { type Clock, ManualClock, SystemClock, type Timer } from './lib/clock.ts';
export { StartError, type StartErrorCode } from './lib/start_error.ts';
export type { HttpTlsOptions, ManagementOptions, PrometheusPortOptions } from './management/options.ts';
export type { OpenTelemetryOptions, OpenTelemetryProtocol } from './metrics/opentelemetry/options.ts';
export type { LiveOptions } from './reconfigure.ts';
export type { AlarmName } from './server/alarms.ts';
export type { NodeLimits } from './server/limits.ts';
export type { TlsVersion } from './server/listener/tls_gate.ts';
export type { Logger } from './server/logger.ts';
