/** Leveret as a library: `createBroker()` starts an AMQP 0-9-1 broker in this process. */
export type { AlternativeNameType, CertificateLogin, CertificateLoginFrom } from './auth/certificate_name.ts';
export type { Mechanism } from './auth/mechanisms.ts';
export type { OAuth2Options } from './auth/oauth2/options.ts';
export { type Broker, type BrokerOptions, createBroker, type Health } from './broker.ts';
export type { ListenerOptions, TlsOptions } from './broker_listeners.ts';
export type { PrometheusOptions } from './broker_metrics.ts';
export { PolicyError } from './core/policy/check.ts';
export type { Definitions, DefinitionsTransfer } from './definitions.ts';
export type { GlobalParameters } from './global_parameters.ts';
export { type Clock, ManualClock, SystemClock, type Timer } from './lib/clock.ts';
export { StartError, type StartErrorCode } from './lib/start_error.ts';
export { ManagementError, type ManagementErrorCode } from './management_error.ts';
export type { OpenTelemetryOptions, OpenTelemetryProtocol } from './metrics/opentelemetry/options.ts';
export type {
  PermissionInfo,
  PermissionInput,
  Permissions,
  TopicPermissionInfo,
  TopicPermissionInput,
} from './permissions.ts';
export type { ApplyTo, Policies, Policy, PolicyDefinition, PolicyInput, PolicySettings } from './policies.ts';
export type { LiveOptions } from './reconfigure.ts';
export type { Scheduled, ScheduledMessage, ScheduledPlace } from './scheduled.ts';
export type { AlarmName } from './server/alarms.ts';
export type { NodeLimits } from './server/limits.ts';
export type { TlsVersion } from './server/listener/tls_gate.ts';
export type { Logger } from './server/logger.ts';
export type { HashingAlgorithm, UserInfo, UserInput, UserLimits, Users } from './users.ts';
export type { QueueType, VhostLimits, VirtualHostInfo, VirtualHostInput, VirtualHosts } from './virtual_hosts.ts';
