// Who consumes: acknowledges one or many, sends back, or sits on what it got.

import { idOf, makeBody } from './body.mjs';
import { Order } from './ledger.mjs';

const PREFETCH = 100;
const HELD_MAX = 60;

/** Takes from `queue`; `barrier` is a queue to publish to for proof that what went before is on disk. */
export function consumer(queue, barrier) {
  return async (round) => {
    const channel = await round.channel();
    const held = [];
    /** Since the last proof. */
    let seen = [];
    let settled = [];
    const ack = (upTo) => {
      for (const message of upTo) round.ledger.asked(queue, message.id);
      settled.push(...upTo.map(({ id }) => id));
    };
    const order = new Order(queue);
    await round.wait(channel.prefetch(PREFETCH));
    const onMessage = (delivery) => {
      const id = receive(round.ledger, queue, delivery, order);
      seen.push(id);
      const message = { id, delivery };
      const choice = round.random();
      if (choice < 0.5) {
        ack([message]);
        channel.ack(delivery);
      } else if (choice < 0.65 || held.length > HELD_MAX) {
        ack([...held.splice(0), message]);
        channel.ack(delivery, true);
      } else if (choice < 0.75) {
        channel.nack(delivery, false, true);
      } else {
        held.push(message);
      }
    };
    await round.wait(
      channel.consume(queue, (delivery) => {
        try {
          onMessage(delivery);
        } catch (error) {
          round.failed(error);
        }
      }),
    );
    const prove = await prover(round, barrier);
    for (;;) {
      await round.pause(round.number(5, 50));
      const before = { seen, settled };
      seen = [];
      settled = [];
      // Its answer says that the broker has taken every acknowledgement before it.
      await round.wait(channel.prefetch(PREFETCH));
      await prove();
      round.ledger.sure(queue, before);
    }
  };
}

/** Notes and checks a delivery of amqplib's, and returns the id of its message. */
export function receive(ledger, queue, delivery, order) {
  if (delivery === null) throw new Error(`${queue}: the consumer was cancelled`);
  const { content, fields, properties } = delivery;
  const id = idOf(content);
  if (properties.messageId !== String(id))
    throw new Error(`${queue}: message ${id} has the id ${properties.messageId}`);
  const message = ledger.seen(queue, id, fields.redelivered);
  if (!fields.redelivered) order.check([message]);
  return id;
}

/** Publishes when called, and resolves when that is confirmed: everything the broker did before it is on disk. */
async function prover(round, barrier) {
  const channel = await round.channel('createConfirmChannel');
  return () => {
    const id = round.ledger.nextId();
    round.ledger.sent(id, `barrier.${id}`, [barrier]);
    const confirmed = new Promise((resolve, reject) => {
      const options = { persistent: true, messageId: String(id) };
      channel.publish('', barrier, makeBody(id, 20), options, (error) => {
        if (error !== null) reject(error);
        else resolve(round.ledger.confirmed(id));
      });
    });
    return round.wait(confirmed);
  };
}
