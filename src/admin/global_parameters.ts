import type { Events } from '../core/events.ts';
import { ManagementError } from './management_error.ts';
import type { Metadata } from './metadata.ts';
import { parameterCleared, parameterSet } from './node_events.ts';

/** Values of any JSON that belong to the broker as a whole, and mean something to whoever put them there. */
export interface GlobalParameters {
  /** Adds a value, or replaces that of the name. Resolves when it will survive a restart. */
  set(name: string, value: unknown): Promise<void>;
  /** Resolves to false if there is none of that name. */
  delete(name: string): Promise<boolean>;
  get(name: string): unknown;
  list(): readonly { readonly name: string; readonly value: unknown }[];
}

export class MetadataGlobalParameters implements GlobalParameters {
  readonly #metadata: Metadata;
  readonly #events: Events;

  constructor(metadata: Metadata, events: Events) {
    this.#metadata = metadata;
    this.#events = events;
  }

  async set(name: string, value: unknown): Promise<void> {
    const text = JSON.stringify(value);
    if (text === undefined) throw new ManagementError('invalid', 'a parameter should be something that JSON can say');
    // A copy: what the caller does with his later is his.
    const kept: unknown = JSON.parse(text);
    this.#metadata.globalParameters.set(name, kept);
    parameterSet(this.#events, { component: 'global', name, value: kept });
    await this.#metadata.save();
  }

  async delete(name: string): Promise<boolean> {
    const deleted = this.#metadata.globalParameters.delete(name);
    if (deleted) parameterCleared(this.#events, { component: 'global', name });
    await this.#metadata.save();
    return deleted;
  }

  get(name: string): unknown {
    return this.#metadata.globalParameters.get(name);
  }

  list(): readonly { readonly name: string; readonly value: unknown }[] {
    return [...this.#metadata.globalParameters].map(([name, value]) => ({ name, value }));
  }
}
