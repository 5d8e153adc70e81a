// Publishes messages that nobody consumes, with confirms, so that they are all there afterwards.

import { Connection } from './connection.mjs';
import * as methods from './methods.mjs';

const QUEUE = 'leveret-bench-waiting';
const BATCH_MESSAGES = 500;
const UNCONFIRMED_MAX = 10_000;

/** Resolves when `count` messages wait in one queue. */
export async function fillQueue(url, { count, bodyBytes }) {
  const connection = await Connection.open(url);
  await connection.call(methods.queueDeclare(QUEUE), methods.QUEUE_DECLARE_OK);
  await connection.call(methods.confirmSelect(), methods.CONFIRM_SELECT_OK);
  const message = { exchange: '', routingKey: QUEUE, bodyBytes, frameMax: connection.frameMax };
  const batch = Buffer.concat(new Array(BATCH_MESSAGES).fill(methods.publish(message).bytes));
  await publishAll(connection, batch, count);
  const answer = await connection.call(methods.queueDeclare(QUEUE, { passive: true }), methods.QUEUE_DECLARE_OK);
  const waiting = answer.readUInt32BE(4 + 1 + answer[4]);
  if (waiting !== count) throw new Error(`${waiting} messages wait, not ${count}`);
  await connection.close();
}

function publishAll(connection, batch, count) {
  return new Promise((done) => {
    let sent = 0;
    let confirmed = 0;
    const pump = () => {
      while (sent < count && sent - confirmed < UNCONFIRMED_MAX) {
        connection.socket.write(batch);
        sent += BATCH_MESSAGES;
      }
    };
    connection.onFrame = (_type, bytes, at) => {
      if (bytes.readUInt32BE(at) !== methods.BASIC_ACK) return;
      const multiple = (bytes[at + 12] & 1) !== 0;
      confirmed = multiple ? bytes.readUInt32BE(at + 8) : confirmed + 1;
      if (confirmed === count) done();
      else pump();
    };
    pump();
  });
}
