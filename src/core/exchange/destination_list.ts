import { assert } from '../../lib/assert.ts';
import type { Binding, Destination } from './binding.ts';

/**
 * The destinations of all bindings, one for each: whatever is bound twice is here twice. In the order of `compare`, if there
 * is one.
 */
export class DestinationList {
  readonly #compare: ((a: Destination, b: Destination) => number) | undefined;
  readonly #bindings = new Set<Binding>();
  /** Undefined after a change, until somebody asks. */
  #list: readonly Destination[] | undefined = [];

  constructor(compare?: (a: Destination, b: Destination) => number) {
    this.#compare = compare;
  }

  add(binding: Binding): void {
    this.#bindings.add(binding);
    this.#list = undefined;
  }

  remove(binding: Binding): void {
    const present = this.#bindings.delete(binding);
    assert(present, 'only a binding that was added is removed');
    this.#list = undefined;
  }

  all(): readonly Destination[] {
    if (this.#list !== undefined) return this.#list;
    const list = Array.from(this.#bindings, ({ destination }) => destination);
    if (this.#compare !== undefined) list.sort(this.#compare);
    this.#list = list;
    return list;
  }
}
