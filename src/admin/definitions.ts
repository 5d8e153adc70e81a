import { LazyList } from '../lib/lazy_list.ts';
import type { DefinitionsContext } from './definitions_context.ts';
import { exportDefinitions, type LazyDefinitions } from './definitions_export.ts';

/** As RabbitMQ's management API has them: JSON that can be moved to another broker, RabbitMQ or Leveret. */
export type Definitions = Readonly<Record<string, unknown>>;

/** Everything about a broker but its messages: users, virtual hosts, permissions, policies, exchanges, queues and bindings. */
export interface DefinitionsTransfer {
  /** Of the whole broker, or of one virtual host, without users and permissions. */
  export(vhost?: string): Definitions;
  /**
   * Adds what is not there, and replaces users, permissions, policies and parameters; queues and exchanges that are there stay as
   * they are. Objects that do not say a virtual host's name are for `vhost`. Resolves when all of it will survive a restart.
   * Rejects with a ManagementError or PolicyError: what was wrong with the shape is told before anything is changed, what
   * cannot be otherwise ends the import there, after its kind: the exchanges, queues or bindings beside it are made.
   */
  import(definitions: Definitions, vhost?: string): Promise<void>;
}

export class BrokerDefinitions implements DefinitionsTransfer {
  readonly #context: DefinitionsContext;

  constructor(context: DefinitionsContext) {
    this.#context = context;
  }

  export(vhost?: string): Definitions {
    const definitions = Object.entries(this.exportLazily(vhost));
    return Object.fromEntries(definitions.map(([kind, of]) => [kind, of instanceof LazyList ? of.all() : of]));
  }

  /** The same, for who sends them over several turns of the event loop. */
  exportLazily(vhost?: string): LazyDefinitions {
    return exportDefinitions(this.#context, vhost);
  }

  async import(definitions: Definitions, vhost?: string): Promise<void> {
    // Loaded when there is something to import: a start does not wait for it.
    const { importDefinitions } = await import('./definitions_import.ts');
    await importDefinitions(this.#context, definitions, vhost);
  }
}
