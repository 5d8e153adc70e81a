import { EncodedTable } from '../../codec/encoded_table.ts';
import { EMPTY_TABLE, type FieldTable, type FieldValue } from '../../codec/table.ts';
import { assert } from '../../lib/assert.ts';
import type { Binding, Destination } from './binding.ts';
import { headerValueKey, MANY_ENTRIES } from './field_key.ts';
import { type Criteria, criteriaOf, holdsAll, ManyCriteria } from './many_criteria.ts';
import type { Matcher } from './matcher.ts';
import { encodedHeaders, type RoutedProperties } from './routed_properties.ts';
import { readXMatch, X_MATCH } from './x_match.ts';

const X_PREFIX = 'x-';

/** A header that a binding asks for: with this value, or, by a void one, with any. */
interface Criterion {
  readonly name: string;
  readonly valueKey: string | undefined;
}

/** Rules by one criterion: mostly one, or few, which then need no set. */
type Bucket = Rule | Rule[] | Set<Rule>;

const FEW_MAX = 8;

/** A binding as it is matched. */
interface Rule {
  readonly destination: Destination;
  readonly criteria: readonly Criterion[];
  /** In their place, where they are very many. */
  readonly many: Criteria | undefined;
  /** Whether all criteria must hold, or any one. */
  readonly all: boolean;
  /** The criteria it is indexed by: one of them when all must hold, else every one. */
  readonly indexed: readonly Criterion[];
  /** The last match that found it: a message may satisfy thousands of criteria of one that any of them suffices for. */
  foundIn: number;
}

/** The rules that are indexed by one header. */
interface HeaderIndex {
  present: Bucket | undefined;
  /** The first value that was asked for, which mostly is the only one, and the rest. */
  readonly value: string | undefined;
  bucket: Bucket | undefined;
  byValue: Map<string, Bucket> | undefined;
  /** The last match that came to this header: where a message has it twice, the first counts. */
  foundIn: number;
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
  readonly #unconditional: Set<Rule> = new Set();
  readonly #many = new ManyCriteria<Rule>();
  #matches = 0;
  /** Rules that the present match has not found. */
  #left = 0;

  validate(binding: Binding): void {
    readXMatch(binding.arguments);
  }

