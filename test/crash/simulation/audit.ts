import { readProperties } from '../../../src/codec/properties.ts';
import { getInteger } from '../../../src/codec/table.ts';
import type { Queue } from '../../../src/core/queue/queue.ts';
import { propertiesEnd, propertiesStart, routeEnd } from '../../../src/core/store/record.ts';
import type { JournalQueue } from '../../../src/journal/journal_queue.ts';
import { acquiredOf } from '../../../src/journal/returns.ts';
import type { JournalHost } from '../../support/journal_host.ts';
import { messagesAt, positionsIn } from '../../support/queue_messages.ts';
import { type Account, type AccountQueue, type AccountTransaction, type Copy, seenCopy } from './account.ts';
import { CERTAIN } from './fact.ts';

/** A promise that was broken. */
export class BrokenPromise extends Error {
  override readonly name = 'BrokenPromise';
}

function must(condition: boolean, problem: string): asserts condition {
  if (!condition) throw new BrokenPromise(problem);
}

/** Compares what is there after an opening with the account of what has to be, and enters what was found. */
export async function audit(host: JournalHost, account: Account): Promise<void> {
  const { told } = host;
  must(told.damage.length === 0, `damage was found where there is none: ${JSON.stringify(told.damage)}`);
  const found = new Map<AccountQueue, Queue>();
  for (const queue of [...host.vhost.queues.values(), ...host.vhost.delayQueues.values()]) {
    found.set(known(account, queue), queue);
  }
  for (const queue of account.queues.values()) {
    if (found.has(queue)) must(queue.deleted !== CERTAIN, `${queue.name} was deleted and is there`);
    else must(queue.declared !== CERTAIN || queue.deleted !== undefined, `${queue.name} is gone`);
  }
  const contents = new Map<AccountQueue, ReadonlyMap<number, Uint8Array>>();
  for (const [queue, actual] of found) {
    const messages = await readAll(host, actual);
    contents.set(queue, messages);
    auditMessages(queue, actual, messages);
    auditTimes(queue, actual, messages, host.vhost.host.nowMs());
  }
  for (const transaction of account.transactions) auditTransaction(transaction, contents);
  auditTopology(host, account);
  account.transactions = [];
  for (const queue of account.queues.values()) {
    const messages = contents.get(queue);
    if (messages === undefined) account.queues.delete(queue.id);
    else enter(queue, found.get(queue) as Queue, messages, host.vhost.host.nowMs());
  }
}

function known(account: Account, queue: Queue): AccountQueue {
  const expected = account.queues.get((queue.log as JournalQueue).id);
  must(expected?.name === queue.name, `nobody declared this ${queue.name}`);
  return expected;
}

/** The bytes of every message in the queue, by id, in their order. */
async function readAll(host: JournalHost, queue: Queue): Promise<ReadonlyMap<number, Uint8Array>> {
  const messages = new Map<number, Uint8Array>();
  for (const message of await messagesAt(host, () => positionsIn(queue))) {
    must(message !== undefined, `a page of ${queue.name} cannot be read`);
    const id = idOf(message);
    must(!messages.has(id), `message ${id} is twice in ${queue.name}`);
    messages.set(id, message);
  }
  return messages;
}

/** Messages carry their id in a header, as their bodies may be empty. */
export function idOf(bytes: Uint8Array): number {
  const content = routeEnd(bytes, 0);
  const { headers } = readProperties(bytes, propertiesStart(content), propertiesEnd(bytes, content));
  const id = headers === undefined ? undefined : getInteger(headers, 'id');
  must(id !== undefined, 'a message without an id');
  return id;
}

function auditMessages(queue: AccountQueue, actual: Queue, messages: ReadonlyMap<number, Uint8Array>): void {
  const log = actual.log as JournalQueue;
  let before = 0;
  for (const [id, bytes] of messages) {
    const where = `message ${id} of ${queue.name}`;
    const copy = queue.copies.get(id);
    must(copy !== undefined, `${where} never was there`);
    must(copy.persistent, `${where} was transient, and is there again`);
    must(copy.settled !== CERTAIN, `${where} was settled, and is there again`);
    must(Buffer.compare(bytes, copy.bytes) === 0, `${where} is not what was published`);
    must(actual.rules !== undefined || copy.sequence > before, `${where} is out of order`);
    before = copy.sequence;
    auditMarks(where, copy, log);
  }
  for (const copy of queue.copies.values()) {
    const required = copy.persistent && copy.appended === CERTAIN && copy.settled === undefined;
    must(!required || messages.has(copy.id), `message ${copy.id} of ${queue.name} was on disk, and is lost`);
  }
}

