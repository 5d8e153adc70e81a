import { readProperties } from '../../../src/codec/properties.ts';
import { getInteger } from '../../../src/codec/table.ts';
import { DURABLE } from '../../../src/core/queue/entry.ts';
import type { Queue } from '../../../src/core/queue/queue.ts';
import type { Position } from '../../../src/core/store/page_table.ts';
import { propertiesEnd, propertiesStart, routeEnd } from '../../../src/core/store/record.ts';
import type { JournalQueue } from '../../../src/journal/journal_queue.ts';
import type { JournalHost } from '../../support/journal_host.ts';
import type { Account, AccountTransaction } from './account.ts';
import { idOf } from './audit.ts';

/** Enters into the account what comes into queues, of clients and of exchanges that delay, and what goes out of those. */
export class Watch {
  /** What clients do belongs to it. */
  transaction: AccountTransaction | undefined;
  readonly #host: JournalHost;
  readonly #account: Account;
  /** What an exchange routes now, with the end of the message that waited there. */
  #forwarded: AccountTransaction | undefined;
  #forwarding = false;

  constructor(host: JournalHost, account: Account) {
    this.#host = host;
    this.#account = account;
  }

  /** A queue that was declared, or was there when the process began. */
  add(queue: Queue): void {
    if (queue.log === undefined) return;
    const push = queue.push.bind(queue);
    queue.push = (position, bodyBytes, flags) => {
      this.#pushed(queue, position, bodyBytes, flags);
      push(position, bodyBytes, flags);
    };
    if (queue.properties.forwards === true) this.#addDelayed(queue);
  }

  get #gathering(): number {
    return this.#host.journal.gathering;
  }

  #pushed(queue: Queue, position: Position, bodyBytes: number, flags: number): void {
    const known = this.#account.queues.get((queue.log as JournalQueue).id);
    if (known === undefined) return;
    const bytes = this.#host.client.bytesOf({ position, bodyBytes });
    const message = { id: idOf(bytes), sequence: queue.nextSequence, persistent: (flags & DURABLE) !== 0, bytes };
    const copy = this.#account.published(known, message, this.#dueMs(queue, bytes), this.#gathering);
    if (this.#forwarding) this.#forwarded ??= { commit: this.#gathering, publishes: [], settles: [] };
    const transaction = this.#forwarding ? this.#forwarded : this.transaction;
    transaction?.publishes.push({ queue: known, copy });
  }

  /** Undefined where nothing waits that was published. */
  #dueMs(queue: Queue, bytes: Uint8Array): number | undefined {
    if (queue.rules?.settings.scheduled !== true) return undefined;
    const content = routeEnd(bytes, 0);
    const { headers } = readProperties(bytes, propertiesStart(content), propertiesEnd(bytes, content));
    const delayMs = headers === undefined ? undefined : getInteger(headers, 'x-delay');
    return this.#host.vhost.host.nowMs() + Math.max(0, delayMs ?? 0);
  }

  #addDelayed(queue: Queue): void {
    const drain = queue.drain.bind(queue);
    queue.drain = () => {
      this.#forwarding = true;
      drain();
      this.#forwarding = false;
    };
    const drop = queue.drop.bind(queue);
    queue.drop = (position, sequence, bodyBytes, flags) => {
      const transaction = this.#forwarded ?? { commit: this.#gathering, publishes: [], settles: [] };
      this.#forwarded = undefined;
      const known = this.#account.queues.get((queue.log as JournalQueue).id);
      const copy = [...(known?.copies.values() ?? [])].find((copy) => copy.sequence === sequence);
      if (known !== undefined && copy !== undefined) {
        copy.settled = this.#gathering;
        copy.settledIn = transaction;
        transaction.settles.push({ queue: known, copy });
      }
      this.#account.transactions.push(transaction);
      drop(position, sequence, bodyBytes, flags);
    };
  }
}
