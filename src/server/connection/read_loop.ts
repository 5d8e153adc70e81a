import { AmqpError } from '../../codec/errors.ts';
import { FRAME_BODY, FRAME_END, FRAME_HEADER, FRAME_HEARTBEAT, FRAME_METHOD } from '../../codec/frames.ts';
import { readU16, readU32 } from '../../core/store/record.ts';
import type { Channel } from '../channel/channel.ts';
import { NOT_WHOLE, publishWhole } from '../channel/publish.ts';
import { settle } from '../channel/settle.ts';
import { UNREAD_BYTES_MAX } from '../outbox.ts';
import type { Waiter } from '../turn.ts';
import { Carry } from './carry.ts';
import type { Connection } from './connection.ts';
import { badFrameEnd, frameTooLarge, unexpectedFrame, unknownFrame } from './frame_errors.ts';
import { bodyEnd, bodyFrame, bodyPart, contentFrame, methodFrame } from './frame_handlers.ts';
import { isProtocolHeader, refuseProtocol, start } from './handshake.ts';

const PROTOCOL_HEADER_BYTES = 8;
const FRAME_HEADER_BYTES = 7;

/** After so many octets of a chunk it is looked whether the turn is over. */
const SLICE_BYTES = 16 * 1024;
/** A chunk that is handled even when the turn is over: what a client that wants little sends at once. */
const SMALL_BYTES = 4 * 1024;
/** After so many octets the alarms are asked. */
const ALARM_BYTES = 256 * 1024;

const BASIC_PUBLISH = 0x003c0028;
const BASIC_ACK = 0x003c0050;
const BASIC_REJECT = 0x003c005a;
const BASIC_NACK = 0x003c0078;
/** Class, method, delivery tag, bits: the payload of the three above. */
const SETTLE_PAYLOAD_BYTES = 13;

/**
 * Why a connection is not read: it publishes during an alarm, does not take its answers, waits for the disk, or for a
 * turn of the event loop that has time for it.
 */
type HoldReason = 'alarm' | 'unread' | 'disk' | 'turn';

/**
 * From socket chunks to frames to what they ask for. Each chunk is copied behind what was left of the one before into the
 * arena's read region and parsed there in one pass; a frame is a range of it. Only an incomplete frame (or an incomplete
 * small message) at the end is kept; a body frame of a large message is passed on as it comes.
 */
