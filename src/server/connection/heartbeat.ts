import { HEARTBEAT_FRAME } from '../../codec/frames.ts';
import type { Timer } from '../../lib/clock.ts';
import type { Connection } from './connection.ts';

/**
 * Heartbeats both ways, looked at every half interval: one is sent when nothing else was, and a peer that was silent for
 * two whole intervals is gone. It is noticed within another half: RabbitMQ takes two to three intervals, and clients'
 * own tests wait for no more.
 */
const SILENT_CHECKS_MAX = 4;
/** A check is asked for a little early: the wheel's next tick is soon enough, and the one after it a long time for a second's heartbeat. */
const EARLY_MS = 20;

export class Heartbeat {
  readonly #connection: Connection;
  readonly #checkEveryMs: number;
  readonly #onSilence: () => void;
  #timer: Timer;
  #writtenAtCheck = 0;
  #heard = true;
  #silentChecks = 0;

  constructor(connection: Connection, intervalSeconds: number, onSilence: () => void) {
    this.#connection = connection;
    this.#checkEveryMs = (intervalSeconds * 1000) / 2 - EARLY_MS;
    this.#onSilence = onSilence;
    this.#timer = connection.server.wheel.after(this.#checkEveryMs, this.#check);
  }

  /** Anything at all came from the peer. */
  received(): void {
    this.#heard = true;
  }

  stop(): void {
    this.#timer.cancel();
  }

  readonly #check = (): void => {
    const { outbox, server, held } = this.#connection;
    // A connection that is held is not read, so its silence says nothing.
    this.#silentChecks = this.#heard || held ? 0 : this.#silentChecks + 1;
    this.#heard = false;
    if (this.#silentChecks === SILENT_CHECKS_MAX) {
      this.#onSilence();
      return;
    }
    // A peer that has bytes still to take needs no heartbeat, and one that takes none must not make them pile up.
    if (outbox.bytesWritten === this.#writtenAtCheck && outbox.unsentBytes === 0) {
      outbox.raw(HEARTBEAT_FRAME, 0, HEARTBEAT_FRAME.length);
      outbox.flush();
    }
    this.#writtenAtCheck = outbox.bytesWritten;
    this.#timer = server.wheel.after(this.#checkEveryMs, this.#check);
  };
}
