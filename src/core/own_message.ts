import { bodyFrame, FRAME_END, headerFrame } from '../codec/frames.ts';
import type { BasicProperties } from '../codec/properties.ts';
import { WireWriter } from '../codec/wire_writer.ts';
import { enqueueRecord, type WholeRecord } from './enqueue.ts';
import type { VirtualHost } from './vhost.ts';

/** A message that the broker itself publishes, to tell what goes on in it. */
export interface OwnMessage {
  readonly exchange: string;
  readonly routingKey: string;
  readonly properties: BasicProperties;
  readonly body: Uint8Array;
}

const ROUTING_KEY_BYTES_MAX = 255;
const PERSISTENT = 2;

/** Whether anything would come of publishing to the exchange: if not, a message need not be put together. */
export function hasListeners(vhost: VirtualHost, exchangeName: string): boolean {
  const exchange = vhost.exchanges.get(exchangeName);
  return exchange !== undefined && (exchange.bindings.size > 0 || exchange.alternateExchange !== undefined);
}

/** Puts it where its exchange says. A queue that is full, and refuses what is too much, does not get it. */
export function publishOwn(vhost: VirtualHost, message: OwnMessage): void {
  const { exchange, properties, body } = message;
  const routingKey = cutToShortstr(message.routingKey);
  const { queues } = vhost.route(exchange, routingKey, properties);
  const taking = queues.filter((queue) => !queue.refuses(body.length));
  if (taking.length === 0) return;
  const record = recordOf({ exchange, routingKey, properties, body });
  enqueueRecord(vhost, taking, record, body.length, properties.deliveryMode === PERSISTENT);
}

/** As core/store/record.ts draws it. */
export function recordOf({ exchange, routingKey, properties, body }: OwnMessage): WholeRecord {
  const writer = new WireWriter(1024 + body.length);
  writer.shortstr(exchange);
  writer.shortstr(routingKey);
  const content = writer.offset;
  writer.u8(FRAME_END);
  writer.bytesRaw(headerFrame(0, body.length, properties));
  if (body.length > 0) writer.bytesRaw(bodyFrame(0, body));
  const { buffer, byteOffset, length } = writer.bytes;
  // Not a Buffer: the data plane knows one kind of bytes, which is what makes it fast.
  return { bytes: new Uint8Array(buffer, byteOffset, length), start: 0, content, end: writer.offset };
}

/** A key made of a prefix and a name may be too long for the wire: then it loses the end of the name. */
function cutToShortstr(text: string): string {
  let cut = text;
  while (Buffer.byteLength(cut) > ROUTING_KEY_BYTES_MAX) cut = cut.slice(0, -1);
  return cut;
}
