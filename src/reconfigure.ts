import { type NodeLimits, setLimits } from './server/limits.ts';
import type { Server } from './server/server.ts';

/** What a running broker takes anew; what is left out stays as it is. */
export interface LiveOptions extends Partial<NodeLimits> {
  /** Bytes held beyond which publishers are blocked. */
  readonly memoryLimitBytes?: number;
  /** Free bytes on the data folder's disk below which publishers are blocked. */
  readonly diskFreeLimitBytes?: number | undefined;
  readonly maxMessageSizeBytes?: number;
  /** For connections to come. */
  readonly initialFrameMax?: number;
  /** For connections to come. */
  readonly heartbeatSeconds?: number;
  /** For connections to come. */
  readonly handshakeTimeoutMs?: number;
  /** For consumers to come, where neither they nor their queue say. */
  readonly consumerTimeoutMs?: number;
  /** Users who may only connect from this machine; those who are connected stay. */
  readonly loopbackUsers?: readonly string[];
}

export async function reconfigure(server: Server, options: LiveOptions): Promise<void> {
  server.maxMessageSizeBytes = options.maxMessageSizeBytes ?? server.maxMessageSizeBytes;
  server.initialFrameMax = options.initialFrameMax ?? server.initialFrameMax;
  setLimits(server.limits, options);
  server.heartbeatSeconds = options.heartbeatSeconds ?? server.heartbeatSeconds;
  server.handshakeTimeoutMs = options.handshakeTimeoutMs ?? server.handshakeTimeoutMs;
  server.consumerTimeoutMs = options.consumerTimeoutMs ?? server.consumerTimeoutMs;
  server.users.loopbackUsers = options.loopbackUsers ?? server.users.loopbackUsers;
  await server.alarms.setLimits(options.memoryLimitBytes, options.diskFreeLimitBytes);
}
