// A message's way through the core: into the store, through a queue, to a consumer that settles it.

const BODY_BYTES = 100;
/** With its names and frames; it lies where the sockets' bytes do. */
const RECORD_BYTES = BODY_BYTES + 60;
const BURST = 100;

export async function queue(load) {
  const { Queue } = await load('core/queue/queue.js');
  const { MemoryStore } = await load('core/store/memory_store.js');
  const { PageTable } = await load('core/store/page_table.js');
  const { Arena } = await load('lib/arena.js');
  const { fromPlain } = await load('codec/table.js');
  const arena = new Arena({ readBytes: RECORD_BYTES, slots: 0, pages: 192 });
  const store = new MemoryStore(new PageTable(arena));
  const ready = [];
  const turn = { queueReady: (queue) => ready.push(queue) };
  const create = () => {
    const properties = { name: 'bench', durable: false, autoDelete: false, exclusiveOwner: undefined };
    return new Queue({ ...properties, arguments: fromPlain({}) }, store.pages, turn);
  };
  const publish = (to) => {
    const position = store.append(arena.bytes, 0, 12, 12, RECORD_BYTES);
    store.pages.retain(position, 1);
    to.push(position, BODY_BYTES, 0);
  };

  return {
    'store, push, drain to 1 consumer': throughQueue(create(), 1, publish, ready),
    'store, push, drain to 20 consumers': throughQueue(create(), 20, publish, ready),
    'store, push, take (basic.get)': (count) => {
      const queue = create();
      for (let i = 0; i < count; i++) {
        publish(queue);
        const { position, sequence } = queue.take();
        queue.drop(position, sequence, BODY_BYTES, 0);
      }
    },
    'requeue and deliver again': (count) => {
      const queue = create();
      publish(queue);
      for (let i = 0; i < count; i++) {
        const { position, sequence, bodyBytes, flags } = queue.take();
        queue.delivered(sequence, bodyBytes, flags);
        queue.requeue(position, sequence, bodyBytes, flags);
      }
      queue.purge().drop(Number.POSITIVE_INFINITY);
    },
  };
}

function throughQueue(queue, consumerCount, publish, ready) {
  for (let i = 0; i < consumerCount; i++) queue.addConsumer(settlingConsumer());
  return (count) => {
    for (let done = 0; done < count; done += BURST) {
      for (let i = 0; i < BURST; i++) publish(queue);
      while (ready.length > 0) ready.pop().drain();
    }
    if (queue.readyCount > 0) throw new Error('messages are left');
  };
}

function settlingConsumer() {
  return {
    priority: 0,
    exclusive: false,
    waiting: false,
    hasRoom: () => true,
    deliver: (queue, position, sequence, bodyBytes, flags) => queue.drop(position, sequence, bodyBytes, flags),
    cancelledByQueue() {},
  };
}
