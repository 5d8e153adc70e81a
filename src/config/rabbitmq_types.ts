import { isIP } from 'node:net';
import type { LogLevel } from './options.ts';
import type { MemoryLimit, ValueType } from './value_types.ts';

// Values as RabbitMQ's own keys take them, where they are written in another way than Leveret's.

/** An address and a port to listen on; no address is every address. */
export interface ListenAddress {
  readonly host: string | undefined;
  readonly port: number;
}

const PORT_MAX = 0xffff;

/** `5672`, `127.0.0.1:5672` or `::1:5672`: the port is what follows the last colon. `[::1]:5672` is understood too. */
export function listenAddress(): ValueType<ListenAddress> {
  return {
    placeholder: 'address',
    accepted: 'a port, or an IP address and a port such as 127.0.0.1:5672',
    parse(given) {
      const [, host, digits] = /^(?:(.+):)?(\d{1,5})$/.exec(given) ?? [];
      const port = Number(digits ?? Number.NaN);
      if (!(port <= PORT_MAX)) return undefined;
      if (host === undefined) return { host, port };
      const address = /^\[(.+)\]$/.exec(host)?.[1] ?? host;
      return isIP(address) === 0 ? undefined : { host: address, port };
    },
  };
}

/** Several, separated by commas; `none` is the empty list. */
export function listenAddresses(): ValueType<readonly ListenAddress[]> {
  const { accepted, parse } = listenAddress();
  return {
    placeholder: 'addresses',
    accepted: `${accepted}, several separated by commas, or none`,
    parse(given) {
      if (given === 'none') return [];
      const addresses = given.split(',').map((one) => parse(one.trim()));
      return addresses.includes(undefined) ? undefined : (addresses as readonly ListenAddress[]);
    },
  };
}

/** RabbitMQ's levels, by the ones they are logged as here. */
const LEVELS: Readonly<Record<string, LogLevel>> = {
  debug: 'debug',
  info: 'info',
  notice: 'info',
  warning: 'warn',
  error: 'error',
  critical: 'fatal',
  alert: 'fatal',
  emergency: 'fatal',
  none: 'silent',
};

export function rabbitLogLevel(): ValueType<LogLevel> {
  return {
    placeholder: 'level',
    accepted: `one of ${Object.keys(LEVELS).join(', ')}`,
    parse: (given) => (Object.hasOwn(LEVELS, given) ? LEVELS[given] : undefined),
  };
}

export function choice<Value>(values: Readonly<Record<string, Value>>): ValueType<Value> {
  return {
    placeholder: 'word',
    accepted: `one of ${Object.keys(values).join(', ')}`,
    parse: (given) => (Object.hasOwn(values, given) ? values[given] : undefined),
  };
}

/** `0.6` is six tenths. */
export function share(max: number): ValueType<MemoryLimit> {
  return {
    placeholder: 'share',
    accepted: `a share such as 0.6, from 0.01 to ${max}`,
    parse(given) {
      const value = /^\d{1,6}(?:\.\d{1,15})?$/.test(given) ? Number(given) : 0;
      return value >= 0.01 && value <= max ? { share: value } : undefined;
    },
  };
}

const INFORMATION_UNITS: Readonly<Record<string, number>> = {
  k: 1e3,
  m: 1e6,
  g: 1e9,
  t: 1e12,
  p: 1e15,
};

/** `2GB`, `512MiB`, `1073741824`: units of a thousand, and with an i of 1024. */
export function informationUnit(minBytes: number): ValueType<MemoryLimit> {
  return {
    placeholder: 'size',
    accepted: `bytes, or a number with kB, MB, GB, TB, KiB, MiB, GiB or TiB, at least ${minBytes}`,
    parse(given) {
      const match = /^(\d{1,15})(?:([kmgtp])(i?)b?)?$/i.exec(given);
      if (!match) return undefined;
      const [, amount, unit = '', binary] = match;
      const decimal = INFORMATION_UNITS[unit.toLowerCase()] ?? 1;
      const bytes = Number(amount) * (binary ? 1024 ** Math.round(Math.log10(decimal) / 3) : decimal);
      return Number.isSafeInteger(bytes) && bytes >= minBytes ? { bytes } : undefined;
    },
  };
}

const BYTE_SIZE_UNITS: Readonly<Record<string, number>> = { '': 1, kb: 2 ** 10, mb: 2 ** 20, gb: 2 ** 30 };

/** `128KB` is 131072: here RabbitMQ counts in 1024s. */
export function byteSize(min: number, max: number): ValueType<number> {
  return {
    placeholder: 'size',
    accepted: `a whole number from ${min} to ${max}, or one with KB or MB of 1024 and 1048576 bytes`,
    parse(given) {
      const [, amount, unit] = /^(\d{1,10})(|kb|mb|gb)$/i.exec(given) ?? [];
      if (amount === undefined) return undefined;
      const bytes = Number(amount) * BYTE_SIZE_UNITS[unit!.toLowerCase()]!;
      return bytes >= min && bytes <= max ? bytes : undefined;
    },
  };
}

const DURATION_UNITS: Readonly<Record<string, number>> = {
  '': 1,
  ms: 1,
  s: 1e3,
  m: 60e3,
  h: 3600e3,
  d: 86_400e3,
  w: 604_800e3,
  f: 1_209_600e3,
};

/** `10s`, `1h30m`: the sum, in whole milliseconds; a bare number is milliseconds. */
export function durationOfUnits(): ValueType<number> {
  return {
    placeholder: 'duration',
    accepted: 'milliseconds, or numbers with ms, s, m, h, d or w such as 1h30m, more than nothing',
    parse(given) {
      if (!/^(?:\d{1,15}|(?:\d{1,9}(?:\.\d{1,6})?(?:ms|[smhdwf]))+)$/.test(given)) return undefined;
      let milliseconds = 0;
      for (const [, amount, unit] of given.matchAll(/([\d.]+)(ms|[smhdwf]|$)/g)) {
        milliseconds += Number(amount) * DURATION_UNITS[unit!]!;
      }
      return milliseconds >= 1 && milliseconds <= Number.MAX_SAFE_INTEGER ? Math.floor(milliseconds) : undefined;
    },
  };
}
