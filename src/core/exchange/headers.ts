import type { FieldTable } from '../../codec/table.ts';
import { assert } from '../../lib/assert.ts';
import type { Binding, Destination } from './binding.ts';
import { headerValueKey } from './field_key.ts';
import type { Matcher } from './matcher.ts';
import type { RoutedProperties } from './routed_properties.ts';
import { readXMatch, X_MATCH } from './x_match.ts';

const X_PREFIX = 'x-';

/** A header that a binding asks for: with this value, or, by a void one, with any. */
interface Criterion {
  readonly name: string;
  readonly valueKey: string | undefined;
}

type Bucket = Set<Rule>;

/** A binding as it is matched. */
interface Rule {
  readonly destination: Destination;
  readonly criteria: readonly Criterion[];
  /** Whether all criteria must hold, or any one. */
  readonly all: boolean;
  /** The criteria it is indexed by: one of them when all must hold, else every one. */
  readonly indexed: readonly Criterion[];
  /** The last match that found it: a message may satisfy thousands of criteria of one that any of them suffices for. */
  foundIn: number;
}

/** The rules that are indexed by one header. */
interface HeaderIndex {
  readonly present: Bucket;
  readonly byValue: Map<string, Bucket>;
}

/**
 * Headers against a binding's arguments, by its `x-match`.
 *
 * A message is not held against every binding, only against those indexed by a header that it has. Where any criterion
 * suffices, that is already the match. Where all must hold, the binding is indexed by the criterion that fewest others
 * are indexed by, since one that many bindings share (`type: order`) would find them all each time.
 */
export class HeadersMatcher implements Matcher {
  readonly keyDecides = false;
  readonly firstKeyOnly = true;
  readonly #rules = new Map<Binding, Rule>();
  readonly #index = new Map<string, HeaderIndex>();
  /** Those where all of no criteria must hold: they match every message. */
  readonly #unconditional: Bucket = new Set();
  #matches = 0;

  validate(binding: Binding): void {
    readXMatch(binding.arguments);
  }

  add(binding: Binding): void {
    const xMatch = readXMatch(binding.arguments);
    const criteria = readCriteria(binding.arguments, xMatch.endsWith('-with-x'));
    const all = xMatch.startsWith('all');
    const indexed = all ? this.#rarest(criteria) : criteria;
    const rule: Rule = { destination: binding.destination, criteria, all, indexed, foundIn: 0 };
    this.#rules.set(binding, rule);
    if (all && criteria.length === 0) this.#unconditional.add(rule);
    for (const criterion of indexed) this.#bucketFor(criterion).add(rule);
  }

  remove(binding: Binding): void {
    const rule = this.#rules.get(binding);
    assert(rule !== undefined, 'only a binding that was added is removed');
    this.#rules.delete(binding);
    this.#unconditional.delete(rule);
    for (const criterion of rule.indexed) this.#removeFromIndex(criterion, rule);
  }

  /** Returns how many rules it looked at, which is what it cost. */
  match(_routingKey: string, { headers }: RoutedProperties, found: (destination: Destination) => void): number {
    let looks = this.#unconditional.size;
    this.#matches += 1;
    for (const rule of this.#unconditional) found(rule.destination);
    if (headers === undefined) return looks;
    for (const [name, field] of headers) {
      const index = this.#index.get(name);
      if (index === undefined) continue;
      looks += matchBucket(index.present, headers, this.#matches, found);
      const bucket = index.byValue.size === 0 ? undefined : index.byValue.get(headerValueKey(field));
      if (bucket !== undefined) looks += matchBucket(bucket, headers, this.#matches, found);
    }
    return looks;
  }

  #rarest(criteria: readonly Criterion[]): readonly Criterion[] {
    let rarest = criteria[0];
    if (rarest === undefined) return [];
    let size = this.#bucketSize(rarest);
    for (const criterion of criteria) {
      const otherSize = this.#bucketSize(criterion);
      if (otherSize >= size) continue;
      rarest = criterion;
      size = otherSize;
    }
    return [rarest];
  }

  #bucketSize({ name, valueKey }: Criterion): number {
    const index = this.#index.get(name);
    const bucket = valueKey === undefined ? index?.present : index?.byValue.get(valueKey);
    return bucket?.size ?? 0;
  }

  #bucketFor({ name, valueKey }: Criterion): Bucket {
    let index = this.#index.get(name);
    if (index === undefined) {
      index = { present: new Set(), byValue: new Map() };
      this.#index.set(name, index);
    }
    if (valueKey === undefined) return index.present;
    let bucket = index.byValue.get(valueKey);
    if (bucket === undefined) {
      bucket = new Set();
      index.byValue.set(valueKey, bucket);
    }
    return bucket;
  }

  #removeFromIndex({ name, valueKey }: Criterion, rule: Rule): void {
    const index = this.#index.get(name);
    assert(index !== undefined, 'a rule is indexed by its criteria');
    if (valueKey === undefined) {
      index.present.delete(rule);
    } else {
      const bucket = index.byValue.get(valueKey);
      bucket?.delete(rule);
      if (bucket?.size === 0) index.byValue.delete(valueKey);
    }
    if (index.present.size === 0 && index.byValue.size === 0) this.#index.delete(name);
  }
}

function matchBucket(
  bucket: Bucket,
  headers: FieldTable,
  match: number,
  found: (destination: Destination) => void,
): number {
  for (const rule of bucket) {
    if (rule.foundIn === match) continue;
    if (rule.all && !rule.criteria.every((criterion) => holds(criterion, headers))) continue;
    rule.foundIn = match;
    found(rule.destination);
  }
  return bucket.size;
}

function holds({ name, valueKey }: Criterion, headers: FieldTable): boolean {
  const field = headers.get(name);
  return field !== undefined && (valueKey === undefined || headerValueKey(field) === valueKey);
}

function readCriteria(table: FieldTable, withX: boolean): readonly Criterion[] {
  const criteria: Criterion[] = [];
  for (const [name, field] of table) {
    if (name === X_MATCH || (!withX && name.startsWith(X_PREFIX))) continue;
    criteria.push({ name, valueKey: field.tag === 'V' ? undefined : headerValueKey(field) });
  }
  return criteria;
}
