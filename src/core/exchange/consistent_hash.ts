import { AmqpError } from '../../codec/errors.ts';
import { EMPTY_TABLE, type FieldTable } from '../../codec/table.ts';
import { assert } from '../../lib/assert.ts';
import { printBinary } from '../../lib/erlang.ts';
import { hashBytes, hashList } from '../../lib/phash2.ts';
import type { Binding, Destination } from './binding.ts';
import { type HashOn, readHashOn } from './hash_on.ts';
import type { Matcher } from './matcher.ts';
import type { RoutedProperties } from './routed_properties.ts';

/** RabbitMQ's limit: its ring has a bucket for each unit of weight. */
const WEIGHT_MAX = 10_000;

const LOTS = 2 ** 32;

/** A destination among which messages are shared out. */
interface Member {
  readonly destination: Destination;
  readonly seed: number;
  /** Oldest first: the oldest one's weight counts, as in RabbitMQ. */
  readonly bindings: Set<Binding>;
  weight: number;
}

/**
 * One destination for each hash, and of all hashes so many as its weight, which is its binding key, has in the sum of
 * weights.
 *
 * This is rendezvous hashing: every destination draws a lot from the message's hash and its own name, and the best lot,
 * the heavier the better, gets it. So a destination that comes takes its share from all others, one that goes leaves its
 * share to all others, nothing else moves, and neither the order of bindings nor a restart makes a difference. RabbitMQ's
 * ring of numbered buckets is faster with many destinations, but moves nearly every key when one of the first goes.
 */
export class ConsistentHashMatcher implements Matcher {
  readonly keyDecides: boolean;
  readonly firstKeyOnly = true;
  readonly #hashOn: HashOn | undefined;
  readonly #members = new Map<Destination, Member>();

  /** Throws 406 for arguments that cannot be. */
  constructor(table: FieldTable = EMPTY_TABLE) {
    this.#hashOn = readHashOn(table);
    this.keyDecides = this.#hashOn === undefined;
  }

  validate({ routingKey }: Binding): void {
    if (!/^[+-]?\d+$/.test(routingKey)) {
      throw new AmqpError(406, `The binding key must be an integer: ${printBinary(Buffer.from(routingKey))}`);
    }
    const weight = Number(routingKey);
    if (weight < 1) throw new AmqpError(406, 'The binding key must be greater than 0');
    if (weight > WEIGHT_MAX) throw new AmqpError(406, `The binding key must not exceed ${WEIGHT_MAX}`);
  }

  add(binding: Binding): void {
    const { destination, routingKey } = binding;
    const member = this.#members.get(destination);
    if (member !== undefined) {
      member.bindings.add(binding);
      return;
    }
    const seed = hashText(`${destination.kind}:${destination.name}`);
    this.#members.set(destination, { destination, seed, bindings: new Set([binding]), weight: Number(routingKey) });
  }

  remove(binding: Binding): void {
    const member = this.#members.get(binding.destination);
    assert(member !== undefined, 'only a binding that was added is removed');
    member.bindings.delete(binding);
    const [oldest] = member.bindings;
    if (oldest === undefined) this.#members.delete(binding.destination);
    else member.weight = Number(oldest.routingKey);
  }

  match(routingKey: string, properties: RoutedProperties, found: (destination: Destination) => void): void {
    this.#draw(hashText(this.#hashOn === undefined ? routingKey : this.#hashOn(properties)), found);
  }

  /** As in RabbitMQ, the keys of CC and BCC are hashed with the message's own. */
  matchAll(
    routingKeys: readonly string[],
    properties: RoutedProperties,
    found: (destination: Destination) => void,
  ): void {
    const hashOn = this.#hashOn;
    const keys = routingKeys.map((routingKey) => Buffer.from(routingKey));
    this.#draw(hashOn === undefined ? scramble(hashList(keys)) : hashText(hashOn(properties)), found);
  }

  #draw(hash: number, found: (destination: Destination) => void): void {
    let best: Member | undefined;
    let bestLot = 0;
    for (const member of this.#members.values()) {
      const lot = scramble(hash + member.seed);
      if (best !== undefined && !isBetter(lot, member.weight, bestLot, best.weight)) continue;
      best = member;
      bestLot = lot;
    }
    if (best !== undefined) found(best.destination);
  }
}

/**
 * Lots are evenly spread. With u as a lot between 0 and 1, the highest ln(u) / weight is each member's as often as its weight
 * asks for; among equal weights, that is the highest lot.
 */
function isBetter(lot: number, weight: number, otherLot: number, otherWeight: number): boolean {
  if (weight === otherWeight) return lot > otherLot;
  return logarithm(lot) / weight > logarithm(otherLot) / otherWeight;
}

function logarithm(lot: number): number {
  return Math.log((lot + 0.5) / LOTS);
}

function hashText(text: string): number {
  return scramble(hashBytes(Buffer.from(text)));
}

/** Every bit of the result depends on every bit of the number. */
function scramble(number: number): number {
  let bits = number | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
