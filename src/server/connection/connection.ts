import type { Duplex } from 'node:stream';
import { TokenAccess } from '../../auth/oauth2/token_access.ts';
import { UserAccess } from '../../auth/user_access.ts';
import type { User } from '../../auth/users.ts';
import { AmqpError, NO_METHOD } from '../../codec/errors.ts';
import type { Method } from '../../codec/methods.gen.ts';
import type { Access, Actor } from '../../core/access.ts';
import type { CommitClock } from '../../core/ports.ts';
import { removeExclusiveQueues } from '../../core/topology/queues.ts';
import type { VirtualHost } from '../../core/vhost.ts';
import { printEnd } from '../../lib/address.ts';
import { assert } from '../../lib/assert.ts';
import type { Timer } from '../../lib/clock.ts';
import { Channel } from '../channel/channel.ts';
import { recheckConsumers } from '../channel/recheck.ts';
import { channelClosed, channelCreated, connectionClosed, connectionCreated } from '../events.ts';
import { checkChannels } from '../limits.ts';
import type { Origin } from '../origin.ts';
import { Outbox } from '../outbox.ts';
import type { Server } from '../server.ts';
import { type ClientCapabilities, NO_CAPABILITIES } from './capabilities.ts';
import { logged } from './frame_errors.ts';
import { Heartbeat } from './heartbeat.ts';
import type { ConnectionPhase } from './phase.ts';
import { ReadLoop } from './read_loop.ts';

/** How long a peer has to answer connection.close, or to read what it was told, before its socket is dropped. */
const CLOSE_TIMEOUT_MS = 3_000;

/** How long a client that has said goodbye has to end its socket; RabbitMQ's time. */
const GOODBYE_TIMEOUT_MS = 30_000;

/** What the peers agreed on in connection.tune. */
export interface Tuning {
  readonly frameMax: number;
  readonly channelMax: number;
  readonly heartbeatSeconds: number;
}

/** One client. The methods of channel 0 are in handshake.ts; everything else goes to its channels. */
export class Connection implements Actor {
  readonly server: Server;
  /** What is spoken over: TCP, TLS, a Unix domain socket or a WebSocket. */
  readonly socket: Duplex;
  readonly origin: Origin;
  readonly outbox: Outbox;
  readonly channels: Map<number, Channel> = new Map();
  readonly peer: string;
  readonly remoteAddress: string;
  /** Both ends, which is what RabbitMQ calls a connection by. */
  readonly name: string;
  phase: ConnectionPhase = { name: 'header-due' };
  capabilities: ClientCapabilities = NO_CAPABILITIES;
  tuning: Tuning;
  /** Set once logged in: what user-id must be, and what the log calls the client. */
  userName = '';
  /** Whether user-id may be another's name. */
  impersonates = false;
  clientName: string | undefined;
  /** The virtual host that it opened, also when it is closing by now; and when that was. */
  openedIn: VirtualHost | undefined;
  connectedAtMs = 0;
  /** Octets, and pieces, that came. */
  recvOct = 0;
  recvCnt = 0;
  readonly #readLoop: ReadLoop;
  #heartbeat: Heartbeat | undefined;
  #deadline: Timer | undefined;
  /** Ends the connection with the token of its user. */
  #expiry: Timer | undefined;
  #introduced = false;
  /** Whether it is one of the connections of its virtual host and user. */
  #counted = false;
  #heldByAlarm = false;
  #toldBlocked = false;
  /** Things under way for which it is not read. */
  #diskHolds = 0;

