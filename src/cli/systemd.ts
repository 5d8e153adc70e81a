// What systemd is told of a service of Type=notify (sd_notify(3)), one datagram each:
//
//   READY=1       clients can connect
//   STOPPING=1    it stops in good order
//   WATCHDOG=1    it still does something; without this for WatchdogSec, systemd restarts it
//
// Node has no datagrams on Unix sockets, so systemd's own program sends them. The unit has to say NotifyAccess=all, since
// they come from a child of the broker's.

import { spawn } from 'node:child_process';
import type { Logger } from '../server/logger.ts';

export interface Notifier {
  ready(): void;
  stopping(): void;
}

type Environment = Readonly<Record<string, string | undefined>>;

const NOBODY: Notifier = { ready: () => {}, stopping: () => {} };

/** Tells systemd, if it was systemd that started this process and asked to be told. */
export function systemdNotifier(environment: Environment, logger: Logger): Notifier {
  if ((environment['NOTIFY_SOCKET'] ?? '') === '') return NOBODY;
  let watchdog: NodeJS.Timeout | undefined;
  const tell = (state: string): void => {
    const child = spawn('systemd-notify', [`--pid=${process.pid}`, state], { stdio: 'ignore' });
    child.on('error', (error) => {
      clearInterval(watchdog);
      logger.warn({ state, why: error.message }, 'systemd cannot be told, as systemd-notify does not run');
    });
    child.unref();
  };
  return {
    ready: () => {
      tell('READY=1');
      const everyMs = watchdogMs(environment);
      // A timer of the event loop's: if the loop hangs, systemd hears nothing.
      if (everyMs !== undefined) watchdog = setInterval(() => tell('WATCHDOG=1'), everyMs).unref();
    },
    stopping: () => {
      clearInterval(watchdog);
      tell('STOPPING=1');
    },
  };
}

/** Half of the time that systemd gives. It may have been meant for another process. */
function watchdogMs(environment: Environment): number | undefined {
  const microseconds = Number(environment['WATCHDOG_USEC']);
  const pid = environment['WATCHDOG_PID'];
  const isForUs = pid === undefined || pid === String(process.pid);
  return isForUs && microseconds > 0 ? Math.max(1, microseconds / 2000) : undefined;
}
