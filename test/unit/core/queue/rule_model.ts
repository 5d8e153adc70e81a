import type { QueueSettings } from '../../../../src/core/queue/settings.ts';

export interface Message {
  readonly id: number;
  readonly body: string;
  readonly priority: number;
  readonly expiresAtMs: number;
  returns: number;
  /** Whether it may have been seen before. */
  redelivered: boolean;
}

export type Limits = Pick<
  QueueSettings,
  'messageTtlMs' | 'maxLength' | 'maxLengthBytes' | 'overflow' | 'deliveryLimit'
>;

/** What a queue with rules is, said the simple way: a sorted list, and a clock that goes millisecond by millisecond. */
export class Model {
  readonly maxPriority: number;
  limits: Limits;
  nowMs = 0;
  ready: Message[] = [];
  out: Message[] = [];
  /** Dead letters since the last look. */
  dead: string[] = [];
  room = 0;
  delivered: number[] = [];
  #ids = 0;

  constructor(maxPriority: number, limits: Limits) {
    this.maxPriority = maxPriority;
    this.limits = limits;
  }

  get bytes(): number {
    return this.ready.reduce((sum, { body }) => sum + body.length, 0);
  }

  message(padding: number, priority: number | undefined, ttlMs: number | undefined): Message {
    const id = ++this.#ids;
    const ttls = [ttlMs, this.limits.messageTtlMs].filter((ttl) => ttl !== undefined);
    const expiresAtMs = ttls.length === 0 ? Number.POSITIVE_INFINITY : this.nowMs + Math.min(...ttls);
    return {
      id,
      body: `${id}`.padEnd(padding, '.'),
      priority: Math.min(priority ?? 0, this.maxPriority),
      expiresAtMs,
      returns: 0,
      redelivered: false,
    };
  }

  push(message: Message): void {
    if (this.limits.overflow !== 'drop-head' && this.#isOver([...this.ready, message])) {
      this.dropExpired();
      this.deliver();
      if (this.#isOver([...this.ready, message])) {
        if (this.limits.overflow === 'reject-publish-dlx') this.#die(message, 'maxlen');
        return;
      }
    }
    this.dropExpired();
    this.#insert(message);
    if (message.expiresAtMs > this.nowMs && !this.#isOver(this.ready)) return;
    this.deliver();
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

  deliver(): void {
    while (this.room > 0 && this.ready.length > 0) {
      const message = this.ready.shift() as Message;
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
    this.#insert(message);
    this.dropExpired();
    this.#enforce();
  }

  advance(byMs: number): void {
    for (let left = byMs; left > 0; left--) {
      this.nowMs++;
      this.dropExpired();
    }
  }

  change(limits: Limits): void {
    this.limits = limits;
    this.#enforce();
  }

  /** What was out is in its place again, as if its consumer was lost, which counts for nothing. */
  restart(): void {
    for (const message of this.out.splice(0)) {
      message.redelivered = true;
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
    while (this.limits.overflow === 'drop-head' && this.ready.length > 0 && this.#isOver(this.ready)) {
      this.#die(this.ready.shift() as Message, 'maxlen');
    }
    this.dropExpired();
  }

  #isOver(messages: readonly Message[]): boolean {
    const { maxLength = Number.POSITIVE_INFINITY, maxLengthBytes = Number.POSITIVE_INFINITY } = this.limits;
    const bytes = messages.reduce((sum, { body }) => sum + body.length, 0);
    return messages.length > maxLength || bytes > maxLengthBytes;
  }

  #insert(message: Message): void {
    this.ready.push(message);
    this.ready.sort((left, right) => right.priority - left.priority || left.id - right.id);
  }

  #die(message: Message, reason: string): void {
    this.dead.push(`${message.body} ${reason}`);
  }
}
