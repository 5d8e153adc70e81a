import type { QueueSettings } from '../../../../src/core/queue/settings.ts';

export interface Message {
  readonly id: number;
  readonly body: string;
  readonly priority: number;
  expiresAtMs: number;
  /** When it became ready or will; NOT_KEPT in a queue in which nothing has waited for that. */
  readyAtMs: number;
  returns: number;
  /** Whether it may have been seen before. */
  redelivered: boolean;
  /** Whether it stands in front of what never left the queue. */
  inFront: boolean;
}

const NOT_KEPT = -1;

export type Limits = Pick<
  QueueSettings,
  'messageTtlMs' | 'maxLength' | 'maxLengthBytes' | 'overflow' | 'deliveryLimit'
>;

/** What messages may wait for: a time that they ask for, and one that they are given when they come back. */
export interface Waits {
  readonly scheduled: boolean;
  readonly retry: { readonly minMs: number; readonly maxMs: number } | undefined;
}

/** What a queue with rules is, said the simple way: a sorted list, and a clock that goes millisecond by millisecond. */
export class Model {
  readonly maxPriority: number;
  readonly waits: Waits;
  limits: Limits;
  nowMs = 0;
  ready: Message[] = [];
  /** The first to be due first. */
  waiting: Message[] = [];
  out: Message[] = [];
  /** Dead letters since the last look. */
  dead: string[] = [];
  room = 0;
  delivered: number[] = [];
  #ids = 0;

  constructor(maxPriority: number, limits: Limits, waits: Waits) {
    this.maxPriority = maxPriority;
    this.waits = waits;
    this.limits = limits;
  }

  message(padding: number, priority: number | undefined, ttlMs: number | undefined, delayMs: number): Message {
    const id = ++this.#ids;
    const ttls = [ttlMs, this.limits.messageTtlMs].filter((ttl) => ttl !== undefined);
    const readyAtMs = this.waits.scheduled ? this.nowMs + delayMs : NOT_KEPT;
    const sinceMs = Math.max(readyAtMs, this.nowMs);
    const expiresAtMs = ttls.length === 0 ? Number.POSITIVE_INFINITY : sinceMs + Math.min(...ttls);
    return {
      id,
      body: `${id}`.padEnd(padding, '.'),
      priority: Math.min(priority ?? 0, this.maxPriority),
      expiresAtMs,
      readyAtMs,
      returns: 0,
      redelivered: false,
      inFront: false,
    };
  }

