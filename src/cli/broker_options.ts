import { availableMemoryBytes, defaultDiskFreeLimitBytes, memoryLimitBytes } from '../config/memory.ts';
import type { Settings } from '../config/options.ts';
import type { BrokerOptions } from '../index.ts';
import type { NodeLimits } from '../server/limits.ts';
import { credentialValidator } from './credential_validator.ts';
import { listenerOptions } from './listener_options.ts';
import { managementOptions, prometheusOptions } from './management_options.ts';
import { oauth2Options } from './oauth2_options.ts';
import { otelOptions } from './otel_options.ts';
import { vhostDefaults } from './vhost_defaults.ts';

function limitOptions(settings: Settings): NodeLimits {
  const { connectionMax, channelMaxPerNode, consumerMaxPerChannel, channelTxMessageMax } = settings;
  const { queueMax, exchangeMax, vhostMax } = settings;
  const ofClients = { connectionMax, channelMaxPerNode, consumerMaxPerChannel, channelTxMessageMax };
  return { ...ofClients, queueMax, exchangeMax, vhostMax };
}

/** A broker's options as the settings say; shares of memory are worked out. */
export function brokerOptions(settings: Settings): BrokerOptions {
  const availableBytes = availableMemoryBytes();
  const limitBytes = memoryLimitBytes(settings.memoryLimit, availableBytes);
  const cacheBytes = memoryLimitBytes(settings.memoryCache, limitBytes);
  const { diskFreeLimit } = settings;
  return {
    host: settings.host,
    port: settings.port,
    dataDir: settings.dataDir,
    tracingDir: settings.tracingDir,
    memoryLimitBytes: limitBytes,
    memoryCacheBytes: cacheBytes,
    diskFreeLimitBytes:
      diskFreeLimit === undefined
        ? defaultDiskFreeLimitBytes(cacheBytes)
        : memoryLimitBytes(diskFreeLimit, availableBytes),
    onDamage: settings.onDamage,
    maxMessageSizeBytes: settings.maxMessageSizeBytes,
    frameMax: settings.frameMaxBytes,
    channelMax: settings.channelMax,
    initialFrameMax: settings.initialFrameMaxBytes,
    ...limitOptions(settings),
    heartbeatSeconds: settings.heartbeatSeconds,
    handshakeTimeoutMs: settings.handshakeTimeoutMs,
    consumerTimeoutMs: settings.consumerTimeoutMs,
    loopbackUsers: settings.loopbackUsers,
    allowAnonymous: settings.anonymous,
    anonymousUser: settings.anonymousUser,
    anonymousPassword: settings.anonymousPass,
    events: settings.events,
    eventsVhost: settings.eventsVhost,
    productName: settings.productName,
    productVersion: settings.productVersion,
    defaultUser: settings.defaultUser,
    defaultPassword: settings.defaultPass,
    defaultVhost: settings.defaultVhost,
    defaultUserTags: settings.defaultUserTags,
    defaultPermissions: {
      configure: settings.defaultConfigure,
      write: settings.defaultWrite,
      read: settings.defaultRead,
    },
    passwordHashing: settings.passwordHashing,
    credentialValidator: credentialValidator(settings),
    defaultQueueType: settings.defaultQueueType,
    vhostDefaults: vhostDefaults(settings),
    ...listenerOptions(settings),
    management: managementOptions(settings),
    prometheus: prometheusOptions(settings),
    oauth2: oauth2Options(settings),
    openTelemetry: otelOptions(settings),
    authBackends: settings.authBackends,
  };
}