export class ReadLoop implements Waiter {
  readonly #connection: Connection;
  readonly #carry: Carry = new Carry();
  #stopped = false;
  readonly #holds = { alarm: false, unread: false, disk: false, turn: false };
  /** Octets read since the alarms were asked. */
  #unasked = 0;
  /** Whether a chunk had something that costs more than its bytes. */
  #hadCostly = false;
  /** The channel of the last frame: most connections use one. */
  #channel: Channel | undefined;
  /** Of a body frame that is passed on in pieces: payload octets to come, 0 when only its end octet is missing, -1 for none. */
  #bodyLeft = -1;
  #bodyChannel: Channel | undefined;
  /** For what is thrown on the way: the method concerned and the index behind its frame. */
  #methodId = 0;
  #next = 0;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  push(chunk: Uint8Array): void {
    if (this.#stopped) return;
    this.#connection.received();
    if (this.held || !this.#carry.completedBy(chunk.length)) {
      this.#carry.append(chunk);
      return;
    }
    const { server } = this.#connection;
    const { turn } = server;
    turn.begin();
    if (this.#mayWait(chunk) && turn.longOver) {
      this.#carry.append(chunk);
      this.#wait();
      return;
    }
    this.#hadCostly = false;
    const { bytes, end } = this.#carry.join(chunk, server.arena);
    this.#run(bytes, end);
    turn.drainQueues();
    this.#holdIfUnread();
    if (chunk.length > SMALL_BYTES && turn.over && !this.#stopped) this.#wait();
    this.#unasked += chunk.length;
    if (this.#unasked < ALARM_BYTES) return;
    this.#unasked = 0;
    server.alarms.check();
  }

  /** Who says little is heard at once, but for his handshake: that costs much, and very many may come in one turn. */
  #mayWait(chunk: Uint8Array): boolean {
    return chunk.length > SMALL_BYTES || this.#connection.phase.name !== 'running';
  }

  get held(): boolean {
    return this.#holds.alarm || this.#holds.unread || this.#holds.disk || this.#holds.turn;
  }

  /** Nothing more is read until it is released from this and any other reason; what has come is kept. */
  hold(reason: HoldReason): void {
    this.#holds[reason] = true;
    this.#connection.socket.pause();
  }

  release(reason: HoldReason): void {
    if (!this.#holds[reason]) return;
    this.#holds[reason] = false;
    // Not now: this may be in the middle of another connection's chunk, and there is one read region for all.
    setImmediate(() => this.#resume());
  }

  /** It has its turn. */
  goOn(): void {
    this.#holds.turn = false;
    this.#resume();
  }

  #resume(): void {
    if (this.held || this.#stopped) return;
    this.push(EMPTY);
    if (!this.held && !this.#stopped) this.#connection.socket.resume();
  }

  /** Something follows that costs more than its bytes. It is done now, and if the turn is over then, no more. */
  costly(): void {
    if (this.#hadCostly && this.#connection.server.turn.over) this.#wait();
    this.#hadCostly = true;
  }

  #wait(): void {
    if (this.#holds.turn) return;
    this.hold('turn');
    this.#connection.server.turn.wait(this);
  }

  stop(): void {
    this.#stopped = true;
    this.#channel = undefined;
    this.#carry.clear();
  }

  /** A channel was opened or closed. */
  channelsChanged(): void {
    this.#channel = undefined;
  }

  #run(bytes: Uint8Array, end: number): void {
    let at = 0;
    for (;;) {
      try {
        at = this.#frames(bytes, at, end);
        break;
      } catch (error) {
        this.#failed(error);
        at = this.#next;
      }
    }
    if (this.#stopped) return;
    this.#carry.keep(bytes, at, end);
  }

  #failed(error: unknown): void {
    const connection = this.#connection;
    if (!(error instanceof AmqpError)) {
      connection.failInside(error);
      return;
    }
    const { classId = this.#methodId >>> 16, methodId = this.#methodId & 0xffff } = error;
    if (this.#channel === undefined || error.hard) connection.fail(error, classId, methodId);
    else connection.failChannel(this.#channel, error, classId, methodId);
  }

  /** Handles whole frames from `at`; returns where the first incomplete one begins. */
  #frames(bytes: Uint8Array, from: number, end: number): number {
    let at = from;
    let sliceEnd = from + SLICE_BYTES;
    while (at < end && !this.#stopped && !this.held) {
      if (at >= sliceEnd) {
        if (this.#connection.server.turn.longOver) {
          this.#wait();
          break;
        }
        sliceEnd = at + SLICE_BYTES;
      }
      if (this.#bodyLeft >= 0) {
        at = this.#continueBody(bytes, at, end);
        continue;
      }
      if (this.#connection.phase.name === 'header-due') {
        const length = Math.min(PROTOCOL_HEADER_BYTES, end - at);
        if (!isProtocolHeader(bytes, at, at + length)) {
          this.#stopped = true;
          refuseProtocol(this.#connection);
          return end;
        }
        if (length < PROTOCOL_HEADER_BYTES) return this.#incomplete(at, PROTOCOL_HEADER_BYTES);
        at += PROTOCOL_HEADER_BYTES;
        start(this.#connection);
        continue;
      }
      if (end - at < FRAME_HEADER_BYTES) return this.#incomplete(at, FRAME_HEADER_BYTES);
      const type = bytes[at] as number;
      const number = readU16(bytes, at + 1);
      const size = readU32(bytes, at + 3);
      const frameEnd = at + FRAME_HEADER_BYTES + size + 1;
      this.#methodId = 0;
      this.#next = end;
      if (size > this.#frameMax()) throw frameTooLarge(type, size, this.#frameMax());
      const channel = this.#channelOf(number);
      if (type === FRAME_BODY && frameEnd > end && channel !== undefined && channel.phase.name === 'body-due') {
        this.#bodyLeft = size;
        this.#bodyChannel = channel;
        at += FRAME_HEADER_BYTES;
        continue;
      }
      if (frameEnd > end) return this.#incomplete(at, frameEnd - at);
      if (bytes[frameEnd - 1] !== FRAME_END) throw badFrameEnd(type, bytes, at + FRAME_HEADER_BYTES, frameEnd - 1);
      this.#next = frameEnd;
      if (type === FRAME_METHOD && channel !== undefined && channel.phase.name === 'open' && size >= 4) {
        const methodId = readU32(bytes, at + 7);
        if (methodId === BASIC_PUBLISH) {
          this.#methodId = BASIC_PUBLISH;
          const done = publishWhole(channel, bytes, at, frameEnd, end);
          if (done > 0) {
            at = done;
            continue;
          }
          if (done !== NOT_WHOLE) return this.#incomplete(at, -done);
        } else if (size === SETTLE_PAYLOAD_BYTES && isSettlement(methodId)) {
          this.#methodId = methodId;
          settleFrame(channel, methodId, bytes, at + 11);
          at = frameEnd;
          continue;
        }
      }
      this.#handle(type, number, channel, bytes, at + FRAME_HEADER_BYTES, frameEnd - 1);
      this.#holdIfUnread();
      at = frameEnd;
    }
    return at;
  }

  #handle(
    type: number,
    number: number,
    channel: Channel | undefined,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    switch (type) {
      case FRAME_METHOD:
        if (end - start < 4) throw unknownFrame(type, bytes, start, end);
        this.#methodId = readU32(bytes, start);
        this.costly();
        return methodFrame(this.#connection, number, channel, bytes, start, end);
      case FRAME_HEADER:
        this.#methodId = contentOf(channel);
        return contentFrame(this.#connection, number, channel, bytes, start, end);
      case FRAME_BODY:
        this.#methodId = contentOf(channel);
        return bodyFrame(this.#connection, number, channel, bytes, start, end);
      case FRAME_HEARTBEAT:
        if (number !== 0) throw unexpectedFrame(type, bytes, start, end);
        if (end > start) throw unknownFrame(type, bytes, start, end);
        return;
      default:
        throw unknownFrame(type, bytes, start, end);
    }
  }

  /** Passes on more of a body frame whose end has not come yet. Returns the index behind what was used. */
  #continueBody(bytes: Uint8Array, at: number, end: number): number {
    const length = Math.min(this.#bodyLeft, end - at);
    if (length > 0) {
      const channel = this.#bodyChannel as Channel;
      this.#channel = channel;
      this.#methodId = BASIC_PUBLISH;
      this.#next = at + length;
      const left = this.#bodyLeft;
      this.#bodyLeft -= length;
      bodyPart(channel, bytes, at, at + length, left);
      return at + length;
    }
    const channel = this.#bodyChannel as Channel;
    this.#bodyLeft = -1;
    this.#bodyChannel = undefined;
    this.#next = end;
    if (bytes[at] !== FRAME_END) throw badFrameEnd(FRAME_BODY, bytes, at, at);
    this.#channel = channel;
    this.#methodId = BASIC_PUBLISH;
    this.#next = at + 1;
    bodyEnd(channel);
    return at + 1;
  }

  /** A peer that does not read the answers to what it asks is not listened to any more. */
  #holdIfUnread(): void {
    const { outbox } = this.#connection;
    if (outbox.congested && outbox.unsentBytes > UNREAD_BYTES_MAX) this.hold('unread');
  }

  #incomplete(at: number, needed: number): number {
    this.#carry.needed = needed;
    return at;
  }

  #frameMax(): number {
    const { phase, tuning, server } = this.#connection;
    return phase.name === 'running' || phase.name === 'closing' ? tuning.frameMax : server.initialFrameMax;
  }

  #channelOf(number: number): Channel | undefined {
    const last = this.#channel;
    if (last !== undefined && last.number === number) return last;
    const channel = this.#connection.channels.get(number);
    this.#channel = channel;
    return channel;
  }
}

const EMPTY = new Uint8Array(0);

/** The method that a content frame belongs to, for the error that it may end in: none if none is under way. */
function contentOf(channel: Channel | undefined): number {
  return channel === undefined || channel.phase.name === 'open' ? 0 : BASIC_PUBLISH;
}

function isSettlement(methodId: number): boolean {
  return methodId === BASIC_ACK || methodId === BASIC_NACK || methodId === BASIC_REJECT;
}

/** `at` is the index of the delivery tag; ack's bit is multiple, nack's are multiple and requeue, reject's is requeue. */
function settleFrame(channel: Channel, methodId: number, bytes: Uint8Array, at: number): void {
  const tag = readU32(bytes, at) * 0x1_0000_0000 + readU32(bytes, at + 4);
  const bits = bytes[at + 8] as number;
  if (methodId === BASIC_ACK) {
    settle(channel, tag, (bits & 1) !== 0, 'ack');
    return;
  }
  // What is refused may be dead-lettered, or has to find its old place.
  channel.connection.costly();
  if (methodId === BASIC_NACK) settle(channel, tag, (bits & 1) !== 0, (bits & 2) !== 0 ? 'nack' : 'discard');
  else settle(channel, tag, false, (bits & 1) !== 0 ? 'reject' : 'discard');
}
