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

interface Entry<Rule> {
  readonly rule: Rule;
  readonly table: EncodedTable;
  /** The postings of its criteria, `posting << SHARD_BITS | shard`. */
  readonly postings: Int32Array;
}

/**
 * The rules by their criteria, for those that any one suffices for, and that have very many. A message is held against those
 * only that share a header with it, value and all, as far as a hash tells.
 */
export class ManyCriteria<Rule> {
  readonly #entries: (Entry<Rule> | undefined)[] = [];
  readonly #numbers = new Map<Rule, number>();
  #shards: readonly Postings[] = [];

  get size(): number {
    return this.#numbers.size;
  }

  add(rule: Rule, criteria: Criteria): void {
    if (this.size === 0) this.#shards = Array.from({ length: 2 ** SHARD_BITS }, () => new Postings());
    const { table } = criteria;
    const vacant = this.#entries.indexOf(undefined);
    const number = vacant === -1 ? this.#entries.length : vacant;
    const postings = new Int32Array(table.size);
    let count = 0;
    for (const at of criteriaOf(criteria)) {
      const hash = isVoid(table, at) ? nameHash(table, at) : (nameHash(table, at) + valueHash(table, at)) | 0;
      const shard = hash >>> (32 - SHARD_BITS);
      postings[count++] = (this.#shard(shard).add(hash << SHARD_BITS, number) << SHARD_BITS) | shard;
    }
    this.#entries[number] = { rule, table, postings: postings.subarray(0, count) };
    this.#numbers.set(rule, number);
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
    if (this.size === 0) {
      this.#entries.length = 0;
      this.#shards = [];
      return;
    }
    for (const posting of entry.postings) this.#shard(posting & (2 ** SHARD_BITS - 1)).remove(posting >>> SHARD_BITS);
  }

  /**
   * Calls back with rules that seem to be satisfied by a header, some again and again; `holds` tells whether they are. Returns
   * when `isEnough`.
   */
  match(headers: EncodedTable, visit: (rule: Rule, holds: () => boolean) => void, isEnough: () => boolean): void {
    let here = 0;
    let entry: Entry<Rule> | undefined;
    const holds = (): boolean => entry !== undefined && isSatisfied(entry.table, headers, here);
    const seen = (number: number): void => {
      entry = this.#entries[number];
      if (entry !== undefined) visit(entry.rule, holds);
    };
    for (let at = headers.start; at < headers.end && !isEnough(); at = fieldAfter(headers.bytes, at)) {
      here = at;
      const name = nameHash(headers, at);
      this.#each(name, seen);
      this.#each((name + valueHash(headers, at)) | 0, seen);
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
export function* criteriaOf({ table, withX }: Criteria): Generator<number, void, undefined> {
  const { bytes } = table;
  for (let at = table.start; at < table.end; at = fieldAfter(bytes, at)) {
    const isX = bytes[at]! >= 2 && bytes[at + 1] === X && bytes[at + 2] === DASH;
    if (isX && (!withX || isName(bytes, at, X_MATCH))) continue;
    if (table.isFirst(at)) yield at;
  }
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

/** Whether the header at an offset is one that counts and that the table asks for. */
function isSatisfied(table: EncodedTable, headers: EncodedTable, header: number): boolean {
  if (!headers.isFirst(header)) return false;
  const at = table.find(headers.bytes, header);
  return at !== -1 && isEqual(table, at, headers, header);
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
