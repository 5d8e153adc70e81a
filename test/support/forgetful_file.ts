// What a file is on a disk that forgets:
//
//   durable   what a power failure leaves for certain
//   pending   the writes since, each of which it may keep, tear or drop, in any order
//   current   what a reader sees: durable with all that is pending

import { type Random, wholeNumber } from './seeded_random.ts';

const SECTOR_BYTES = 512;

interface Write {
  readonly at: number;
  readonly bytes: Uint8Array;
}

interface PendingWrite extends Write {
  /** Counts the writes to a file. */
  readonly serial: number;
}

/** The bytes of a file, whatever names it has. */
export class ForgetfulInode {
  #durable: Uint8Array<ArrayBufferLike> = new Uint8Array(0);
  #current: Uint8Array<ArrayBufferLike> = new Uint8Array(0);
  #pending: PendingWrite[] = [];
  #lastSerial = 0;

  get size(): number {
    return this.#current.length;
  }

  /** What a sync that is asked for now will cover. */
  get lastSerial(): number {
    return this.#lastSerial;
  }

  write(bytes: Uint8Array, at: number): void {
    const write = { at, bytes: Uint8Array.from(bytes), serial: ++this.#lastSerial };
    this.#pending.push(write);
    this.#current = applied(this.#current, write);
  }

  read(at: number, length: number): Uint8Array {
    return this.#current.slice(at, at + length);
  }

  /** Makes the writes up to this one durable. */
  sync(serial: number): void {
    for (const write of this.#pending) if (write.serial <= serial) this.#durable = applied(this.#durable, write);
    this.#pending = this.#pending.filter((write) => write.serial > serial);
  }

  afterPowerLoss(random: Random): ForgetfulInode {
    let left: Uint8Array = this.#durable.slice();
    for (const write of shuffled(this.#pending, random)) {
      for (const part of survivingParts(write, random)) left = applied(left, part);
    }
    // The length may be on the disk before the bytes are: then there are zeros.
    if (random() < 0.3 && left.length < this.#current.length) {
      left = padded(left, wholeNumber(random, left.length, this.#current.length));
    }
    const inode = new ForgetfulInode();
    inode.#durable = left;
    inode.#current = left.slice();
    return inode;
  }
}

/** All, nothing, a beginning up to a sector's edge, or any of the sectors. */
function survivingParts(write: PendingWrite, random: Random): Write[] {
  const fate = wholeNumber(random, 0, 3);
  if (fate === 0) return [];
  if (fate === 1) return [write];
  const sectors = cutAtSectors(write);
  if (fate === 2) return sectors.slice(0, wholeNumber(random, 0, sectors.length));
  return sectors.filter(() => random() < 0.5);
}

function cutAtSectors({ at, bytes }: Write): Write[] {
  const parts: Write[] = [];
  for (let from = 0; from < bytes.length; ) {
    const to = Math.min(bytes.length, from + SECTOR_BYTES - ((at + from) % SECTOR_BYTES));
    parts.push({ at: at + from, bytes: bytes.subarray(from, to) });
    from = to;
  }
  return parts;
}

function applied(to: Uint8Array, { at, bytes }: Write): Uint8Array {
  const result = padded(to, at + bytes.length);
  result.set(bytes, at);
  return result;
}

function padded(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.length >= length) return bytes;
  const longer = new Uint8Array(length);
  longer.set(bytes);
  return longer;
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const result = [...items];
  for (let at = result.length - 1; at > 0; at--) {
    const other = wholeNumber(random, 0, at);
    [result[at], result[other]] = [result[other] as T, result[at] as T];
  }
  return result;
}
