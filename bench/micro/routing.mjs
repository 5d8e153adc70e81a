// Finding where a message goes: exchange types with 100,000 bindings, and the virtual host's memory of routes.

const BINDINGS = 100_000;
const HASHED_QUEUES = 100;
const KEYS = 1024;

export async function routing(load) {
  const { DirectMatcher } = await load('core/exchange/direct.js');
  const { TopicMatcher } = await load('core/exchange/topic.js');
  const { HeadersMatcher } = await load('core/exchange/headers.js');
  const { ConsistentHashMatcher } = await load('core/exchange/consistent_hash.js');
  const { fromPlain } = await load('codec/table.js');
  const none = fromPlain({});

  const direct = filled(new DirectMatcher(), (i) => ({ routingKey: `customer.${i}`, arguments: none }));
  const topic = filled(new TopicMatcher(), (i) => ({ routingKey: topicPattern(i), arguments: none }));
  const headers = filled(new HeadersMatcher(), (i) => ({
    routingKey: '',
    arguments: fromPlain({ 'x-match': 'all', kind: 'order', customer: i }),
  }));
  const hash = filled(new ConsistentHashMatcher(), () => ({ routingKey: '10', arguments: none }), HASHED_QUEUES);
  const customers = Array.from({ length: KEYS }, (_, i) => (i * 7919) % BINDINGS);
  const directKeys = customers.map((customer) => `customer.${customer}`);
  const topicKeys = customers.map((customer) => `region${customer % 10}.customer.${customer}.created`);
  const messages = customers.map((customer) => ({ headers: fromPlain({ kind: 'order', customer, weight: 12 }) }));

  return {
    'direct, 100,000 bindings': matching(direct, (matcher, i, found) => matcher.match(directKeys[i], {}, found)),
    'topic, 100,000 bindings': matching(topic, (matcher, i, found) => matcher.match(topicKeys[i], {}, found)),
    'headers, 100,000 bindings': matching(headers, (matcher, i, found) => matcher.match('', messages[i], found)),
    'consistent hash, 100 queues': matching(hash, (matcher, i, found) => matcher.match(directKeys[i], {}, found)),
    'a route that is remembered': await rememberedRoute(load),
  };
}

/** Half of them whole keys, and of the rest some with '*' and some with '#'. */
function topicPattern(i) {
  if (i % 2 === 0) return `region${i % 10}.customer.${i}.created`;
  return i % 4 === 1 ? `*.customer.${i}.*` : `region${i % 10}.customer.${i}.#`;
}

function filled(matcher, bindingOf, bindings = BINDINGS) {
  for (let i = 0; i < bindings; i++) {
    matcher.add({ source: 'bench', destination: { kind: 'queue', name: `queue-${i}` }, ...bindingOf(i) });
  }
  return matcher;
}

function matching(matcher, match) {
  return (count) => {
    let hits = 0;
    const found = () => hits++;
    for (let i = 0; i < count; i++) match(matcher, i % KEYS, found);
    if (hits < count / 4) throw new Error('the bindings do not match');
  };
}

async function rememberedRoute(load) {
  const { VirtualHost } = await load('core/vhost.js');
  const { MemoryStore } = await load('core/store/memory_store.js');
  const { PageTable } = await load('core/store/page_table.js');
  const { Arena } = await load('lib/arena.js');
  const { declareQueue } = await load('core/topology/queues.js');
  const { fromPlain } = await load('codec/table.js');
  const store = new MemoryStore(new PageTable(new Arena({ readBytes: 0, slots: 0, pages: 1 })));
  const vhost = new VirtualHost({ name: '/', store, turn: { queueReady() {} }, uniqueName: () => 'bench' });
  const flags = { passive: false, durable: false, exclusive: false, autoDelete: false };
  const mayDoAll = { access: { check() {}, checkTopic() {} } };
  declareQueue(vhost, { queue: 'orders', ...flags, arguments: fromPlain({}) }, mayDoAll);
  return (count) => {
    for (let i = 0; i < count; i++) vhost.route('', 'orders');
  };
}
