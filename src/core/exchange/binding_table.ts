import { assert } from '../../lib/assert.ts';
import type { Binding, Destination } from './binding.ts';
import { BindingSet } from './binding_set.ts';
import type { Exchange } from './exchange.ts';

type Bindings = Pick<BindingSet, 'size' | 'get' | 'values' | 'toArray'>;

const NO_BINDINGS: Bindings = new BindingSet();

/**
 * All bindings of a vhost. Those of one source are kept by the source exchange, with its matcher; those of one
 * destination are kept here. Nothing else adds or removes bindings, so that the two indexes and the matchers agree.
 */
export class BindingTable {
  readonly #exchange: (name: string) => Exchange | undefined;
  /** The source exchanges that have bindings: they are found here even when the vhost has already let them go. */
  readonly #sources = new Map<string, Exchange>();
  readonly #destinations: Readonly<Record<Destination['kind'], Map<string, BindingSet>>> = {
    queue: new Map(),
    exchange: new Map(),
  };
  #size = 0;

  constructor(exchange: (name: string) => Exchange | undefined) {
    this.#exchange = exchange;
  }

  get size(): number {
    return this.#size;
  }

  /** Every binding of the vhost, in a list for each source. */
  bySource(): (readonly Binding[])[] {
    return Array.from(this.#sources.values(), ({ bindings }) => bindings.toArray());
  }

  has(binding: Binding): boolean {
    return this.#bySource(binding.source).get(binding) !== undefined;
  }

  /**
   * Returns false when the very binding is there already. The source exchange must exist. Throws the AmqpError of a
   * binding that the exchange's type refuses, having changed nothing.
   */
  add(binding: Binding): boolean {
    const source = this.#exchange(binding.source);
    assert(source !== undefined, 'the source of a binding exists');
    source.matcher.validate?.(binding);
    if (!source.addBinding(binding)) return false;
    this.#sources.set(binding.source, source);
    this.#addToDestination(binding);
    this.#size += 1;
    return true;
  }

  /** Removes the binding with this identity and returns it as it was added, or undefined when there is none. */
  remove(binding: Binding): Binding | undefined {
    const present = this.#bySource(binding.source).get(binding);
    if (present !== undefined) this.#remove(present);
    return present;
  }

  ofSource(name: string): readonly Binding[] {
    return [...this.#bySource(name).values()];
  }

  ofDestination(kind: Destination['kind'], name: string): readonly Binding[] {
    return [...this.#byDestination(kind, name).values()];
  }

  countOfSource(name: string): number {
    return this.#bySource(name).size;
  }

  countOfDestination(kind: Destination['kind'], name: string): number {
    return this.#byDestination(kind, name).size;
  }

  /** For an exchange that goes. Returns what was removed. */
  removeAllOfSource(name: string): readonly Binding[] {
    return this.#removeAll(this.#bySource(name));
  }

  /** For a queue or an exchange that goes. Returns what was removed: the sources may be auto-delete and now unused. */
  removeAllOfDestination(kind: Destination['kind'], name: string): readonly Binding[] {
    return this.#removeAll(this.#byDestination(kind, name));
  }

  #bySource(name: string): Bindings {
    return this.#sources.get(name)?.bindings ?? NO_BINDINGS;
  }

  #byDestination(kind: Destination['kind'], name: string): Bindings {
    return this.#destinations[kind].get(name) ?? NO_BINDINGS;
  }

  #addToDestination(binding: Binding): void {
    const { kind, name } = binding.destination;
    let bindings = this.#destinations[kind].get(name);
    if (bindings === undefined) {
      bindings = new BindingSet();
      this.#destinations[kind].set(name, bindings);
    }
    bindings.add(binding);
  }

  #remove(binding: Binding): void {
    const source = this.#sources.get(binding.source);
    const { kind, name } = binding.destination;
    const siblings = this.#destinations[kind].get(name);
    assert(source !== undefined && siblings !== undefined, 'a binding is in both indexes');
    source.removeBinding(binding);
    if (source.bindings.size === 0) this.#sources.delete(binding.source);
    siblings.delete(binding);
    if (siblings.size === 0) this.#destinations[kind].delete(name);
    this.#size -= 1;
  }

  #removeAll(bindings: Bindings): readonly Binding[] {
    const all = [...bindings.values()];
    for (const binding of all) this.#remove(binding);
    return all;
  }
}
