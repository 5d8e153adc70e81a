import { type Binding, bindingEnds } from './binding.ts';
import { tableKey } from './field_key.ts';

/** By the keys of their arguments. */
type Siblings = Map<string, Binding>;

/**
 * Bindings by their identity (see binding.ts). Most are the only one of their exchange or queue, and nearly all the only one
 * between their ends by their routing key. Arguments, of which there may be thousands, become a key only where it takes
 * them to tell two bindings apart.
 */
export class BindingSet {
  /** As long as there is but one. */
  #only: Binding | undefined;
  /** By their ends, once there was more than one. */
  #byEnds: Map<string, Binding | Siblings> | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The binding that has the identity of this one. */
  get(binding: Binding): Binding | undefined {
    if (this.#byEnds === undefined) return isSame(this.#only, binding) ? this.#only : undefined;
    const present = this.#byEnds.get(bindingEnds(binding));
    if (present instanceof Map) return present.get(tableKey(binding.arguments));
    return present !== undefined && hasSameArguments(present, binding) ? present : undefined;
  }

  /** Returns false, and changes nothing, when there is one with its identity. */
  add(binding: Binding): boolean {
    if (this.#byEnds === undefined) {
      if (isSame(this.#only, binding)) return false;
      if (this.#only === undefined) this.#only = binding;
      else this.#addByEnds(this.#growing(this.#only), binding);
    } else if (!this.#addByEnds(this.#byEnds, binding)) return false;
    this.#size += 1;
    return true;
  }

  /** Returns the one that is gone, as it was added. */
  delete(binding: Binding): Binding | undefined {
    const present = this.get(binding);
    if (present === undefined) return undefined;
    this.#only = undefined;
    this.#size -= 1;
    if (this.#size === 0) this.#byEnds = undefined;
    if (this.#byEnds === undefined) return present;
    const ends = bindingEnds(binding);
    const siblings = this.#byEnds.get(ends);
    if (siblings instanceof Map && siblings.size > 1) siblings.delete(tableKey(binding.arguments));
    else this.#byEnds.delete(ends);
    return present;
  }

  /** Those of the same ends together. */
  *values(): Generator<Binding, void, undefined> {
    if (this.#only !== undefined) yield this.#only;
    if (this.#byEnds === undefined) return;
    for (const present of this.#byEnds.values()) {
      if (present instanceof Map) yield* present.values();
      else yield present;
    }
  }

  /** As they are now, in the order of `values`. */
  toArray(): Binding[] {
    if (this.#only !== undefined) return [this.#only];
    const all: Binding[] = [];
    // Without a generator, which takes several times as long where there are very many.
    for (const present of this.#byEnds?.values() ?? []) {
      if (!(present instanceof Map)) all.push(present);
      else for (const binding of present.values()) all.push(binding);
    }
    return all;
  }

  #growing(only: Binding): Map<string, Binding | Siblings> {
    this.#only = undefined;
    this.#byEnds = new Map([[bindingEnds(only), only]]);
    return this.#byEnds;
  }

  #addByEnds(byEnds: Map<string, Binding | Siblings>, binding: Binding): boolean {
    const ends = bindingEnds(binding);
    const present = byEnds.get(ends);
    if (present === undefined) byEnds.set(ends, binding);
    else if (present instanceof Map) {
      const key = tableKey(binding.arguments);
      if (present.has(key)) return false;
      present.set(key, binding);
    } else {
      if (hasSameArguments(present, binding)) return false;
      byEnds.set(ends, new Map([present, binding].map((each) => [tableKey(each.arguments), each])));
    }
    return true;
  }
}

function isSame(a: Binding | undefined, b: Binding): boolean {
  if (a === undefined) return false;
  return a === b || (bindingEnds(a) === bindingEnds(b) && hasSameArguments(a, b));
}

function hasSameArguments(a: Binding, b: Binding): boolean {
  if (a.arguments === b.arguments) return true;
  return a.arguments.size === b.arguments.size && tableKey(a.arguments) === tableKey(b.arguments);
}
