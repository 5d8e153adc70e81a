import { exec } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Broker, createBroker } from '../../src/index.ts';
import { until } from '../support/broker.ts';
import { leveretOperator, type Operator } from './operator.ts';
import type { Target } from './stage.ts';

/** Stops a broker and starts it again, once for all conversations: when each of them has come to that, or is over. */
export class Restarts {
  readonly #restart: () => Promise<void>;
  #talking: number;
  #waiting: { readonly resolve: () => void; readonly reject: (error: unknown) => void }[] = [];

  constructor(conversations: number, restart: () => Promise<void>) {
    this.#talking = conversations;
    this.#restart = restart;
  }

  /** Resolves when the broker runs again. */
  arrive(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.over();
    });
  }

  /** One conversation less has to come to it. */
  over(): void {
    this.#talking--;
    if (this.#talking > 0 || this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#talking = waiting.length;
    this.#restart().then(
      () => {
        for (const { resolve } of waiting) resolve();
      },
      (error: unknown) => {
        for (const { reject } of waiting) reject(error);
      },
    );
  }
}

/** A Leveret in this process, with a data folder of its own. */
export class RestartedLeveret implements Target {
  readonly quietMs = 60;
  readonly #dataDir: string;
  #broker: Broker;

  static async start(): Promise<RestartedLeveret> {
    const dataDir = mkdtempSync(join(tmpdir(), 'leveret-differential-'));
    return new RestartedLeveret(dataDir, await createBroker({ dataDir }));
  }

  private constructor(dataDir: string, broker: Broker) {
    this.#dataDir = dataDir;
    this.#broker = broker;
  }

  get url(): string {
    return this.#broker.url;
  }

  get operator(): Operator {
    return leveretOperator(this.#broker);
  }

  readonly restart = async (): Promise<void> => {
    await this.#broker.close();
    this.#broker = await createBroker({ dataDir: this.#dataDir });
  };

  async close(): Promise<void> {
    await this.#broker.close();
    rmSync(this.#dataDir, { recursive: true, force: true });
  }
}

/** By the command, and until it takes connections again. */
export async function restartReference(url: string, command: string): Promise<void> {
  await promisify(exec)(command);
  const { hostname, port } = new URL(url);
  await until(() => listens(hostname, Number(port || 5672)), 120_000);
}

function listens(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const answer = (does: boolean): void => {
      socket.destroy();
      resolve(does);
    };
    socket.once('connect', () => answer(true)).once('error', () => answer(false));
  });
}