  constructor(server: Server, socket: Duplex, origin: Origin) {
    this.server = server;
    this.socket = socket;
    this.origin = origin;
    this.remoteAddress = origin.remoteAddress;
    this.peer = `${origin.remoteAddress}:${origin.remotePort}`;
    const near = printEnd(origin.localAddress, origin.localPort);
    this.name = `${printEnd(origin.remoteAddress, origin.remotePort)} -> ${near}`;
    this.tuning = { frameMax: server.frameMax, channelMax: server.channelMax, heartbeatSeconds: 0 };
    this.outbox = new Outbox(socket, server.arena, server.turn, () => this.tuning.frameMax - 8);
    this.#readLoop = new ReadLoop(this);
    this.#deadline = server.wheel.after(server.handshakeTimeoutMs, () => this.#drop('handshake timeout'));
    server.connections.add(this);
    socket.on('data', this.#onData);
    socket.on('drain', this.#onDrain);
    socket.on('error', this.#onError);
    socket.on('close', this.#onClose);
    socket.on('end', this.#onEnd);
  }

  get vhost(): VirtualHost {
    assert(this.phase.name === 'running', 'the virtual host of a connection that is not open');
    return this.phase.vhost;
  }

  /** What its user may do there. */
  get access(): Access {
    assert(this.phase.name === 'running', 'the access of a connection that is not open');
    return this.phase.access;
  }

  send(method: Method): void {
    this.outbox.method(0, method);
  }

  /** The peer speaks AMQP 0-9-1. Those that do not, port scans and health checks mostly, are no news. */
  introduced(): void {
    this.phase = { name: 'starting' };
    this.#introduced = true;
    this.server.logger.info({ peer: this.peer }, 'connection opened');
  }

  /** The handshake is done: no deadline any more, heartbeats instead. */
  opened(user: User, vhost: VirtualHost): void {
    this.#enter(user, vhost);
    this.#deadline?.cancel();
    this.#counted = true;
    this.openedIn = vhost;
    this.connectedAtMs = vhost.host.nowMs();
    this.server.counters.connectionsOpened++;
    this.server.usage.connection(vhost.name, user.name, 1);
    connectionCreated(this, vhost);
    const { heartbeatSeconds } = this.tuning;
    if (heartbeatSeconds > 0) {
      this.#heartbeat = new Heartbeat(this, heartbeatSeconds, () => this.#drop('missed heartbeats from client'));
    }
    const { userName, clientName, peer } = this;
    this.server.logger.info({ peer, user: userName, vhost: vhost.name, name: clientName }, 'connection authenticated');
  }

  /** Its user has a new token, with what it allows. */
  renewed(user: User): void {
    const { vhost } = this;
    this.#enter(user, vhost);
    // What channels remember of routes is what the old one permitted.
    vhost.topologyVersion++;
    for (const channel of this.channels.values()) recheckConsumers(channel);
  }

  #enter(user: User, vhost: VirtualHost): void {
    const { token } = user;
    const { permissions, clock, wheel, logger } = this.server;
    const access =
      token === undefined ? new UserAccess(permissions, vhost.name, user.name) : new TokenAccess(token, vhost.name);
    this.phase = { name: 'running', user, vhost, access };
    this.impersonates = user.tags.includes('impersonator');
    this.#expiry?.cancel();
    if (token?.expiresAtSeconds === undefined) return;
    const leftMs = Math.max(0, token.expiresAtSeconds * 1000 - clock.nowMs());
    this.#expiry = wheel.after(leftMs, () => {
      logger.warn({ peer: this.peer, user: this.userName }, 'the token of a connection has expired');
      this.forceClose('credential expired', 'credential expired');
    });
  }

  openChannel(number: number): void {
    const { channelMax } = this.tuning;
    if (channelMax !== 0 && this.channels.size >= channelMax) {
      const explanation = `number of channels opened (${this.channels.size}) has reached the negotiated channel_max (${channelMax})`;
      throw new AmqpError(530, explanation, NO_METHOD);
    }
    checkChannels(this.server, this.userName);
    this.server.usage.channel(this.userName, 1);
    const channel = new Channel(number, this, this.vhost);
    this.channels.set(number, channel);
    this.server.counters.channelsOpened++;
    this.#readLoop.channelsChanged();
    channel.send({ name: 'channel.open-ok' });
    channelCreated(channel);
  }

  /** Takes the channel out; its number may be used again. */
  closeChannel(channel: Channel): void {
    this.server.counters.channelsClosed++;
    this.channels.delete(channel.number);
    this.#readLoop.channelsChanged();
    if (channel.phase.name !== 'closing') this.#channelGone(channel);
    channel.release();
  }

  #channelGone(channel: Channel): void {
    this.server.usage.channel(this.userName, -1);
    channelClosed(channel);
  }

  /** Confirms on a channel that is about to close come before the goodbye: after it, a client takes them for a mistake. */
  confirmSafe(channel: Channel): void {
    if (channel.mode.name === 'confirm') channel.mode.confirms.flush();
  }

  /** A client's mistake on a channel: closes the channel, or the connection where the error is a hard one. */
  failChannel(channel: Channel, error: AmqpError, classId: number, methodId: number): void {
    if (error.hard) {
      this.fail(error, classId, methodId);
      return;
    }
    this.#logFailure(error, channel.number);
    this.confirmSafe(channel);
    this.#channelGone(channel);
    channel.release();
    channel.expectCloseOk();
    channel.send({ name: 'channel.close', replyCode: error.code, replyText: error.replyText, classId, methodId });
  }

  /** Closes the connection over an error, or drops it where the peer could not understand why. */
  fail(error: AmqpError, classId: number = error.classId ?? 0, methodId: number = error.methodId ?? 0): void {
    if (this.phase.name === 'closing' || this.phase.name === 'closed') return;
    this.#logFailure(error, 0);
    this.#sendClose(error.code, error.replyText, classId, methodId);
  }

  /** The operator's close: shutdown, or by hand, unless the client is to be told otherwise. */
  forceClose(reason: string, explanation = `broker forced connection closure with reason '${reason}'`): void {
    if (this.phase.name === 'closing') return;
    if (this.phase.name === 'closed') {
      this.end();
      return;
    }
    if (this.phase.name !== 'running') {
      this.#drop(reason);
      return;
    }
    this.#sendClose(320, new AmqpError(320, explanation).replyText, 0, 0);
  }

  /** Says nothing for a while, then drops the socket: what a failed login gets, to slow down guessing. */
  refuseSilently(): void {
    this.phase = { name: 'refusing' };
    this.#deadline?.cancel();
    this.#deadline = this.server.wheel.after(CLOSE_TIMEOUT_MS, () => this.#drop('login refused'));
  }

  /** Both sides have said goodbye, or the peer was answered with a header it does not know: writes and ends. */
  end(): void {
    this.outbox.end();
    this.#becomeClosed();
    this.socket.end();
    this.#deadline?.cancel();
    this.#deadline = this.server.wheel.after(CLOSE_TIMEOUT_MS, () => this.socket.destroy());
  }

  /** An alarm is on and this connection publishes: tells it so and reads nothing more from it. */
  holdPublisher(): void {
    if (this.#heldByAlarm) return;
    this.#heldByAlarm = true;
    this.#readLoop.hold('alarm');
    if (!this.capabilities.connectionBlocked) return;
    this.#toldBlocked = true;
    this.send({ name: 'connection.blocked', reason: this.server.alarms.reason });
  }

  /** The alarm is over. */
  releasePublisher(): void {
    if (!this.#heldByAlarm) return;
    this.#heldByAlarm = false;
    if (this.#toldBlocked) this.send({ name: 'connection.unblocked' });
    this.#toldBlocked = false;
    this.#readLoop.release('alarm');
  }

  /**
   * Reads nothing more from this client until `commit` is on disk, then does `done`, if there is something to do. If it never
   * will be, the client is told, and loses its connection where it waits for an answer.
   */
  holdUntilCommitted(clock: CommitClock, commit: number, done?: () => void): void {
    if (clock.committed >= commit) {
      done?.();
      return;
    }
    this.#holdForDisk();
    const committed = ({ committed: reached, failure }: CommitClock): boolean => {
      if (reached < commit && failure === undefined) return true;
      if (reached >= commit) done?.();
      else if (done !== undefined) this.fail(new AmqpError(541, `the journal has failed: ${failure?.message}`));
      this.#releaseFromDisk();
      return false;
    };
    clock.whenCommitted(commit, { committed });
  }

  /** Reads nothing more from this client until `resume` is called. */
  hold(start: (resume: () => void) => void): void {
    this.#holdForDisk();
    start(() => this.#releaseFromDisk());
  }

  /** As hold, for what mostly is done at once. */
  holdWhile(start: (resume: () => void) => void): void {
    let resumed = false;
    let held = false;
    start(() => {
      resumed = true;
      if (held) this.#releaseFromDisk();
    });
    held = !resumed;
    if (held) this.#holdForDisk();
  }

  /** Reads nothing more from this client until `work` is done, and then does `next` with what it found. */
  holdFor<Result>(work: Promise<Result>, next: (result: Result) => void): void {
    this.hold((resume) => {
      work
        .then(next)
        .catch((error) => this.failInside(error))
        .finally(resume);
    });
  }

  /** A mistake of the client's, or of ours. */
  failInside(error: unknown): void {
    if (error instanceof AmqpError) {
      this.fail(error);
      return;
    }
    this.server.logger.error({ peer: this.peer, err: error }, 'internal error');
    this.fail(new AmqpError(541, ''));
  }

  #holdForDisk(): void {
    this.#diskHolds++;
    this.#readLoop.hold('disk');
  }

  #releaseFromDisk(): void {
    this.#diskHolds--;
    if (this.#diskHolds === 0) this.#readLoop.release('disk');
  }

  /** Whether it publishes, and is held by an alarm. */
  get blocked(): boolean {
    return this.#heldByAlarm;
  }

  /** Whether nothing is read from the peer at present, for its own or for others' sake. */
  get held(): boolean {
    return this.#readLoop.held;
  }

  /** As ReadLoop.costly. */
  costly(): void {
    this.#readLoop.costly();
  }

  received(): void {
    this.#heartbeat?.received();
  }

  #sendClose(replyCode: number, replyText: string, classId: number, methodId: number): void {
    this.#release();
    this.phase = { name: 'closing' };
    // Its close-ok has to be read; what it published before that is not taken in any more.
    this.#heldByAlarm = false;
    this.#readLoop.release('alarm');
    this.send({ name: 'connection.close', replyCode, replyText, classId, methodId });
    this.#deadline?.cancel();
    this.#deadline = this.server.wheel.after(CLOSE_TIMEOUT_MS, () => this.#drop('no close-ok in time'));
  }

  #logFailure(error: AmqpError, channel: number): void {
    const { peer, userName: user } = this;
    this.server.logger.warn({ peer, user, channel, code: error.code }, `client error: ${logged(error)}`);
  }

  #logEnd(fields: object, message: string): void {
    const { logger } = this.server;
    if (this.#introduced) logger.info(fields, message);
    else logger.debug(fields, message);
  }

  #drop(reason: string): void {
    if (this.phase.name !== 'closed') this.server.logger.warn({ peer: this.peer, reason }, 'connection dropped');
    this.socket.destroy();
  }

  /** Lets go of channels, consumers and exclusive queues. These may be very many, and then take several turns. */
  #release(done: () => void = () => {}): void {
    if (this.phase.name !== 'running') {
      done();
      return;
    }
    const { vhost } = this.phase;
    for (const channel of [...this.channels.values()]) this.closeChannel(channel);
    if (this.#counted) this.server.usage.connection(vhost.name, this.userName, -1);
    this.#counted = false;
    const { turn } = this.server;
    const goOn = (): void => {
      if (removeExclusiveQueues(vhost, this, () => turn.over)) done();
      else turn.wait({ goOn });
    };
    goOn();
  }

  /** What it has counted is its virtual host's now. */
  #leaveCounts(): void {
    if (this.openedIn === undefined) return;
    this.openedIn.counts.recvOct += this.recvOct;
    this.openedIn.counts.sendOct += this.outbox.bytesWritten;
    this.server.counters.connectionsClosed++;
  }

