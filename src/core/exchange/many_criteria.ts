import type { EncodedTable } from '../../codec/encoded_table.ts';
import { fieldAfter, isName } from '../../codec/name_index.ts';
import { assert } from '../../lib/assert.ts';
import { nameHash, valueHash } from './field_hash.ts';
import { headerValueKey } from './field_key.ts';
import { Postings } from './postings.ts';
import { X_MATCH } from './x_match.ts';

/** Arguments of a binding to a headers exchange that are so many that they are looked at in their bytes. */
export interface Criteria {
  readonly table: EncodedTable;
  /** Whether those named `x-...` count. */
  readonly withX: boolean;
}

/** A hash table grows all at once: many small ones do so one by one. */
const SHARD_BITS = 6;
const [VOID, X, DASH] = Array.from('Vx-', (character) => character.charCodeAt(0));

/** Criteria that are indexed at a time. */
const INDEXED_AT_ONCE = 500;
/** Each header of a message is held against so many rules beside those that the index finds. */
const UNFINISHED_MAX = 8;

interface Entry<Rule> {
  readonly rule: Rule;
  readonly criteria: Criteria;
  /** The postings of its criteria so far, `posting << SHARD_BITS | shard`. */
  readonly postings: Int32Array;
  count: number;
  /** Where the argument is that comes next; the end of the table when all are indexed. */
  next: number;
}

/**
 * The rules by their criteria, for those that any one suffices for, and that have very many. A message is held against those
 * only that share a header with it, value and all, as far as a hash tells. To index a rule takes milliseconds, so it is done in
 * parts (`indexSome`); until then it is held against every message.
 */
export class ManyCriteria<Rule> {
  readonly #entries: (Entry<Rule> | undefined)[] = [];
  readonly #numbers = new Map<Rule, number>();
  /** Those that are not indexed, or not to the end: the oldest first, which alone may have begun. */
  readonly #unfinished: Entry<Rule>[] = [];
  #shards: readonly Postings[] = [];

  get size(): number {
    return this.#numbers.size;
  }

