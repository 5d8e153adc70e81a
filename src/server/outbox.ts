import type { Duplex } from 'node:stream';
import { FRAME_BODY, FRAME_END, FRAME_METHOD } from '../codec/frames.ts';
import { encodeMethod, type Method } from '../codec/methods.gen.ts';
import { WireWriter } from '../codec/wire_writer.ts';
import { bodyFrameStart, contentEnd, FRAME_OVERHEAD, readU32, routeEnd } from '../core/store/record.ts';
import { type Arena, type Block, copyBytes, farBlock, SLOT_BYTES } from '../lib/arena.ts';
import type { LoopTurn } from './turn.ts';

/** Unsent bytes beyond which a connection gets no more deliveries; also the socket's write high-water mark. */
export const UNSENT_BYTES_MAX: number = 128 * 1024;

/** Bytes that a peer has asked for and does not read, beyond which nothing more is read from it. */
export const UNREAD_BYTES_MAX: number = 4 * 1024 * 1024;

/** Where frames go that nobody will read any more. */
const NOWHERE: Block = farBlock(SLOT_BYTES);

/** Methods are encoded here first: they are few, and only then is their size known. */
const scratch = new WireWriter(4096);

/**
 * The only place that writes to a connection's socket. Frames gather in a slot of the arena, which is written when it is
 * full or at the end of the turn.
 *
 *     slot  ├── written to the socket ──┼── gathered ──┼── free ──┤
 *           base                        #sent          #used      capacity
 *
 * What the kernel takes at once, which is nearly always all of it, frees the slot at once. Otherwise the slot is filled
 * further, so that a peer which does not read costs what it is sent and no more; a full one belongs to the socket until
 * its bytes are gone (`#pending`, in order), and a new one is taken.
 */
