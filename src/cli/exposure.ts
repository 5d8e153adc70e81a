import type { Settings } from '../config/options.ts';

/** The user, and his password, that every broker has unless it is told otherwise. */
const WELL_KNOWN = 'guest';

/** Whether a first start makes a user whom everybody knows, and who is let in from other machines. */
export function letsGuestIn(settings: Settings): boolean {
  const { defaultUser, defaultPass, loopbackUsers } = settings;
  if (defaultUser !== WELL_KNOWN || defaultPass !== WELL_KNOWN) return false;
  return !loopbackUsers.includes(defaultUser) && !isLocalOnly(settings);
}

/** Whether clients without TLS can only be on this machine. */
export function isLocalOnly({ host, port, moreListeners }: Settings): boolean {
  const hosts = [...(port === false ? [] : [host]), ...moreListeners.map((listener) => listener.host ?? '::')];
  return hosts.every(isLocal);
}

export function isLocal(address: string): boolean {
  return /^(127\.|::1$|localhost$)/.test(address);
}