  add(rule: Rule, criteria: Criteria): void {
    if (this.size === 0) this.#shards = Array.from({ length: 2 ** SHARD_BITS }, () => new Postings());
    while (this.#unfinished.length === UNFINISHED_MAX) this.indexSome();
    const { table } = criteria;
    const vacant = this.#entries.indexOf(undefined);
    const number = vacant === -1 ? this.#entries.length : vacant;
    const entry = { rule, criteria, postings: new Int32Array(table.size), count: 0, next: table.start };
    this.#entries[number] = entry;
    this.#numbers.set(rule, number);
    this.#unfinished.push(entry);
  }

  /** Indexes some criteria of rules that were added, if there are any left. Returns whether there are more. */
  indexSome(): boolean {
    const entry = this.#unfinished[0];
    if (entry === undefined) return false;
    const { criteria, postings } = entry;
    const { table } = criteria;
    const number = this.#numbers.get(entry.rule) as number;
    for (let left = INDEXED_AT_ONCE; left > 0 && entry.next < table.end; left--) {
      const at = entry.next;
      entry.next = fieldAfter(table.bytes, at);
      if (!isCriterion(criteria, at)) continue;
      const hash = isVoid(table, at) ? nameHash(table, at) : (nameHash(table, at) + valueHash(table, at)) | 0;
      const shard = hash >>> (32 - SHARD_BITS);
      postings[entry.count++] = (this.#shard(shard).add(hash << SHARD_BITS, number) << SHARD_BITS) | shard;
    }
    if (entry.next === table.end) this.#unfinished.shift();
    return this.#unfinished.length > 0;
  }

  has(rule: Rule): boolean {
    return this.#numbers.has(rule);
  }

  remove(rule: Rule): void {
    const number = this.#numbers.get(rule);
    const entry = number === undefined ? undefined : this.#entries[number];
    assert(number !== undefined && entry !== undefined, 'only a rule that was added is removed');
    this.#numbers.delete(rule);
    this.#entries[number] = undefined;
    const waiting = this.#unfinished.indexOf(entry);
    if (waiting !== -1) this.#unfinished.splice(waiting, 1);
    if (this.size === 0) {
      this.#entries.length = 0;
      this.#shards = [];
      return;
    }
    for (const posting of entry.postings.subarray(0, entry.count)) {
      this.#shard(posting & (2 ** SHARD_BITS - 1)).remove(posting >>> SHARD_BITS);
    }
  }

  /**
   * Calls back with rules that seem to be satisfied by a header, some again and again; `holds` tells whether they are. Returns
   * when `isEnough`.
   */
  match(headers: EncodedTable, visit: (rule: Rule, holds: () => boolean) => void, isEnough: () => boolean): void {
    // Whoever publishes brings the index forward, if nobody else does.
    this.indexSome();
    let here = 0;
    let entry: Entry<Rule> | undefined;
    const holds = (): boolean => entry !== undefined && isSatisfied(entry.criteria, headers, here);
    const seen = (number: number): void => {
      entry = this.#entries[number];
      if (entry !== undefined) visit(entry.rule, holds);
    };
    for (let at = headers.start; at < headers.end && !isEnough(); at = fieldAfter(headers.bytes, at)) {
      here = at;
      const name = nameHash(headers, at);
      this.#each(name, seen);
      this.#each((name + valueHash(headers, at)) | 0, seen);
      for (entry of this.#unfinished) visit(entry.rule, holds);
    }
  }

  #each(hash: number, visit: (number: number) => void): void {
    this.#shard(hash >>> (32 - SHARD_BITS)).each(hash << SHARD_BITS, visit);
  }

  #shard(shard: number): Postings {
    return this.#shards[shard] as Postings;
  }
}

/** Where each argument is that a message's headers are held against. */
export function* criteriaOf(criteria: Criteria): Generator<number, void, undefined> {
  const { table } = criteria;
  for (let at = table.start; at < table.end; at = fieldAfter(table.bytes, at)) if (isCriterion(criteria, at)) yield at;
}

/** Whether a message's headers are held against the argument at an offset. */
function isCriterion({ table, withX }: Criteria, at: number): boolean {
  const { bytes } = table;
  const isX = bytes[at]! >= 2 && bytes[at + 1] === X && bytes[at + 2] === DASH;
  if (isX && (!withX || isName(bytes, at, X_MATCH))) return false;
  return table.isFirst(at);
}

/** Whether each of the arguments is matched by a header. */
export function holdsAll(criteria: Criteria, headers: EncodedTable): boolean {
  const { table } = criteria;
  for (const at of criteriaOf(criteria)) {
    const header = headers.find(table.bytes, at);
    if (header === -1 || !isEqual(table, at, headers, header)) return false;
  }
  return true;
}

/** Whether the header at an offset is one that counts and that is asked for. */
function isSatisfied(criteria: Criteria, headers: EncodedTable, header: number): boolean {
  const { table } = criteria;
  const at = table.find(headers.bytes, header);
  return at !== -1 && isCriterion(criteria, at) && headers.isFirst(header) && isEqual(table, at, headers, header);
}

function isEqual(table: EncodedTable, at: number, headers: EncodedTable, header: number): boolean {
  if (isVoid(table, at) || isSameBytes(table, at, headers, header)) return true;
  return headerValueKey(table.valueAt(at)) === headerValueKey(headers.valueAt(header));
}

function isVoid(table: EncodedTable, at: number): boolean {
  return table.bytes[table.tagAt(at)] === VOID;
}

function isSameBytes(a: EncodedTable, at: number, b: EncodedTable, bt: number): boolean {
  let other = b.tagAt(bt);
  const end = fieldAfter(a.bytes, at);
  for (let i = a.tagAt(at); i < end; i++) if (a.bytes[i] !== b.bytes[other++]) return false;
  return true;
}
