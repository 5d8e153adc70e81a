import { AmqpError } from '../../codec/errors.ts';
import { FRAME_BODY, FRAME_END, FRAME_HEADER } from '../../codec/frames.ts';
import { FRAME_OVERHEAD } from '../../core/store/record.ts';
import { type Arena, type Block, copyBytes, PAGE_BYTES } from '../../lib/arena.ts';
import type { OwnRecord } from './take.ts';

/** Room taken before the body has come: a header that promises 100 MB and a peer that goes away cost no more. */
const FIRST_CAPACITY_BYTES_MAX = PAGE_BYTES / 4;

/**
 * A message that does not come in one piece: too large, in several body frames, or with other channels' frames between
 * its own. It is put together in a block of its own, in the form of a record (core/store/record.ts), which has to be given back
 * or taken over in the end.
 */
export class Assembly implements OwnRecord {
  readonly mandatory: boolean;
  readonly immediate: boolean;
  readonly #arena: Arena;
  readonly #route: Uint8Array;
  #block: Block = EMPTY_BLOCK;
  #used = 0;
  #bodyBytes = 0;
  #bodyReceived = 0;

  /** `bytes[start, end)` are the exchange name and routing key as in basic.publish. */
  constructor(arena: Arena, bytes: Uint8Array, start: number, end: number, mandatory: boolean, immediate: boolean) {
    this.#arena = arena;
    this.#route = bytes.slice(start, end);
    this.mandatory = mandatory;
    this.immediate = immediate;
  }

  get block(): Block {
    return this.#block;
  }

  get routeBytes(): number {
    return this.#route.length;
  }

  get bodyBytes(): number {
    return this.#bodyBytes;
  }

  get bodyMissing(): number {
    return this.#bodyBytes - this.#bodyReceived;
  }

  /** Length of the whole record, once nothing is missing. */
  get length(): number {
    return this.#used;
  }

  /** `bytes[start, end)` is the content header's payload; its body size is `bodyBytes`. */
  header(bytes: Uint8Array, start: number, end: number, bodyBytes: number): void {
    const headerBytes = end - start;
    const beforeBody = this.#route.length + 1 + FRAME_OVERHEAD + headerBytes + (bodyBytes > 0 ? 7 : 0);
    const first = Math.min(bodyBytes + 1, Math.max(0, FIRST_CAPACITY_BYTES_MAX - beforeBody));
    this.#bodyBytes = bodyBytes;
    this.#block = this.#arena.takeFor(beforeBody + first);
    const { bytes: target, base } = this.#block;
    target.set(this.#route, base);
    let at = base + this.#route.length;
    target[at++] = FRAME_END;
    at = putFrameStart(target, at, FRAME_HEADER, headerBytes);
    copyBytes(bytes, start, end, target, at);
    at += headerBytes;
    target[at++] = FRAME_END;
    if (bodyBytes > 0) at = putFrameStart(target, at, FRAME_BODY, bodyBytes);
    this.#used = at - base;
  }

  /** Throws 501 when a body frame's `length` is more than what is missing of what the header promised. */
  expect(length: number): void {
    if (length > this.bodyMissing) throw new AmqpError(501, 'content body frame exceeds remaining content size');
  }

  /** Part of a body frame's payload. */
  body(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    this.expect(length);
    // One octet more than the body: the frame end.
    if (this.#used + length + 1 > this.#block.capacity) this.#grow(this.#used + length + 1);
    const { bytes: target, base } = this.#block;
    copyBytes(bytes, start, end, target, base + this.#used);
    this.#used += length;
    this.#bodyReceived += length;
    if (this.bodyMissing === 0) target[base + this.#used++] = FRAME_END;
  }

  giveUp(): Block {
    const block = this.#block;
    this.#block = EMPTY_BLOCK;
    return block;
  }

  /** It is published, or never will be: gives the block back, unless somebody has taken it over. */
  discard(): void {
    if (this.#block !== EMPTY_BLOCK) this.#arena.givePage(this.giveUp());
  }

  #grow(needed: number): void {
    const whole = this.#used + this.bodyMissing + 1;
    const { bytes, base, capacity } = this.#block;
    const larger = this.#arena.takeFor(Math.min(whole, Math.max(needed, capacity * 4)));
    copyBytes(bytes, base, base + this.#used, larger.bytes, larger.base);
    this.discard();
    this.#block = larger;
  }
}

const EMPTY_BLOCK: Block = { bytes: new Uint8Array(0), base: 0, capacity: 0 };

function putFrameStart(bytes: Uint8Array, at: number, type: number, size: number): number {
  bytes[at] = type;
  bytes[at + 1] = 0;
  bytes[at + 2] = 0;
  bytes[at + 3] = size >>> 24;
  bytes[at + 4] = size >>> 16;
  bytes[at + 5] = size >>> 8;
  bytes[at + 6] = size;
  return at + 7;
}
