// Methods, field tables and message properties, from bytes and to bytes.

const HEADERS = {
  'x-retries': 3,
  tenant: 'north',
  trace: '4bf92f3577b34da6a3ce929d0e0e4736',
  sampled: true,
  weight: 0.5,
};

export async function codec(load) {
  const { decodeMethod, encodeMethod } = await load('codec/methods.gen.js');
  const { WireWriter } = await load('codec/wire_writer.js');
  const { WireReader } = await load('codec/wire_reader.js');
  const { readTable, writeTable } = await load('codec/table_wire.js');
  const { fromPlain } = await load('codec/table.js');
  const { writeProperties } = await load('codec/properties.js');
  const { validateProperties } = await load('codec/property_peek.js');
  const written = (write) => {
    const writer = new WireWriter(1024);
    write(writer);
    return Buffer.from(writer.view());
  };
  const writer = new WireWriter(4096);
  const headers = fromPlain(HEADERS);
  const table = written((to) => writeTable(to, headers));
  const few = written((to) => writeProperties(to, { contentType: 'application/json', deliveryMode: 2 }));
  const many = written((to) => writeProperties(to, manyProperties(headers)));
  const declare = written((to) => encodeMethod(to, queueDeclare(fromPlain({ 'x-max-length': 1000 }))));
  const ack = written((to) => encodeMethod(to, { name: 'basic.ack', deliveryTag: 1234, multiple: true }));

  return {
    'decode basic.ack': (count) => {
      for (let i = 0; i < count; i++) decodeMethod(ack, 0, ack.length);
    },
    'decode queue.declare, 1 argument': (count) => {
      for (let i = 0; i < count; i++) decodeMethod(declare, 0, declare.length);
    },
    'encode basic.deliver': (count) => {
      for (let i = 0; i < count; i++) {
        writer.reset();
        encodeMethod(writer, BASIC_DELIVER);
      }
    },
    'read a table of 5 fields': (count) => {
      for (let i = 0; i < count; i++) readTable(new WireReader(table, 0, table.length));
    },
    'write a table of 5 fields': (count) => {
      for (let i = 0; i < count; i++) {
        writer.reset();
        writeTable(writer, headers);
      }
    },
    'validate 2 properties': (count) => {
      for (let i = 0; i < count; i++) validateProperties(few, 0, few.length);
    },
    'validate 8 properties with headers': (count) => {
      for (let i = 0; i < count; i++) validateProperties(many, 0, many.length);
    },
  };
}

const queueDeclare = (table) => ({
  name: 'queue.declare',
  queue: 'orders.incoming',
  passive: false,
  durable: true,
  exclusive: false,
  autoDelete: false,
  noWait: false,
  arguments: table,
});

const BASIC_DELIVER = {
  name: 'basic.deliver',
  consumerTag: 'ctag1.5a0f3c',
  deliveryTag: 1234,
  redelivered: false,
  exchange: 'orders',
  routingKey: 'orders.created.north',
};

function manyProperties(headers) {
  return {
    contentType: 'application/json',
    headers,
    deliveryMode: 2,
    priority: 4,
    correlationId: '9a6d8a3e-0c58-4e6e-8a4f-0c9d9a6d8a3e',
    replyTo: 'amq.gen-JzTY20BRgKO-HjmUJj0wLg',
    messageId: '4bf92f35-77b3-4da6-a3ce-929d0e0e4736',
    timestamp: 1_700_000_000,
  };
}
