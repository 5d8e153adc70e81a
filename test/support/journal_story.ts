import { EMPTY_TABLE } from '../../src/codec/table.ts';
import { batchesFrom } from '../../src/journal/scan.ts';
import { dropAll } from './empty_queue.ts';
import type { Held } from './host_client.ts';
import { JournalFiles } from './journal_files.ts';
import type { JournalHost } from './journal_host.ts';
import { type HostState, label, stateOf } from './journal_state.ts';

/** A journal of one segment in which every kind of record is, a batch for each step, and how things stood after each. */
export interface Story {
  readonly files: JournalFiles;
  readonly sequences: ReadonlyMap<string, number>;
  /** As at first, and after each batch: `states[i]` is that after batch i. */
  readonly states: readonly HostState[];
  /** Where each batch ends; the first is the checkpoint. */
  readonly ends: readonly number[];
}

type Step = (host: JournalHost, tools: Tools) => void | Promise<void>;

class Tools {
  readonly sequences: Map<string, number> = new Map();
  readonly #host: JournalHost;
  readonly #held: Held[] = [];

  constructor(host: JournalHost) {
    this.#host = host;
  }

  publish(exchange: string, routingKey: string, body: string): void {
    const { client, vhost } = this.#host;
    for (const queue of vhost.route(exchange, routingKey).queues) {
      this.sequences.set(label(queue.name, body), queue.nextSequence);
    }
    client.publish({ exchange, routingKey, body: Buffer.from(body), headers: { said: body } });
  }

  async take(queue: string): Promise<void> {
    const held = await this.#host.client.take(this.#host.vhost.queue(queue));
    if (held !== undefined) this.#held.push(held);
  }

  ack(): void {
    this.#host.client.ack(this.#held.shift() as Held);
  }

  requeue(): void {
    this.#host.client.requeue(this.#held.shift() as Held);
  }
}

const STEPS: readonly Step[] = [
  ({ client }) => void client.declareQueue('one', true, new Map([['x-note', { tag: 'I', value: 7 }]])),
  ({ client }) => void client.declareQueue('two'),
  ({ client }) => client.declareExchange('logs', 'fanout'),
  ({ client }) => client.declareExchange('gone', 'topic'),
  ({ client }) => client.bindQueue('logs', 'one'),
  ({ client }) => client.bindQueue('logs', 'two', 'key'),
  (_, tools) => tools.publish('', 'one', 'first'),
  (_, tools) => tools.publish('logs', '', 'to both'),
  (_, tools) => tools.publish('', 'two', ''),
  (_, tools) => tools.take('one'),
  (_, tools) => tools.requeue(),
  async (_, tools) => {
    await tools.take('one');
    tools.ack();
  },
  (_, tools) => tools.publish('', 'one', 'last'),
  ({ client }, tools) =>
    client.atomically(() => {
      tools.publish('', 'one', 'all');
      tools.publish('', 'two', 'or nothing');
    }),
  ({ client }) => client.unbindQueue('logs', 'two', 'key'),
  ({ client }) => client.deleteExchange('gone'),
  ({ client }) => void client.declareQueue('three', true, EMPTY_TABLE),
  (_, tools) => tools.publish('', 'three', 'soon gone'),
  ({ client }) => client.deleteQueue('three'),
  ({ vhost }) => void dropAll(vhost.queue('one').purge()),
  (_, tools) => tools.publish('', 'one', 'the end'),
];

export async function tellStory(): Promise<Story> {
  const files = new JournalFiles();
  const host = await files.open();
  const tools = new Tools(host);
  const states = [await stateOf(host, tools.sequences, 'in use')];
  for (const step of STEPS) {
    await step(host, tools);
    await host.settle();
    states.push(await stateOf(host, tools.sequences, 'in use'));
  }
  files.kill();
  const ends = [...batchesFrom(await files.segment(1), 32, undefined)].map(({ end }) => end);
  return { files, sequences: tools.sequences, states, ends };
}