  push(message: Message): void {
    if (this.limits.overflow !== 'drop-head' && this.#isOver(message)) {
      this.dropExpired();
      this.deliver();
      if (this.#isOver(message)) {
        if (this.limits.overflow === 'reject-publish-dlx') this.#die(message, 'maxlen');
        return;
      }
    }
    this.dropExpired();
    if (message.readyAtMs > this.nowMs) this.#wait(message, message.readyAtMs);
    else this.#insert(message);
    if (message.expiresAtMs > this.nowMs && !this.#isOver()) return;
    this.deliver((other) => other === message);
    this.dropExpired();
    this.#enforce();
  }

  take(): Message | undefined {
    this.dropExpired();
    const message = this.ready.shift();
    if (message !== undefined) this.out.push(message);
    this.dropExpired();
    return message;
  }

  /** What has expired by now is not for a consumer, but for one that has just come, or is due. */
  deliver(isSpared: (message: Message) => boolean = () => false): void {
    while (this.room > 0 && this.ready.length > 0) {
      const message = this.ready.shift() as Message;
      if (message.expiresAtMs <= this.nowMs && !isSpared(message)) {
        this.#die(message, 'expired');
        continue;
      }
      this.out.push(message);
      this.delivered.push(message.id);
      this.room--;
    }
    this.dropExpired();
  }

  settle(message: Message): void {
    this.out = this.out.filter((other) => other !== message);
  }

  reject(message: Message): void {
    this.settle(message);
    this.#die(message, 'rejected');
  }

  requeue(message: Message): void {
    this.settle(message);
    message.returns++;
    message.redelivered = true;
    const { deliveryLimit } = this.limits;
    if (deliveryLimit !== undefined && message.returns > deliveryLimit) {
      this.#die(message, 'delivery_limit');
      return;
    }
    const { retry } = this.waits;
    message.inFront = true;
    if (retry === undefined) this.#insert(message);
    else this.#wait(message, this.nowMs + Math.min(retry.minMs * message.returns, retry.maxMs));
    this.dropExpired();
    this.#enforce();
  }

  advance(byMs: number): void {
    for (let left = byMs; left > 0; left--) {
      this.nowMs++;
      this.dropExpired();
      this.#release();
    }
  }

  cancel(message: Message): void {
    this.waiting = this.waiting.filter((other) => other !== message);
  }

  /** One that nobody has had yet ages from when it becomes ready. */
  reschedule(message: Message, readyAtMs: number): void {
    this.cancel(message);
    if (!message.redelivered) message.expiresAtMs += readyAtMs - message.readyAtMs;
    this.#wait(message, readyAtMs);
  }

  change(limits: Limits): void {
    this.limits = limits;
    this.#enforce();
  }

  /** What was out is in its place again, as if its consumer was lost, which counts for nothing. */
  restart(): void {
    const all = [...this.out.splice(0).map((message) => Object.assign(message, { redelivered: true })), ...this.ready];
    this.ready = [];
    for (const message of all) {
      message.inFront = message.redelivered && message.readyAtMs !== NOT_KEPT;
      this.#insert(message);
    }
    this.dropExpired();
  }

  /** Each priority has a first message. */
  dropExpired(): void {
    for (let priority = this.maxPriority; priority >= 0; priority--) {
      for (;;) {
        const first = this.ready.find((message) => message.priority === priority);
        if (first === undefined || first.expiresAtMs > this.nowMs) break;
        this.ready = this.ready.filter((message) => message !== first);
        this.#die(first, 'expired');
      }
    }
  }

  #enforce(): void {
    while (this.limits.overflow === 'drop-head' && this.#isOver()) {
      const first = this.ready.shift() ?? this.waiting.shift();
      if (first === undefined) break;
      this.#die(first, 'maxlen');
    }
    this.dropExpired();
  }

  /** With one message more, or as it is. What waits is as much there as what is ready. */
  #isOver(...more: readonly Message[]): boolean {
    const { maxLength = Number.POSITIVE_INFINITY, maxLengthBytes = Number.POSITIVE_INFINITY } = this.limits;
    const messages = [...this.ready, ...this.waiting, ...more];
    return messages.length > maxLength || bytesOf(messages) > maxLengthBytes;
  }

  #insert(message: Message): void {
    this.ready.push(message);
    this.ready.sort(
      (left, right) =>
        right.priority - left.priority || Number(right.inFront) - Number(left.inFront) || inTime(left, right),
    );
  }

  #wait(message: Message, readyAtMs: number): void {
    message.readyAtMs = readyAtMs;
    this.waiting.push(message);
    this.waiting.sort(inTime);
  }

  /** What is due is ready. Of what has no time left, whoever can take a message now gets it. */
  #release(): void {
    const due = this.waiting.filter(({ readyAtMs }) => readyAtMs <= this.nowMs);
    if (due.length === 0) return;
    this.waiting = this.waiting.filter((message) => !due.includes(message));
    for (const message of due) this.#insert(message);
    if (due.some(({ redelivered, expiresAtMs }) => !redelivered && expiresAtMs <= this.nowMs)) this.deliver(() => true);
    this.dropExpired();
  }

  #die(message: Message, reason: string): void {
    this.dead.push(`${message.body} ${reason}`);
  }
}

export function bytesOf(messages: readonly Message[]): number {
  return messages.reduce((sum, { body }) => sum + body.length, 0);
}

function inTime(left: Message, right: Message): number {
  return left.readyAtMs - right.readyAtMs || left.id - right.id;
}
