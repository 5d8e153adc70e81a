import { assert } from '../../lib/assert.ts';
import { type Binding, bindingKey, type Destination } from './binding.ts';
import type { Exchange } from './exchange.ts';

type BindingsByKey = ReadonlyMap<string, Binding>;

const NO_BINDINGS: BindingsByKey = new Map();

/**
 * All bindings of a vhost. Those of one source are kept by the source exchange, with its matcher; those of one
 * destination are kept here. Nothing else adds or removes bindings, so that the two indexes and the matchers agree.
 */
export class BindingTable {
  readonly #exchange: (name: string) => Exchange | undefined;
  /** The source exchanges that have bindings: they are found here even when the vhost has already let them go. */
  readonly #sources = new Map<string, Exchange>();
  readonly #destinations = new Map<string, Map<string, Binding>>();
  #size = 0;

  constructor(exchange: (name: string) => Exchange | undefined) {
    this.#exchange = exchange;
  }

  get size(): number {
    return this.#size;
  }

  /** Every binding of the vhost, those of one source together. */
  *all(): Generator<Binding, void, undefined> {
    for (const source of this.#sources.values()) yield* source.bindings.values();
  }

  has(binding: Binding): boolean {
    return this.#bySource(binding.source).has(bindingKey(binding));
  }

  /**
   * Returns false when the very binding is there already. The source exchange must exist. Throws the AmqpError of a
   * binding that the exchange's type refuses, having changed nothing.
   */
  add(binding: Binding): boolean {
    const source = this.#exchange(binding.source);
    assert(source !== undefined, 'the source of a binding exists');
    source.matcher.validate?.(binding);
    const key = bindingKey(binding);
    if (source.bindings.has(key)) return false;
    source.addBinding(key, binding);
    this.#sources.set(binding.source, source);
    this.#addToDestination(key, binding);
    this.#size += 1;
    return true;
  }

  /** Removes the binding with this identity and returns it as it was added, or undefined when there is none. */
  remove(binding: Binding): Binding | undefined {
    const key = bindingKey(binding);
    const present = this.#bySource(binding.source).get(key);
    if (present !== undefined) this.#remove(key, present);
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

  #bySource(name: string): BindingsByKey {
    return this.#sources.get(name)?.bindings ?? NO_BINDINGS;
  }

  #byDestination(kind: Destination['kind'], name: string): BindingsByKey {
    return this.#destinations.get(destinationKey(kind, name)) ?? NO_BINDINGS;
  }

  #addToDestination(key: string, binding: Binding): void {
    const index = destinationKey(binding.destination.kind, binding.destination.name);
    const bindings = this.#destinations.get(index);
    if (bindings === undefined) this.#destinations.set(index, new Map([[key, binding]]));
    else bindings.set(key, binding);
  }

  #remove(key: string, binding: Binding): void {
    const source = this.#sources.get(binding.source);
    const index = destinationKey(binding.destination.kind, binding.destination.name);
    const siblings = this.#destinations.get(index);
    assert(source !== undefined && siblings !== undefined, 'a binding is in both indexes');
    source.removeBinding(key);
    if (source.bindings.size === 0) this.#sources.delete(binding.source);
    siblings.delete(key);
    if (siblings.size === 0) this.#destinations.delete(index);
    this.#size -= 1;
  }

  #removeAll(bindings: BindingsByKey): readonly Binding[] {
    const entries = [...bindings];
    for (const [key, binding] of entries) this.#remove(key, binding);
    return entries.map(([, binding]) => binding);
  }
}

function destinationKey(kind: Destination['kind'], name: string): string {
  return `${kind}:${name}`;
}
