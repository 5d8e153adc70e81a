import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { LoginThrottle } from '../../src/auth/login_throttle.ts';
import { DEFAULT_HASHING, hashPassword } from '../../src/auth/passwords.ts';
import { Permissions } from '../../src/auth/permissions.ts';
import { Users } from '../../src/auth/users.ts';
import { NO_EVENTS } from '../../src/core/events.ts';
import { MemoryStore } from '../../src/core/store/memory_store.ts';
import { PageTable } from '../../src/core/store/page_table.ts';
import { VirtualHost } from '../../src/core/vhost.ts';
import { Arena } from '../../src/lib/arena.ts';
import { type Clock, ManualClock } from '../../src/lib/clock.ts';
import { TimerWheel } from '../../src/lib/timer_wheel.ts';
import { Alarms } from '../../src/server/alarms.ts';
import type { Connection } from '../../src/server/connection/connection.ts';
import { Counters } from '../../src/server/counters.ts';
import { nodeLimits, Usage } from '../../src/server/limits.ts';
import { SILENT } from '../../src/server/logger.ts';
import type { Server } from '../../src/server/server.ts';
import { LoopTurn } from '../../src/server/turn.ts';

/** What a broker's connections share, with no socket and on a clock that stands still. */
export function testServer(clock: Clock = new ManualClock()): Server {
  const turn = new LoopTurn(clock);
  const arena = new Arena({ readBytes: 512 * 1024, slots: 8, pages: 4 });
  let names = 0;
  const uniqueName = () => `name-${++names}`;
  const pages = new PageTable(arena);
  const vhost = new VirtualHost({
    name: '/',
    store: new MemoryStore(pages),
    uncommitted: new MemoryStore(pages),
    durable: undefined,
    turn,
    clock,
    uniqueName,
  });
  const connections = new Set<Connection>();
  const users = new Users({ anonymousUser: 'guest', loopbackUsers: ['guest'] });
  users.set({ name: 'guest', passwordHash: hashPassword('guest'), hashingAlgorithm: DEFAULT_HASHING, tags: [] });
  const permissions = new Permissions(() => vhost.topologyVersion++);
  const all = { source: '.*', matches: () => true };
  permissions.set('/', 'guest', { configure: all, write: all, read: all });
  return {
    arena,
    turn,
    wheel: new TimerWheel(clock, 250),
    clock,
    users,
    permissions,
    throttle: new LoginThrottle(clock),
    authBackends: ['internal'],
    tokens: undefined,
    alarms: new Alarms({
      clock,
      logger: SILENT,
      memoryLimitBytes: Number.POSITIVE_INFINITY,
      memory: { used: () => 0, measure: () => {} },
      disk: undefined,
      onCleared: () => {},
    }),
    logger: SILENT,
    events: NO_EVENTS,
    keepsIntroductions: false,
    vhosts: new Map([[vhost.name, vhost]]),
    connections,
    counters: new Counters(),
    version: '0.0.0-test',
    product: { name: 'RabbitMQ', version: '4.3.0' },
    globalParameters: new Map(),
    mechanisms: ['PLAIN', 'AMQPLAIN'],
    certificateLogin: { from: 'distinguished_name', sanType: 'dns', sanIndex: 0 },
    limits: nodeLimits({}),
    limitsOf: { vhosts: new Map(), users: new Map() },
    usage: new Usage(),
    initialFrameMax: 8192,
    maxMessageSizeBytes: 1024 * 1024,
    frameMax: 131_072,
    channelMax: 2047,
    heartbeatSeconds: 60,
    handshakeTimeoutMs: 10_000,
    consumerTimeoutMs: 0,
  };
}

/** Stands in for a socket: keeps what is written, and takes it from the sender only when told to. */
export class FakeSocket extends EventEmitter {
  readonly remoteAddress = '127.0.0.1';
  readonly remotePort = 1;
  writableLength = 0;
  /** Whether written bytes are gone at once, as when the kernel has room for them. */
  takesAtOnce = true;
  destroyed = false;
  ended = false;
  paused = false;
  readonly #written: Buffer[] = [];
  #untaken: { bytes: Uint8Array; done: () => void }[] = [];

  /** Everything that left so far. */
  get received(): Buffer {
    return Buffer.concat(this.#written);
  }

  write(bytes: Uint8Array, done: () => void = () => {}): boolean {
    if (this.takesAtOnce) {
      this.#written.push(Buffer.from(bytes));
      queueMicrotask(done);
      return true;
    }
    this.#untaken.push({ bytes, done });
    this.writableLength += bytes.length;
    return this.writableLength < 128 * 1024;
  }

  /** The kernel takes the oldest of the writes it had no room for. */
  takeOne(): void {
    const write = this.#untaken.shift();
    if (write === undefined) return;
    this.#written.push(Buffer.from(write.bytes));
    this.writableLength -= write.bytes.length;
    write.done();
    if (this.writableLength === 0) this.emit('drain');
  }

  takeAll(): void {
    while (this.#untaken.length > 0) this.takeOne();
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  end(): void {
    this.ended = true;
  }

  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.emit('close');
  }

  asSocket(): Socket {
    return this as unknown as Socket;
  }
}
