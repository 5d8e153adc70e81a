// Who publishes with confirms: amqplib many at a time, rabbitmq-client large messages, pika one by one.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Connection } from 'rabbitmq-client';
import { BODY_BYTES_MIN, makeBody } from './body.mjs';

const WINDOW = 200;
/** In one round, so that a slow disk and a fast client do not fill the memory of this process. */
const SMALL_MAX = 4000;
const LARGE_MAX = 60;
const LARGE_BYTES_MAX = 300_000;
const PIKA_IDS = 2000;
// Debian's Python, which has Debian's packages.
const python = '/usr/bin/python3';
const pikaProgram = fileURLToPath(new URL('publish.py', import.meta.url));

/** Publishes to `route.exchange` with `route.key`, which leads to `route.queues`. */
export function smallPublisher(name, route, { sizeMax = 2000, countMax = SMALL_MAX } = {}) {
  return async (round) => {
    const channel = await round.channel('createConfirmChannel');
    let inFlight = 0;
    let wake = () => {};
    for (let count = 0; count < countMax && !round.over; count++) {
      while (inFlight >= WINDOW) {
        await round.wait(
          new Promise((resolve) => {
            wake = resolve;
          }),
        );
      }
      const id = round.ledger.nextId();
      round.ledger.sent(id, name, route.queues);
      inFlight++;
      const options = { persistent: true, messageId: String(id), headers: { publisher: name } };
      channel.publish(
        route.exchange,
        route.key,
        makeBody(id, round.number(BODY_BYTES_MIN, sizeMax)),
        options,
        (error) => {
          inFlight--;
          if (error === null) round.ledger.confirmed(id);
          else round.failed(new Error(`message ${id} was refused`));
          wake();
        },
      );
      if (round.chance(0.02)) await round.pause(round.number(0, 3));
    }
  };
}

/** Several publishers on one connection, each with one message under way. */
export function largePublisher(name, queue, width = 4) {
  return async (round) => {
    const connection = new Connection({ url: round.url, retryLow: 100_000, retryHigh: 100_000 });
    connection.on('error', (error) => round.failed(error));
    const publisher = connection.createPublisher({ confirm: true, maxAttempts: 1 });
    const one = async (lane) => {
      for (let count = 0; count < LARGE_MAX / width && !round.over; count++) {
        const id = round.ledger.nextId();
        round.ledger.sent(id, `${name}.${lane}`, [queue]);
        const body = makeBody(id, round.number(BODY_BYTES_MIN, LARGE_BYTES_MAX));
        await round.wait(publisher.send({ routingKey: queue, durable: true, messageId: String(id) }, body));
        round.ledger.confirmed(id);
      }
    };
    try {
      await Promise.all(Array.from({ length: width }, (_, lane) => one(lane)));
      await round.wait(new Promise(() => {}));
    } finally {
      connection.unsafeDestroy();
    }
  };
}

/** Whether there is a pika to publish with. */
export function hasPika() {
  return existsSync(python) && spawnSync(python, ['-c', 'import pika']).status === 0;
}

/** pika in a process of its own, which says what was confirmed. */
export function pikaPublisher(name, queue) {
  return async (round) => {
    const first = round.ledger.takeIds(PIKA_IDS);
    // All of them now: a consumer may have a message before this process hears that it was sent.
    for (let id = first; id < first + PIKA_IDS; id++) round.ledger.sent(id, name, [queue]);
    const child = startPika(round.url, queue, first, PIKA_IDS, (id) => round.ledger.confirmed(id));
    const [code] = await once(child, 'close');
    if (code !== 0) round.failed(new Error(`pika ended with exit code ${code}`));
  };
}

/** Publishes bodies with the ids from `first` on, one after the other, until the broker is gone. */
export function startPika(url, queue, first, count, confirmed) {
  const words = [pikaProgram, url.replace('?', '/%2F?'), queue];
  const child = spawn(python, [...words, String(first), String(count)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (data) => {
    const lines = (text + data).split('\n');
    text = lines.pop();
    for (const line of lines) confirmed(Number(line));
  });
  return child;
}