export class Outbox {
  /** True while the socket has more than UNSENT_BYTES_MAX unsent. */
  congested = false;
  /** Bytes handed to the socket since the connection began. */
  bytesWritten = 0;
  /** In so many pieces. */
  writes = 0;
  readonly #socket: Duplex;
  readonly #arena: Arena;
  readonly #turn: LoopTurn;
  readonly #bodyFrameMax: () => number;
  #slot: Block | undefined;
  #used = 0;
  #sent = 0;
  #registered = false;
  #closed = false;
  readonly #pending: { readonly slot: Block; readonly endsAt: number }[] = [];
  readonly #reclaim = (): void => {
    const done = this.bytesWritten - this.#socket.writableLength;
    while (this.#pending.length > 0 && (this.#pending[0] as { endsAt: number }).endsAt <= done) {
      this.#arena.giveSlot((this.#pending.shift() as { slot: Block }).slot);
    }
    this.#freeIfTaken();
  };

  /** `bodyFrameMax` tells the largest body payload of a frame that the peer takes. */
  constructor(socket: Duplex, arena: Arena, turn: LoopTurn, bodyFrameMax: () => number) {
    this.#socket = socket;
    this.#arena = arena;
    this.#turn = turn;
    this.#bodyFrameMax = bodyFrameMax;
  }

  /** Bytes gathered or handed over, but not yet taken by the kernel. */
  get unsentBytes(): number {
    return this.#used - this.#sent + this.#socket.writableLength;
  }

  /** Pieces that the kernel has not taken. */
  get pendingWrites(): number {
    return this.#pending.length + (this.#used > this.#sent || this.#socket.writableLength > 0 ? 1 : 0);
  }

  method(channel: number, method: Method): void {
    scratch.reset();
    encodeMethod(scratch, method);
    const size = scratch.offset;
    this.#frameStart(FRAME_METHOD, channel, size);
    this.raw(scratch.bytes, 0, size);
    this.#octet(FRAME_END);
  }

  /** Writes bytes as they are. */
  raw(bytes: Uint8Array, start: number, end: number): void {
    for (let at = start; at < end; ) {
      const length = Math.min(end - at, SLOT_BYTES);
      const target = this.#reserve(length);
      copyBytes(bytes, at, at + length, (this.#slot as Block).bytes, target);
      at += length;
    }
  }

  /** Writes basic.ack or basic.nack, whose frames are alike: `methodId` is 80 or 120. */
  confirm(channel: number, methodId: number, tag: number, multiple: boolean): void {
    const at = this.#reserve(21);
    const bytes = (this.#slot as Block).bytes;
    bytes[at] = FRAME_METHOD;
    putU16(bytes, at + 1, channel);
    putU32(bytes, at + 3, 13);
    putU32(bytes, at + 7, (60 << 16) | methodId);
    putU64(bytes, at + 11, tag);
    // basic.nack's second bit is requeue, which RabbitMQ sets in a negative confirm.
    bytes[at + 19] = (multiple ? 1 : 0) | (methodId === 120 ? 2 : 0);
    bytes[at + 20] = FRAME_END;
  }

  /**
   * Writes a record (store/record.ts) as a delivery. `prefix` is the method frame up to the consumer tag, and the frame is
   *
   *     prefix: 01 ch:2 size:4 003C 003C consumer tag | delivery tag:8 redelivered:1 | the record from its first byte
   */
  deliver(
    prefix: Uint8Array,
    channel: number,
    tag: number,
    redelivered: number,
    source: Uint8Array,
    start: number,
    bodyBytes: number,
  ): void {
    const content = routeEnd(source, start);
    const prefixBytes = prefix.length;
    const methodSize = prefixBytes - 7 + 9 + (content - start);
    const end = contentEnd(source, content, bodyBytes);
    const whole = end - start;
    const total = prefixBytes + 9 + whole;
    if (total > SLOT_BYTES || bodyBytes > this.#bodyFrameMax()) {
      this.#deliverLarge(prefix, methodSize, channel, tag, redelivered, source, start, content, bodyBytes);
      return;
    }
    let at = this.#reserve(total);
    const bytes = (this.#slot as Block).bytes;
    at = putDelivery(bytes, at, prefix, methodSize, tag, redelivered);
    copyBytes(source, start, end, bytes, at);
    const headerFrame = at + (content - start) + 1;
    putU16(bytes, headerFrame + 1, channel);
    if (bodyBytes > 0) putU16(bytes, headerFrame + FRAME_OVERHEAD + readU32(bytes, headerFrame + 3) + 1, channel);
  }

  #deliverLarge(
    prefix: Uint8Array,
    methodSize: number,
    channel: number,
    tag: number,
    redelivered: number,
    source: Uint8Array,
    start: number,
    content: number,
    bodyBytes: number,
  ): void {
    const at = this.#reserve(prefix.length + 9);
    putDelivery((this.#slot as Block).bytes, at, prefix, methodSize, tag, redelivered);
    this.raw(source, start, content);
    this.#octet(FRAME_END);
    this.content(channel, source, content, bodyBytes);
  }

  /**
   * Writes the header and body frames of the record whose content (the CE before the header frame, see
   * store/record.ts) is at `content`, the body split for the peer's frame_max.
   */
  content(channel: number, source: Uint8Array, content: number, bodyBytes: number): void {
    const headerSize = readU32(source, content + 4);
    this.#frameStart(source[content + 1] as number, channel, headerSize);
    this.raw(source, content + 8, content + 8 + headerSize);
    this.#octet(FRAME_END);
    if (bodyBytes === 0) return;
    const body = bodyFrameStart(source, content) + 7;
    const frameMax = this.#bodyFrameMax();
    for (let done = 0; done < bodyBytes; ) {
      const length = Math.min(frameMax, bodyBytes - done);
      this.#frameStart(FRAME_BODY, channel, length);
      this.raw(source, body + done, body + done + length);
      this.#octet(FRAME_END);
      done += length;
    }
  }

  /** Hands what has gathered to the socket. */
  flush(): void {
    this.#registered = false;
    const slot = this.#slot;
    if (slot === undefined || this.#closed) return;
    this.#write(slot);
    this.#freeIfTaken();
  }

  /** The socket took its unsent bytes. */
  drained(): void {
    this.congested = false;
    this.#reclaim();
  }

  /** Hands over what has gathered; whatever is written from now on goes nowhere. */
  end(): void {
    this.flush();
    if (this.#slot !== undefined) this.#pending.push({ slot: this.#slot, endsAt: this.bytesWritten });
    this.#close();
  }

  /** The socket has closed, so that none of its writes is under way any more and its slots are free. */
  close(): void {
    if (!this.#closed && this.#slot !== undefined) this.#arena.giveSlot(this.#slot);
    for (const { slot } of this.#pending) this.#arena.giveSlot(slot);
    this.#pending.length = 0;
    this.#close();
  }

  #close(): void {
    this.#closed = true;
    this.#slot = NOWHERE;
    this.#used = 0;
    this.#sent = 0;
  }

  /** An idle connection holds no slot: it goes with its last byte. */
  #freeIfTaken(): void {
    const slot = this.#slot;
    if (slot === undefined || this.#closed || this.#sent < this.#used || this.#socket.writableLength > 0) return;
    this.#arena.giveSlot(slot);
    this.#slot = undefined;
  }

  #write(slot: Block): void {
    const length = this.#used - this.#sent;
    if (length === 0) return;
    const view = new Uint8Array(slot.bytes.buffer, slot.bytes.byteOffset + slot.base + this.#sent, length);
    this.#sent = this.#used;
    this.bytesWritten += length;
    this.writes++;
    const socket = this.#socket;
    // TLS asks for a pause far earlier than plain TCP, as Node gives its sockets less room; there is one limit for all.
    if (!socket.write(view, this.#reclaim) && socket.writableLength >= UNSENT_BYTES_MAX) this.congested = true;
  }

  /** Makes room for `length` bytes (at most a slot) and returns where they go in the slot's bytes. */
  #reserve(length: number): number {
    let slot = this.#slot;
    if (slot === undefined || this.#used + length > SLOT_BYTES) slot = this.#nextSlot(slot);
    if (!this.#registered) {
      this.#registered = true;
      this.#turn.outboxReady(this);
    }
    const at = slot.base + this.#used;
    this.#used += length;
    return at;
  }

  #nextSlot(full: Block | undefined): Block {
    let slot = full;
    if (slot !== undefined && !this.#closed) {
      this.#write(slot);
      if (this.#socket.writableLength > 0) {
        this.#pending.push({ slot, endsAt: this.bytesWritten });
        slot = undefined;
      }
    }
    slot ??= this.#arena.takeSlot();
    this.#slot = slot;
    this.#used = 0;
    this.#sent = 0;
    return slot;
  }

  #frameStart(type: number, channel: number, size: number): void {
    const at = this.#reserve(7);
    const bytes = (this.#slot as Block).bytes;
    bytes[at] = type;
    putU16(bytes, at + 1, channel);
    putU32(bytes, at + 3, size);
  }

  #octet(value: number): void {
    const at = this.#reserve(1);
    (this.#slot as Block).bytes[at] = value;
  }
}

/** Writes a basic.deliver frame up to where the record begins, and returns that place. */
function putDelivery(
  bytes: Uint8Array,
  at: number,
  prefix: Uint8Array,
  methodSize: number,
  tag: number,
  redelivered: number,
): number {
  const length = prefix.length;
  for (let i = 0; i < length; i++) bytes[at + i] = prefix[i] as number;
  putU32(bytes, at + 3, methodSize);
  putU64(bytes, at + length, tag);
  bytes[at + length + 8] = redelivered;
  return at + length + 9;
}

function putU16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
}

function putU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

function putU64(bytes: Uint8Array, at: number, value: number): void {
  putU32(bytes, at, Math.floor(value / 0x1_0000_0000));
  putU32(bytes, at + 4, value >>> 0);
}