  add(binding: Binding): void {
    const xMatch = readXMatch(binding.arguments);
    const withX = xMatch.endsWith('-with-x');
    const all = xMatch.startsWith('all');
    const { destination } = binding;
    if (binding.arguments.size >= MANY_ENTRIES) {
      const many = { table: EncodedTable.of(binding.arguments), withX };
      this.#add(binding, {
        destination,
        criteria: [],
        many,
        all,
        indexed: all ? this.#rarest(firstOf(many)) : [],
        foundIn: 0,
      });
    } else {
      const criteria = readCriteria(binding.arguments, withX);
      const indexed = all ? this.#rarest(criteria) : criteria;
      this.#add(binding, { destination, criteria, many: undefined, all, indexed, foundIn: 0 });
    }
  }

  #add(binding: Binding, rule: Rule): void {
    this.#rules.set(binding, rule);
    if (rule.all && rule.indexed.length === 0) this.#unconditional.add(rule);
    if (!rule.all && rule.many !== undefined) this.#many.add(rule, rule.many);
    for (const criterion of rule.indexed) this.#addToIndex(criterion, rule);
  }

  indexSome(): boolean {
    return this.#many.indexSome();
  }

  remove(binding: Binding): void {
    const rule = this.#rules.get(binding);
    assert(rule !== undefined, 'only a binding that was added is removed');
    this.#rules.delete(binding);
    this.#unconditional.delete(rule);
    if (this.#many.has(rule)) this.#many.remove(rule);
    for (const criterion of rule.indexed) this.#removeFromIndex(criterion, rule);
  }

  /** Returns how many rules it looked at, which is what it cost. */
  match(_routingKey: string, properties: RoutedProperties, found: (destination: Destination) => void): number {
    let looks = this.#unconditional.size;
    this.#matches += 1;
    this.#left = this.#rules.size - this.#unconditional.size;
    for (const rule of this.#unconditional) found(rule.destination);
    if (this.#many.size > 0) looks += this.#matchMany(properties, found);
    if (this.#index.size === 0 || this.#left === 0) return looks;
    const visit = (name: string, value: () => FieldValue): boolean => {
      const index = this.#index.get(name);
      if (index === undefined || index.foundIn === this.#matches) return true;
      index.foundIn = this.#matches;
      if (index.present !== undefined) looks += this.#matchBucket(index.present, properties, found);
      const bucket =
        index.bucket === undefined && index.byValue === undefined
          ? undefined
          : bucketOf(index, headerValueKey(value()));
      if (bucket !== undefined) looks += this.#matchBucket(bucket, properties, found);
      return this.#left > 0;
    };
    const many = properties.manyHeaders;
    if (many !== undefined) many.each(visit);
    else for (const [name, field] of properties.headers ?? EMPTY_TABLE) if (!visit(name, () => field)) break;
    return looks;
  }

  #matchMany(properties: RoutedProperties, found: (destination: Destination) => void): number {
    const headers = encodedHeaders(properties);
    if (headers === undefined) return 0;
    let looks = 0;
    const visit = (rule: Rule, holds: () => boolean): void => {
      looks++;
      if (rule.foundIn === this.#matches || !holds()) return;
      rule.foundIn = this.#matches;
      this.#left--;
      found(rule.destination);
    };
    this.#many.match(headers, visit, () => this.#left === 0);
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
    const bucket = index === undefined || valueKey === undefined ? index?.present : bucketOf(index, valueKey);
    return bucket === undefined ? 0 : sizeOf(bucket);
  }

  #addToIndex({ name, valueKey }: Criterion, rule: Rule): void {
    const index = this.#index.get(name);
    if (index === undefined) {
      const [present, bucket] = valueKey === undefined ? [rule, undefined] : [undefined, rule];
      this.#index.set(name, { present, value: valueKey, bucket, byValue: undefined, foundIn: 0 });
    } else if (valueKey === undefined) {
      index.present = withRule(index.present, rule);
    } else if (valueKey === index.value) {
      index.bucket = withRule(index.bucket, rule);
    } else {
      index.byValue ??= new Map();
      index.byValue.set(valueKey, withRule(index.byValue.get(valueKey), rule));
    }
  }

  #removeFromIndex({ name, valueKey }: Criterion, rule: Rule): void {
    const index = this.#index.get(name);
    assert(index !== undefined, 'a rule is indexed by its criteria');
    if (valueKey === undefined) {
      index.present = withoutRule(index.present, rule);
    } else if (valueKey === index.value) {
      index.bucket = withoutRule(index.bucket, rule);
    } else {
      const left = withoutRule(index.byValue?.get(valueKey), rule);
      if (left !== undefined) index.byValue?.set(valueKey, left);
      else index.byValue?.delete(valueKey);
      if (index.byValue?.size === 0) index.byValue = undefined;
    }
    const { present, bucket, byValue } = index;
    if (present === undefined && bucket === undefined && byValue === undefined) this.#index.delete(name);
  }

  #matchBucket(bucket: Bucket, properties: RoutedProperties, found: (destination: Destination) => void): number {
    if (isMany(bucket)) for (const rule of bucket) this.#matchRule(rule, properties, found);
    else this.#matchRule(bucket, properties, found);
    return sizeOf(bucket);
  }

  #matchRule(rule: Rule, properties: RoutedProperties, found: (destination: Destination) => void): void {
    if (rule.foundIn === this.#matches) return;
    if (rule.many !== undefined) {
      const headers = encodedHeaders(properties);
      if (headers === undefined || !holdsAll(rule.many, headers)) return;
    } else if (rule.all) {
      const headers = properties.headers ?? EMPTY_TABLE;
      if (!rule.criteria.every((criterion) => holds(criterion, headers))) return;
    }
    rule.foundIn = this.#matches;
    this.#left--;
    found(rule.destination);
  }
}

function bucketOf(index: HeaderIndex, valueKey: string): Bucket | undefined {
  return valueKey === index.value ? index.bucket : index.byValue?.get(valueKey);
}

function isMany(bucket: Bucket): bucket is Rule[] | Set<Rule> {
  return bucket instanceof Set || Array.isArray(bucket);
}

function sizeOf(bucket: Bucket): number {
  if (bucket instanceof Set) return bucket.size;
  return Array.isArray(bucket) ? bucket.length : 1;
}

function withRule(bucket: Bucket | undefined, rule: Rule): Bucket {
  if (bucket === undefined) return rule;
  if (!isMany(bucket)) return [bucket, rule];
  if (bucket instanceof Set) return bucket.add(rule);
  if (bucket.length === FEW_MAX) return new Set(bucket).add(rule);
  bucket.push(rule);
  return bucket;
}

function withoutRule(bucket: Bucket | undefined, rule: Rule): Bucket | undefined {
  if (bucket === undefined || !isMany(bucket)) return undefined;
  if (bucket instanceof Set) {
    bucket.delete(rule);
    return bucket.size === 0 ? undefined : bucket;
  }
  const left = bucket.filter((other) => other !== rule);
  return left.length === 0 ? undefined : left;
}

function holds({ name, valueKey }: Criterion, headers: FieldTable): boolean {
  const field = headers.get(name);
  return field !== undefined && (valueKey === undefined || headerValueKey(field) === valueKey);
}

/** Enough of them to find one that few others share. */
function firstOf(many: Criteria): readonly Criterion[] {
  const criteria: Criterion[] = [];
  for (const at of criteriaOf(many)) {
    if (criteria.length === MANY_ENTRIES) break;
    criteria.push(criterionOf(many.table.nameAt(at), many.table.valueAt(at)));
  }
  return criteria;
}

function criterionOf(name: string, field: FieldValue): Criterion {
  return { name, valueKey: field.tag === 'V' ? undefined : headerValueKey(field) };
}

function readCriteria(table: FieldTable, withX: boolean): readonly Criterion[] {
  const criteria: Criterion[] = [];
  for (const [name, field] of table) {
    if (name === X_MATCH || (!withX && name.startsWith(X_PREFIX))) continue;
    criteria.push(criterionOf(name, field));
  }
  return criteria;
}