  #becomeClosed(): void {
    this.#release();
    this.phase = { name: 'closed' };
    this.#heartbeat?.stop();
    this.#expiry?.cancel();
    this.#deadline?.cancel();
  }

  /** The client says goodbye. Its exclusive queues are gone before it hears close-ok: it may declare them again at once. */
  closeOrderly(): void {
    this.#holdForDisk();
    this.#release(() => {
      this.#releaseFromDisk();
      if (this.phase.name === 'closed') return;
      this.send({ name: 'connection.close-ok' });
      this.outbox.end();
      this.#becomeClosed();
      // The socket is the client's to end: one that sees it end just behind close-ok may take that for a loss.
      this.#deadline = this.server.wheel.after(GOODBYE_TIMEOUT_MS, () => this.socket.destroy());
    });
  }

  readonly #onData = (chunk: Buffer): void => {
    this.recvOct += chunk.length;
    this.recvCnt++;
    this.#readLoop.push(chunk);
  };

  readonly #onDrain = (): void => {
    this.outbox.drained();
    this.#readLoop.release('unread');
    for (const channel of this.channels.values()) channel.wakeConsumers();
  };

  readonly #onError = (error: Error): void => {
    if (this.phase.name === 'closed') return;
    this.#logEnd({ peer: this.peer, reason: error.message }, 'connection lost');
  };

  readonly #onEnd = (): void => {
    // The peer will send no more; what it has not been told yet it need not know. Where very many go at once, that takes turns.
    this.server.turn.whenTime(() => this.socket.destroy());
  };

  readonly #onClose = (): void => {
    const orderly = this.phase.name === 'closed';
    this.#becomeClosed();
    this.outbox.close();
    this.#readLoop.stop();
    this.server.connections.delete(this);
    this.#leaveCounts();
    if (this.#introduced) connectionClosed(this);
    const { peer, userName: user } = this;
    this.#logEnd({ peer, user, reason: orderly ? 'closed' : 'socket closed' }, 'connection closed');
  };
}