/** Of messages that may have to wait: each does if one of the times that it may have is to come, and that is the time. */
function auditTimes(
  queue: AccountQueue,
  actual: Queue,
  messages: ReadonlyMap<number, Uint8Array>,
  nowMs: number,
): void {
  const times = timesIn(actual);
  for (const id of messages.keys()) {
    const { sequence, dues } = queue.copies.get(id) as Copy;
    const where = `message ${id} of ${queue.name}`;
    const last = dues.findLastIndex(({ commit }) => commit === CERTAIN);
    const possible = dues.slice(Math.max(0, last)).map(({ atMs }) => atMs);
    const atMs = times.get(sequence);
    if (atMs !== undefined) {
      must(possible.includes(atMs), `${where} waits until ${atMs}, and not until ${possible.join(' or ')}`);
      must(atMs > nowMs, `${where} waits, and its time has come`);
    } else {
      must(last === -1 || possible.some((at) => at <= nowMs), `${where} does not wait until ${possible.join(' or ')}`);
    }
  }
}

/** When messages are due that wait, by sequence. */
export function timesIn({ waiting }: Queue): ReadonlyMap<number, number> {
  return new Map(waiting.first(0, waiting.length).map(({ sequence, readyAtMs }) => [sequence, readyAtMs]));
}

/** Redelivered marks and counts of returns. */
function auditMarks(where: string, copy: Copy, log: JournalQueue): void {
  const returns = acquiredOf(log.returns.get(copy.sequence) ?? 0);
  const marked = returns > 0 || log.deliveredSet.has(copy.sequence);
  must(copy.delivered !== undefined || !marked, `${where} is marked as delivered, and was not`);
  must(copy.delivered !== CERTAIN || marked, `${where} had been delivered, and is not marked`);
  const counts = copy.returns.map(({ count }) => count);
  const certain = copy.returns.filter(({ commit }) => commit === CERTAIN).map(({ count }) => count);
  must(returns >= Math.max(0, ...certain), `${where} has forgotten returns: ${returns} of ${certain}`);
  must(returns <= Math.max(0, ...counts), `${where} has more returns than there were: ${returns} of ${counts}`);
}

/** Whole or not at all: nothing may speak for a transaction of which something else speaks against it. */
function auditTransaction(
  { publishes, settles }: AccountTransaction,
  contents: ReadonlyMap<AccountQueue, ReadonlyMap<number, Uint8Array>>,
): void {
  const happened: string[] = [];
  const not: string[] = [];
  for (const { queue, copy } of publishes) {
    const messages = contents.get(queue);
    if (messages === undefined || !copy.persistent) continue;
    if (messages.has(copy.id)) happened.push(`message ${copy.id} is in ${queue.name}`);
    else if (copy.settled === undefined) not.push(`message ${copy.id} is not in ${queue.name}`);
  }
  for (const { queue, copy } of settles) {
    const messages = contents.get(queue);
    if (messages === undefined || !copy.persistent) continue;
    if (messages.has(copy.id)) not.push(`message ${copy.id} is still in ${queue.name}`);
    else if (copy.appended === CERTAIN) happened.push(`message ${copy.id} is no longer in ${queue.name}`);
  }
  must(happened.length === 0 || not.length === 0, `half a transaction: ${happened.join(', ')}, but ${not.join(', ')}`);
}

function auditTopology({ vhost }: JournalHost, account: Account): void {
  for (const [name, fact] of account.exchanges) {
    const there = vhost.exchanges.has(name);
    must(fact.mayBe(there), `exchange ${name} is ${there ? 'there' : 'gone'}`);
    fact.seen(there);
  }
  for (const [key, fact] of account.bindings) {
    const [exchange, queue] = key.split(' ') as [string, string];
    const there = vhost.bindings.ofSource(exchange).some(({ destination }) => destination.name === queue);
    must(fact.mayBe(there), `the binding of ${queue} to ${exchange} is ${there ? 'there' : 'gone'}`);
    fact.seen(there);
  }
}

function enter(queue: AccountQueue, actual: Queue, messages: ReadonlyMap<number, Uint8Array>, nowMs: number): void {
  const log = actual.log as JournalQueue;
  const times = timesIn(actual);
  queue.declared = CERTAIN;
  queue.deleted = undefined;
  for (const copy of [...queue.copies.values()]) {
    const returns = acquiredOf(log.returns.get(copy.sequence) ?? 0);
    const marked = returns > 0 || log.deliveredSet.has(copy.sequence);
    if (messages.has(copy.id)) seenCopy(copy, marked, returns, times.get(copy.sequence) ?? nowMs);
    else queue.copies.delete(copy.id);
  }
}
