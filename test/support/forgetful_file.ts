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
  #durable = new Contents();
  #current = new Contents();
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
    this.#current.write(write);
  }

  read(at: number, length: number): Uint8Array {
    return this.#current.read(at, length);
  }

  /** Makes the writes up to this one durable. */
  sync(serial: number): void {
    for (const write of this.#pending) if (write.serial <= serial) this.#durable.write(write);
    this.#pending = this.#pending.filter((write) => write.serial > serial);
  }

  afterPowerLoss(random: Random): ForgetfulInode {
    const inode = new ForgetfulInode();
    const left = inode.#durable;
    left.write({ at: 0, bytes: this.#durable.all });
    for (const write of shuffled(this.#pending, random)) {
      for (const part of survivingParts(write, random)) left.write(part);
    }
    // The length may be on the disk before the bytes are: then there are zeros.
    if (random() < 0.3 && left.length < this.#current.length) {
      left.extend(wholeNumber(random, left.length, this.#current.length));
    }
    inode.#current.write({ at: 0, bytes: left.all });
    return inode;
  }
}

/** All, nothing, a beginning up to a sector's edge, all but a stretch of sectors, or any of the sectors. */
function survivingParts(write: PendingWrite, random: Random): Write[] {
  const fate = wholeNumber(random, 0, 4);
  if (fate === 0) return [];
  if (fate === 1) return [write];
  const sectors = cutAtSectors(write);
  if (fate === 2) return sectors.slice(0, wholeNumber(random, 0, sectors.length));
  if (fate === 3) {
    const from = wholeNumber(random, 0, sectors.length);
    sectors.splice(from, wholeNumber(random, 1, sectors.length));
    return sectors;
  }
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

/** Bytes that grow as they are written to, with room to spare. */
class Contents {
  length = 0;
  #bytes = new Uint8Array(0);

  get all(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  write({ at, bytes }: Write): void {
    this.extend(at + bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** Zeros at the end, up to this length. */
  extend(length: number): void {
    if (length > this.#bytes.length) {
      const longer = new Uint8Array(Math.max(length, 2 * this.#bytes.length));
      longer.set(this.all);
      this.#bytes = longer;
    }
    this.length = Math.max(this.length, length);
  }

  read(at: number, length: number): Uint8Array {
    return this.#bytes.slice(at, Math.min(this.length, at + length));
  }
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const result = [...items];
  for (let at = result.length - 1; at > 0; at--) {
    const other = wholeNumber(random, 0, at);
    [result[at], result[other]] = [result[other] as T, result[at] as T];
  }
  return result;
}
