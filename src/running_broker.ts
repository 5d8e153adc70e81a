import type { Administration } from './admin/administration.ts';
import type { DefinitionsTransfer } from './admin/definitions.ts';
import type { GlobalParameters } from './admin/global_parameters.ts';
import type { Permissions } from './admin/permissions.ts';
import { type Policies, VirtualHostPolicies } from './admin/policies.ts';
import { type Scheduled, type ScheduledPlace, scheduledIn } from './admin/scheduled.ts';
import type { Users } from './admin/users.ts';
import type { VhostRegistry } from './admin/vhost_registry.ts';
import type { VirtualHosts } from './admin/virtual_hosts.ts';
import type { Broker, BrokerOptions, Health } from './broker.ts';
import type { Listeners, Ports } from './broker_listeners.ts';
import type { BrokerManagement } from './broker_management.ts';
import type { BrokerMetrics, PrometheusOptions } from './broker_metrics.ts';
import { AmqpError } from './codec/errors.ts';
import type { VirtualHost } from './core/vhost.ts';
import type { ManagementOptions, PrometheusPortOptions } from './management/options.ts';
import { defaultsOf } from './open_metadata.ts';
import { type LiveOptions, reconfigure } from './reconfigure.ts';
import type { Server } from './server/server.ts';

const CLOSE_GRACE_MS = 2_000;

export interface BrokerParts {
  readonly options: BrokerOptions;
  readonly server: Server;
  readonly listeners: Listeners;
  readonly ports: Ports;
  readonly management: BrokerManagement;
  readonly administration: Administration;
  readonly registry: VhostRegistry;
  readonly metrics: BrokerMetrics;
  /** Lets go of everything but the listeners, in this order. */
  readonly undo: readonly (() => void | Promise<void>)[];
}

export class RunningBroker implements Broker {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly tlsPort: number | undefined;
  readonly webSocketPort: number | undefined;
  readonly webSocketTlsPort: number | undefined;
  readonly users: Users;
  readonly permissions: Permissions;
  readonly vhosts: VirtualHosts;
  readonly globalParameters: GlobalParameters;
  readonly definitions: DefinitionsTransfer;
  readonly #parts: BrokerParts;
  #closing: Promise<void> | undefined;

  constructor(parts: BrokerParts) {
    const { options, ports, administration } = parts;
    this.#parts = parts;
    this.host = options.host ?? '127.0.0.1';
    this.port = ports.port ?? 0;
    this.tlsPort = ports.tlsPort;
    this.webSocketPort = ports.webSocketPort;
    this.webSocketTlsPort = ports.webSocketTlsPort;
    const { user, password, vhost } = defaultsOf(options);
    const shownHost = this.host.includes(':') ? `[${this.host}]` : this.host;
    const path = vhost === '/' ? '' : `/${encodeURIComponent(vhost)}`;
    const credentials = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
    this.url = `amqp://${credentials}@${shownHost}:${this.port}${path}`;
    this.users = administration.users;
    this.permissions = administration.permissions;
    this.vhosts = administration.vhosts;
    this.globalParameters = administration.globalParameters;
    this.definitions = administration.definitions;
  }

  get managementPort(): number | undefined {
    return this.#parts.management.port;
  }

  get managementTlsPort(): number | undefined {
    return this.#parts.management.tlsPort;
  }

  get managementUrl(): string | undefined {
    return this.#parts.management.url;
  }

  openManagement(options: ManagementOptions): Promise<void> {
    return this.#parts.management.open(options);
  }

  get prometheusPort(): number | undefined {
    return this.#parts.management.prometheusPort;
  }

  get prometheusTlsPort(): number | undefined {
    return this.#parts.management.prometheusTlsPort;
  }

  openPrometheus(options: PrometheusPortOptions): Promise<void> {
    return this.#parts.management.openPrometheus(options);
  }

  health(): Health {
    return { alarms: this.#parts.server.alarms.on };
  }

  async reloadCertificates(): Promise<void> {
    const { listeners, management } = this.#parts;
    await listeners.reloadCertificates();
    await management.reloadCertificates();
  }

  policies(vhost = '/'): Policies {
    return new VirtualHostPolicies(this.#vhost(vhost), 'policy');
  }

  operatorPolicies(vhost = '/'): Policies {
    return new VirtualHostPolicies(this.#vhost(vhost), 'operator policy');
  }

  scheduled(place: ScheduledPlace, vhost = '/'): Scheduled {
    return scheduledIn(this.#vhost(vhost), place);
  }

  tracing(vhost: string, on: boolean): void {
    this.#vhost(vhost).tracing = on;
  }

  prometheus(options: PrometheusOptions = {}): AsyncIterable<string> {
    return this.#parts.metrics.prometheus(options);
  }

  reconfigure(options: LiveOptions): Promise<void> {
    return reconfigure(this.#parts.server, options);
  }

  close(options: { readonly reason?: string } = {}): Promise<void> {
    this.#closing ??= this.#close(options.reason ?? 'shutdown');
    return this.#closing;
  }

  #vhost(name: string): VirtualHost {
    const vhost = this.#parts.registry.open.get(name);
    if (vhost === undefined) throw new AmqpError(404, `no virtual host '${name}'`);
    return vhost;
  }

  async #close(reason: string): Promise<void> {
    const { server, listeners, management, undo } = this.#parts;
    const { connections } = server;
    await management.close();
    const closed = listeners.close();
    for (const connection of connections) connection.forceClose(reason);
    // Real time, not the clock's: a test that holds time still must still be able to close its broker.
    const grace = setTimeout(() => {
      for (const connection of connections) connection.socket.destroy();
    }, CLOSE_GRACE_MS);
    await closed;
    clearTimeout(grace);
    // What the last of them had is still being removed.
    while (!server.turn.idle) await new Promise((resolve) => setImmediate(resolve));
    for (const step of undo) await step();
  }
}
