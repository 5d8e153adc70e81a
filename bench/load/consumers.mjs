// The consuming thread: all consumers of a run, each with a connection of its own.

import { parentPort, workerData } from 'node:worker_threads';
import { Connection } from './connection.mjs';
import { Histogram } from './histogram.mjs';
import * as methods from './methods.mjs';
import { FRAME_BODY, FRAME_METHOD } from './payload.mjs';
import { DELIVERED, MEASURING, nowMicroseconds } from './shared.mjs';

const CONSUMER_TAG = 'c';
/** Class, method, consumer tag with its length, then the delivery tag. */
const DELIVERY_TAG_AT = 4 + 1 + CONSUMER_TAG.length;

const { url, scenario, queues, shared } = workerData;
const histogram = new Histogram();

async function consume(queue) {
  const connection = await Connection.open(url);
  const { ackEvery, prefetch, perSecond, retries } = scenario;
  if (prefetch) await connection.call(methods.qos(prefetch), methods.BASIC_QOS_OK);
  let unacked = 0;
  let sentBack = [];
  // In one write for each read, as a client does that corks its socket.
  const sendBack = () => {
    if (sentBack.length === 0) return;
    connection.socket.write(methods.requeue(sentBack));
    sentBack = [];
  };
  connection.onFrame = (type, bytes, at) => {
    if (type === FRAME_METHOD) {
      if (bytes.readUInt32BE(at) !== methods.BASIC_DELIVER) return;
      const tagAt = at + DELIVERY_TAG_AT;
      if (retries && bytes[tagAt + 8] === 0) {
        if (sentBack.length === 0) queueMicrotask(sendBack);
        sentBack.push(bytes.readBigUInt64BE(tagAt));
        return;
      }
      shared[DELIVERED]++;
      if (!ackEvery || ++unacked < ackEvery) return;
      unacked = 0;
      // An ack is for all before it that were not sent back.
      sendBack();
      connection.socket.write(methods.ack(bytes.readBigUInt64BE(tagAt)));
    } else if (type === FRAME_BODY && perSecond && shared[MEASURING] === 1) {
      const sentAt = bytes.readDoubleBE(at);
      if (sentAt > 0) histogram.record(nowMicroseconds() - sentAt);
    }
  };
  await connection.call(methods.consume(queue, CONSUMER_TAG, Boolean(ackEvery)), methods.BASIC_CONSUME_OK);
}

for (let i = 0; i < scenario.consumers; i++) await consume(queues[i % queues.length]);
parentPort.on('message', () => parentPort.postMessage(histogram.counts));
parentPort.postMessage('ready');
