import { randomBytes } from 'node:crypto';
import type { FieldTable } from '../../src/codec/table.ts';
import { fromPlain } from '../../src/codec/table.ts';
import type { PolicyInput } from '../../src/index.ts';
import type { RawChannel } from '../support/raw_channel.ts';
import { RawClient } from '../support/raw_client.ts';
import type { Arguments } from '../support/raw_methods.ts';
import { normalise } from '../support/raw_transcript.ts';
import type { Grant, Operator, PolicyKind } from './operator.ts';

/** A broker to talk to, and how long it may take to say nothing. */
export interface Target {
  readonly url: string;
  readonly quietMs: number;
  readonly operator: Operator;
  /** Stops the broker, and starts it again on what it kept. Only where conversations are told that have that. */
  readonly restart?: () => Promise<void>;
}

/** One scripted conversation, and the rule that it shows. */
export interface Conversation {
  readonly name: string;
  readonly rule: string;
  readonly run: (stage: Stage) => Promise<void>;
}

export interface OpenOptions {
  /** Stands before the lines of this client; needed where there is more than one. */
  readonly label?: string;
  readonly clientProperties?: FieldTable;
  readonly tune?: Partial<Arguments<'connection.tune-ok'>>;
  /** guest, unless it is another, whose password is his name. */
  readonly user?: string;
  readonly vhost?: string;
}

/** What real clients announce, so that the server uses it. */
export const CLIENT_CAPABILITIES: FieldTable = fromPlain({
  capabilities: {
    authentication_failure_close: true,
    'basic.nack': true,
    'connection.blocked': true,
    consumer_cancel_notify: true,
    exchange_exchange_bindings: true,
    publisher_confirms: true,
  },
});

/** What one conversation runs on: its clients, the names it made up, and the transcript. */
export class Stage {
  readonly transcript: string[] = [];
  readonly #target: Target;
  readonly #clients: RawClient[] = [];
  readonly #queues: string[] = [];
  readonly #exchanges: string[] = [];
  readonly #vhosts: string[] = [];
  readonly #users: string[] = [];
  readonly #policies: (readonly [kind: PolicyKind, name: string])[] = [];
  readonly #runPrefix = `d${randomBytes(5).toString('hex')}-`;

  constructor(target: Target) {
    this.#target = target;
  }

  /** A queue name of this run, deleted when the conversation is over. */
  queue(name: string): string {
    this.#queues.push(this.#runPrefix + name);
    return this.#runPrefix + name;
  }

  exchange(name: string): string {
    this.#exchanges.push(this.#runPrefix + name);
    return this.#runPrefix + name;
  }

  /** From now on the broker traces, which other conversations do not notice. */
  trace(): Promise<void> {
    return this.#target.operator.trace();
  }

  /** A virtual host of this run, deleted with all that is in it when the conversation is over. */
  async vhost(name = 'v'): Promise<string> {
    const vhost = this.#runPrefix + name;
    this.#vhosts.push(vhost);
    await this.operator.vhost(vhost);
    return vhost;
  }

  /** A user of this run, whose password is his name. */
  async user(name = 'u', tags: readonly string[] = []): Promise<string> {
    const user = this.#runPrefix + name;
    this.#users.push(user);
    await this.operator.user(user, user, tags);
    return user;
  }

  /** Permissions from now on, which the transcript tells of. */
  async permit(vhost: string, user: string, grant: Grant): Promise<void> {
    await this.operator.permit(vhost, user, grant);
    const { configure, write, read } = grant;
    this.note(`${user} in ${vhost}: configure '${configure}' write '${write}' read '${read}'`);
  }

  /** A policy for queues and exchanges of this run whose names begin so. */
  async policy(start: string, policy: Omit<PolicyInput, 'pattern'>, kind: PolicyKind = 'policies'): Promise<string> {
    const name = `${this.#runPrefix}${this.#policies.length}`;
    this.#policies.push([kind, name]);
    await this.operator.policy(kind, name, { pattern: `^${this.#runPrefix}${start}`, ...policy });
    return name;
  }

  get operator(): Operator {
    return this.#target.operator;
  }

  /** A line of the transcript about what happens beside the conversation. */
  note(line: string): void {
    this.transcript.push(normalise(`- ${line}`, this.#runPrefix));
  }

  /** A socket, and nothing said yet. */
  async dial(label = ''): Promise<RawClient> {
    const client = await this.#dial(label, this.transcript);
    this.#clients.push(client);
    return client;
  }

  /** A connection with channel 1 open, the way there left out of the transcript. */
  async open(options: OpenOptions = {}): Promise<RawChannel> {
    const before = this.transcript.length;
    const client = await this.dial(options.label);
    await handshake(client, options);
    await client.call(1, 'channel.open');
    this.transcript.length = before;
    return client.channel(1);
  }

  /**
   * Restarts the broker while its clients are connected, and opens a connection anew. What they are told when it stops is left out:
   * a broker that fell over would tell them nothing.
   */
  async restart(options: OpenOptions = {}): Promise<RawChannel> {
    for (const client of this.#clients) await client.quiet();
    this.note('restart');
    if (this.#target.restart === undefined) throw new Error('nobody restarts this broker');
    await this.#target.restart();
    for (const client of this.#clients.splice(0)) client.close();
    return await this.open(options);
  }

  /** Waits out what each client still has to see. */
  async finish(): Promise<void> {
    for (const client of this.#clients) await client.finish();
  }

  async cleanUp(): Promise<void> {
    for (const client of this.#clients) client.close();
    for (const vhost of this.#vhosts) await this.operator.deleteVhost(vhost).catch(() => {});
    for (const user of this.#users) await this.operator.deleteUser(user).catch(() => {});
    for (const [kind, name] of this.#policies) await this.operator.deletePolicy(kind, name).catch(() => {});
    if (this.#queues.length + this.#exchanges.length === 0) return;
    const client = await this.#dial('', []);
    await handshake(client, {});
    let channel = 1;
    await client.call(channel, 'channel.open');
    const after = async (answer: Promise<{ name: string } | undefined>): Promise<void> => {
      if ((await answer)?.name !== 'channel.close') return;
      channel += 1;
      await client.call(channel, 'channel.open');
    };
    for (const queue of this.#queues) await after(client.call(channel, 'queue.delete', { queue }));
    for (const exchange of this.#exchanges) await after(client.call(channel, 'exchange.delete', { exchange }));
    await client.call(0, 'connection.close');
    client.close();
  }

  #dial(label: string, transcript: string[]): Promise<RawClient> {
    const { hostname, port } = new URL(this.#target.url);
    return RawClient.dial({
      host: hostname,
      port: Number(port || 5672),
      label,
      transcript,
      runPrefix: this.#runPrefix,
      quietMs: this.#target.quietMs,
    });
  }
}

/** What is said in a conversation with the broker. */
export async function tell(conversation: Conversation, target: Target): Promise<string[]> {
  const stage = new Stage(target);
  try {
    await conversation.run(stage);
    await stage.finish();
  } finally {
    await stage.cleanUp();
  }
  return stage.transcript;
}

async function handshake(client: RawClient, options: OpenOptions): Promise<void> {
  client.header();
  await client.answer(0, ['connection.start']);
  const { user = 'guest', clientProperties = CLIENT_CAPABILITIES } = options;
  await client.call(0, 'connection.start-ok', { clientProperties, response: Buffer.from(`\0${user}\0${user}`) });
  client.send(0, 'connection.tune-ok', options.tune ?? {});
  await client.call(0, 'connection.open', { virtualHost: options.vhost ?? '/' });
}
