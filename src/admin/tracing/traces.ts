import { type Access, FULL_ACCESS } from '../../core/access.ts';
import { TRACE_EXCHANGE } from '../../core/trace.ts';
import type { VirtualHost } from '../../core/vhost.ts';
import type { Server } from '../../server/server.ts';
import { ManagementError } from '../management_error.ts';
import { Trace, type TraceSettings } from './trace.ts';
import { TraceFolder } from './trace_folder.ts';

/** RabbitMQ's words for whatever went wrong. */
export const NOT_STARTED = 'Something went wrong trying to start the trace - check the logs.';

/** Each has a queue, an open file, and a copy of the messages. */
const TRACES_MAX = 100;

/** What is traced at present. Nothing of it outlives the process but the files. */
export class Traces {
  readonly files: TraceFolder;
  readonly #server: Server;
  /** Of virtual hosts that there are, or were until now. */
  readonly #byVhost = new Map<VirtualHost, Map<string, Trace>>();
  /** Those whose files are being opened. */
  readonly #starting = new Set<string>();
  #closed = false;

  /** Without a folder, files are in one that goes with the broker. */
  constructor(server: Server, dir: string | undefined) {
    this.#server = server;
    this.files = new TraceFolder(dir);
  }

  list(): Trace[] {
    return [...this.#server.vhosts.values()].flatMap((vhost) => [...(this.#byVhost.get(vhost)?.values() ?? [])]);
  }

  get(vhost: VirtualHost, name: string): Trace | undefined {
    return this.#byVhost.get(vhost)?.get(name);
  }

  /**
   * Switches the virtual host's firehose on, too, if this is the first there. Rejects with a ManagementError, having changed
   * nothing; the log has more than that says.
   */
  async start(vhost: VirtualHost, settings: TraceSettings, access: Access = FULL_ACCESS): Promise<void> {
    const key = JSON.stringify([vhost.name, settings.name]);
    try {
      if (this.#starting.has(key) || this.get(vhost, settings.name) !== undefined) throw new Problem('it is there');
      if (this.#starting.size + this.list().length >= TRACES_MAX) throw new Problem('there are too many');
      this.#starting.add(key);
      try {
        await this.#start(vhost, settings, access);
      } finally {
        this.#starting.delete(key);
      }
    } catch (error) {
      if (error instanceof ManagementError) throw error;
      const reason = (error as Error).message;
      this.#server.logger.error({ vhost: vhost.name, trace: settings.name, reason }, 'a trace cannot be started');
      throw new ManagementError('invalid', NOT_STARTED);
    }
  }

  /** Switches the firehose off with the last. False if there is no such trace; else its file has all that it had seen. */
  async stop(vhost: VirtualHost, name: string): Promise<boolean> {
    const trace = this.get(vhost, name);
    await trace?.end();
    return trace !== undefined;
  }

  async close(): Promise<void> {
    this.#closed = true;
    const all = [...this.#byVhost.values()].flatMap((traces) => [...traces.values()]);
    await Promise.all(all.map((trace) => trace.end()));
    await this.files.close();
  }

  async #start(vhost: VirtualHost, settings: TraceSettings, access: Access): Promise<void> {
    const { name } = settings;
    // Before there is a file.
    access.check('read', 'exchange', TRACE_EXCHANGE);
    const file = await this.files.openLog(name);
    try {
      // A while has passed.
      if (this.#closed || this.#server.vhosts.get(vhost.name) !== vhost) throw new Problem('its virtual host is gone');
      const trace = new Trace(this.#server, vhost, settings, access, file, () => this.#ended(trace));
      const traces = this.#byVhost.get(vhost) ?? new Map<string, Trace>();
      this.#byVhost.set(vhost, traces.set(name, trace));
      vhost.tracing = true;
      this.#server.logger.info({ vhost: vhost.name, trace: name, format: settings.format }, 'a trace began');
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  #ended({ vhost, settings }: Trace): void {
    const traces = this.#byVhost.get(vhost);
    traces?.delete(settings.name);
    if (traces === undefined || traces.size > 0) return;
    this.#byVhost.delete(vhost);
    vhost.tracing = false;
  }
}

/** Why there is no trace. */
class Problem extends Error {
  override readonly name = 'Problem';
}
