import { isIP } from 'node:net';
import type { Clock } from '../lib/clock.ts';

/** Failed logins that an address has for nothing; they are what a person or a wrong configuration makes. */
const FREE_FAILURES = 20;
/** Behind them, logins from there are looked at no faster than one in this time, which grows with every failure. */
const SPACING_MS = 50;
const SPACING_MS_MAX = 1_000;
const FAILURES_MAX = FREE_FAILURES + SPACING_MS_MAX / SPACING_MS;
/** One failure is forgotten in this time. */
const FORGIVEN_AFTER_MS = 3_000;
/** More addresses than this are not remembered: the one that failed first is forgotten. */
const ADDRESSES_MAX = 10_000;

interface Suspect {
  failures: number;
  /** When `failures` was right. */
  countedAtMs: number;
  /** Before this, no other login from the address is looked at. */
  nextAtMs: number;
}

/**
 * Slows down whoever tries passwords: all logins from an address that keeps failing, on however many connections, wait for
 * their turn. What waits longer than the handshake may take is dropped with it.
 */
export class LoginThrottle {
  readonly #clock: Clock;
  readonly #suspects = new Map<string, Suspect>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How long the next login from the address has to wait. That time is taken: another one waits longer. */
  delayMs(address: string): number {
    const suspect = this.#suspects.get(keyOf(address));
    if (suspect === undefined) return 0;
    const nowMs = this.#clock.monotonicMs();
    this.#forgive(suspect, nowMs);
    if (suspect.failures <= FREE_FAILURES) return 0;
    const atMs = Math.max(nowMs, suspect.nextAtMs);
    suspect.nextAtMs = atMs + SPACING_MS * (suspect.failures - FREE_FAILURES);
    return atMs - nowMs;
  }

  failed(address: string): void {
    const key = keyOf(address);
    const nowMs = this.#clock.monotonicMs();
    let suspect = this.#suspects.get(key);
    if (suspect === undefined) {
      suspect = { failures: 0, countedAtMs: nowMs, nextAtMs: nowMs };
      if (this.#suspects.size >= ADDRESSES_MAX) this.#suspects.delete(this.#suspects.keys().next().value as string);
      this.#suspects.set(key, suspect);
    }
    this.#forgive(suspect, nowMs);
    suspect.failures = Math.min(FAILURES_MAX, suspect.failures + 1);
  }

  #forgive(suspect: Suspect, nowMs: number): void {
    const forgiven = Math.floor((nowMs - suspect.countedAtMs) / FORGIVEN_AFTER_MS);
    suspect.countedAtMs += forgiven * FORGIVEN_AFTER_MS;
    suspect.failures = Math.max(0, suspect.failures - forgiven);
  }
}

/** Whoever has an IPv6 address has a network of 2^64 of them. */
function keyOf(address: string): string {
  if (isIP(address) !== 6 || address.startsWith('::ffff:')) return address;
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
  return groups.slice(0, 4).join(':');
}
