import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { REDELIVERED } from '../../src/core/queue/entry.ts';
import { purgeQueue } from '../../src/core/topology/queues.ts';
import type { Held, HostClient } from '../support/host_client.ts';
import { ReadyCounter } from '../support/ready_counter.ts';

/** A virtual host with nothing in it, over the store that is tested. */
export interface StoreUnderTest {
  readonly client: HostClient;
  /** Everything that the store does on its own is done. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** What every store has to do for a virtual host, whether or not what is in it outlives the process. */
export function storeSuite(name: string, create: () => Promise<StoreUnderTest>): void {
  describe(name, () => {
    let made: StoreUnderTest;
    let client: HostClient;

    beforeEach(async () => {
      made = await create();
      client = made.client;
    });
    afterEach(() => made.close());

    async function take(queue: string): Promise<Held> {
      const held = await client.take(client.vhost.queue(queue));
      expect(held).toBeDefined();
      return held!;
    }

    function body(length: number, fill: number): Uint8Array {
      return new Uint8Array(length).fill(fill);
    }

    it.each([true, false])(
      'gives messages back byte for byte, whatever their size (persistent: %s)',
      async (persistent) => {
        client.declareQueue('q');
        const sizes = [0, 1, 200, 70_000, 262_000, 262_144, 300_000, 1_000_000];
        const published = sizes.map((size, i) =>
          client.publish({ routingKey: 'q', persistent, body: body(size, i), headers: { i, text: 'ü' } }),
        );
        await made.settle();
        for (const { bytes } of published) {
          const held = await take('q');
          expect(Buffer.compare(client.bytesOf(held.entry), bytes)).toBe(0);
          client.ack(held);
        }
        expect(await client.take(client.vhost.queue('q'))).toBeUndefined();
      },
    );

    it('keeps the order of each queue, of durable, transient and both kinds of messages', async () => {
      client.declareQueue('durable');
      client.declareQueue('transient', false);
      client.declareExchange('both', 'fanout');
      for (const queue of ['durable', 'transient']) client.bindQueue('both', queue);
      const published = Array.from({ length: 60 }, (_, i) =>
        client.publish({ exchange: 'both', routingKey: '', persistent: i % 3 > 0, body: body(i * 500, i) }),
      );
      for (const queue of ['durable', 'transient']) {
        for (const [i, { bytes }] of published.entries()) {
          const held = await take(queue);
          expect(held.entry.sequence).toBe(i + 1);
          expect(Buffer.compare(client.bytesOf(held.entry), bytes)).toBe(0);
          client.ack(held);
        }
      }
    });

    it('gives what is requeued back to its place, marked', async () => {
      client.declareQueue('q');
      for (let i = 1; i <= 4; i++) client.publish({ routingKey: 'q', persistent: i !== 2 });
      const [first, second, third] = [await take('q'), await take('q'), await take('q')];
      client.ack(second);
      for (const held of [third, first]) client.requeue(held);
      await made.settle();
      const again = [await take('q'), await take('q'), await take('q')];
      expect(again.map(({ entry }) => [entry.sequence, entry.flags & REDELIVERED])).toEqual([
        [1, REDELIVERED],
        [3, REDELIVERED],
        [4, 0],
      ]);
    });

    it('does a transaction at once', async () => {
      client.declareQueue('a');
      client.declareQueue('b', false);
      client.publish({ routingKey: 'a' });
      const held = await take('a');
      client.atomically(() => {
        for (let i = 0; i < 5; i++) client.publish({ routingKey: i % 2 === 0 ? 'a' : 'b', body: body(100_000, i) });
        client.ack(held);
      });
      const { queues } = client.vhost;
      expect(['a', 'b'].map((queue) => queues.get(queue)?.readyCount)).toEqual([3, 2]);
      expect(queues.get('a')?.counts.unacked).toBe(0);
    });

    it('frees what is purged, deleted or acknowledged, and only that', async () => {
      const { pages } = client.vhost.store;
      for (const queue of ['purged', 'deleted', 'acknowledged', 'kept']) client.declareQueue(queue);
      client.declareExchange('all', 'fanout');
      for (const queue of client.vhost.queues.keys()) client.bindQueue('all', queue);
      const published = Array.from({ length: 30 }, (_, i) =>
        client.publish({ exchange: 'all', routingKey: '', persistent: i % 2 === 0, body: body(50_000, i) }),
      );
      await made.settle();
      const before = pages.pageCount;
      purgeQueue(client.vhost, client.vhost.queue('purged'));
      client.deleteQueue('deleted');
      for (let i = 0; i < 30; i++) client.ack(await take('acknowledged'));
      await made.settle();
      expect(pages.pageCount).toBe(before);
      for (const { bytes } of published) {
        const held = await take('kept');
        expect(Buffer.compare(client.bytesOf(held.entry), bytes)).toBe(0);
        client.ack(held);
      }
      await made.settle();
      // What is written to at present is kept: a page of memory and one of the journal.
      expect(pages.pageCount).toBeLessThanOrEqual(2);
    });

    it('keeps what is out with a consumer when its queue is deleted', async () => {
      client.declareQueue('q');
      const { bytes } = client.publish({ routingKey: 'q', body: body(300, 1) });
      const held = await take('q');
      client.deleteQueue('q');
      client.declareQueue('q');
      client.publish({ routingKey: 'q', body: body(300, 2) });
      await made.settle();
      expect(Buffer.compare(client.bytesOf(held.entry), bytes)).toBe(0);
      client.requeue(held);
      expect(client.vhost.queue('q').readyCount).toBe(1);
    });

    it('counts as a plain list of messages would, whatever is done', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.tuple(fc.nat(5), fc.nat(3)), { maxLength: 60 }), async (steps) => {
          const other = await create();
          const counter = new ReadyCounter(other.client);
          for (const [kind, which] of steps) {
            await counter.step(kind, which);
            counter.expectAgreement();
          }
          await other.settle();
          counter.expectAgreement();
          await other.close();
        }),
        { numRuns: 40 },
      );
    });
  });
}
