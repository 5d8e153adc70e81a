// Writing deliveries for a socket that takes everything at once.

const ROUTING_KEY = 'orders';
const FRAME_END = 0xce;

/** basic.deliver on channel 1 up to and with the consumer tag "c"; its size is filled in for each delivery. */
const PREFIX = Uint8Array.of(1, 0, 1, 0, 0, 0, 0, 0, 60, 0, 60, 1, 0x63);

export async function outbox(load) {
  const { Outbox } = await load('server/outbox.js');
  const { Arena } = await load('lib/arena.js');
  const { headerFrame, bodyFrame } = await load('codec/frames.js');
  const arena = new Arena({ readBytes: 64 * 1024, slots: 4, pages: 3 });
  const socket = { writableLength: 0, write: () => true };
  const frameMax = 128 * 1024;
  const outbox = new Outbox(socket, arena, { outboxReady() {} }, () => frameMax - 8);

  const delivering = (bodyBytes) => {
    const page = arena.takePage();
    page.bytes.set(record(headerFrame(1, bodyBytes, {}), bodyFrame(1, Buffer.alloc(bodyBytes))), page.base);
    return (count) => {
      for (let i = 0; i < count; i++) outbox.deliver(PREFIX, 1, i, 0, page.bytes, page.base, bodyBytes);
      outbox.flush();
    };
  };
  return {
    'deliver 100 B': delivering(100),
    'deliver 16 KiB': delivering(16 * 1024),
    'deliver 100 KiB': delivering(100 * 1024),
  };
}

/** A message as the store keeps it: exchange (the default one), routing key, the octet that ends the method frame, content. */
function record(...contentFrames) {
  const names = Buffer.from(`\0${String.fromCharCode(ROUTING_KEY.length)}${ROUTING_KEY}`);
  return Buffer.concat([names, Buffer.of(FRAME_END), ...contentFrames]);
}
