import { durationMs, sizeBytes } from './units.ts';

/** How one kind of value is written: parsing, error messages, --help and the documentation all come from here. */
export interface ValueType<Value> {
  /** The stand-in for the value in --help, such as `number`. */
  readonly placeholder: string;
  /** What is accepted; it completes the sentence "Give ...". */
  readonly accepted: string;
  /** Undefined when the text is not accepted. */
  parse(text: string): Value | undefined;
  /** The text of a value, where it is not plain from the value. */
  written?(value: Value): string;
}

/** A memory limit as the operator wrote it: bytes, or a share of what the machine or the container has. */
export type MemoryLimit = { readonly bytes: number } | { readonly share: number };

const QUOTED_LENGTH_MAX = 100;

/** As a message repeats it: on one line, and not all of a novel. */
export function quoted(given: string): string {
  return JSON.stringify(given.length > QUOTED_LENGTH_MAX ? `${given.slice(0, QUOTED_LENGTH_MAX)}...` : given);
}

export function text(placeholder: string, accepted: string): ValueType<string> {
  return { placeholder, accepted, parse: (given) => (given === '' ? undefined : given) };
}

/** RabbitMQ decrypts what is marked so, with a passphrase from its advanced.config; here it would become the password. */
export function password(): ValueType<string> {
  return {
    placeholder: 'password',
    accepted: 'a password in clear text; one marked `encrypted:` cannot be read',
    parse: (given) => (given === '' || given.startsWith('encrypted:') ? undefined : given),
  };
}

export function integer(min: number, max: number, note = ''): ValueType<number> {
  return {
    placeholder: 'number',
    accepted: `a whole number from ${min} to ${max}${note}`,
    parse(given) {
      const value = /^\d{1,15}$/.test(given) ? Number(given) : -1;
      return value >= min && value <= max ? value : undefined;
    },
  };
}

/** As RabbitMQ has it for limits. */
export function integerOrInfinity(min: number): ValueType<number> {
  const { placeholder, parse } = integer(min, Number.MAX_SAFE_INTEGER);
  return {
    placeholder,
    accepted: `a whole number from ${min}, or infinity`,
    parse: (given) => (given === 'infinity' ? Number.POSITIVE_INFINITY : parse(given)),
  };
}

/** A port, or `none`, which is false. */
export function portOrNone(): ValueType<number | false> {
  const { placeholder, accepted, parse } = integer(0, 0xffff);
  return { placeholder, accepted: `${accepted}, or none`, parse: (given) => given !== 'none' && parse(given) };
}

export function oneOf<const Word extends string>(placeholder: string, ...words: readonly Word[]): ValueType<Word> {
  return {
    placeholder,
    accepted: `one of ${words.join(', ')}`,
    parse: (given) => words.find((word) => word === given.toLowerCase()),
  };
}

export function webAddress(): ValueType<string> {
  return {
    placeholder: 'url',
    accepted: 'a URL',
    parse: (given) => (/^https?:$/.test(URL.canParse(given) ? new URL(given).protocol : '') ? given : undefined),
  };
}

export function onOff(): ValueType<boolean> {
  return {
    placeholder: 'on|off',
    accepted: 'on or off (true, false, yes, no, 1 and 0 are understood too)',
    parse(given) {
      const word = given.toLowerCase();
      if (['on', 'true', 'yes', '1'].includes(word)) return true;
      return ['off', 'false', 'no', '0'].includes(word) ? false : undefined;
    },
  };
}

export function size(minBytes: number, maxBytes: number, range: string): ValueType<number> {
  return {
    placeholder: 'size',
    accepted: `bytes, or a number with KB, MB, GB, KiB, MiB or GiB, ${range}`,
    parse(given) {
      const bytes = sizeBytes(given);
      return bytes !== undefined && bytes >= minBytes && bytes <= maxBytes ? bytes : undefined;
    },
  };
}

/** A size where a share might stand too. */
export function bytes(): ValueType<MemoryLimit> {
  const { placeholder, parse } = size(0, Number.MAX_SAFE_INTEGER, '');
  return {
    placeholder,
    accepted: 'bytes, or a number with KB, MB, GB, KiB, MiB or GiB',
    parse(given) {
      const value = parse(given);
      return value === undefined ? undefined : { bytes: value };
    },
  };
}

export function duration(minMs: number, maxMs: number, range: string): ValueType<number> {
  return {
    placeholder: 'duration',
    accepted: `milliseconds, or a number with ms, s or m, ${range}`,
    parse(given) {
      const milliseconds = durationMs(given);
      return milliseconds !== undefined && milliseconds >= minMs && milliseconds <= maxMs ? milliseconds : undefined;
    },
  };
}

/** A duration, or a word for none, which is 0. */
export function durationOrNone(maxMs: number, range: string): ValueType<number> {
  const { placeholder, parse } = duration(0, maxMs, range);
  return {
    placeholder,
    accepted: `milliseconds, or a number with ms, s or m, ${range}; or false for none`,
    parse: (given) => (given === 'false' || given === 'undefined' ? 0 : parse(given)),
  };
}

export function memory(minBytes: number): ValueType<MemoryLimit> {
  return {
    placeholder: 'size|percent',
    accepted: `a share such as 60% (1% to 100%), or a size of at least ${minBytes / 2 ** 20}MiB such as 2GiB`,
    parse(given) {
      const percent = /^(\d{1,3})%$/.exec(given);
      if (percent) {
        const share = Number(percent[1]) / 100;
        return share >= 0.01 && share <= 1 ? { share } : undefined;
      }
      const bytes = sizeBytes(given);
      return bytes !== undefined && bytes >= minBytes ? { bytes } : undefined;
    },
  };
}

/** Names separated by commas; `none` is the empty list. */
export function names(what = 'user names'): ValueType<readonly string[]> {
  return {
    placeholder: 'names',
    accepted: `${what} separated by commas, or none`,
    parse(given) {
      if (given.toLowerCase() === 'none') return [];
      const list = given.split(',').map((name) => name.trim());
      return list.includes('') ? undefined : list;
    },
  };
}

/** Words separated by commas, each of which `item` takes. */
export function list<Item>(
  placeholder: string,
  accepted: string,
  item: (word: string) => Item | undefined,
): ValueType<readonly Item[]> {
  return {
    placeholder,
    accepted,
    parse(given) {
      const items = given.split(',').map((word) => item(word.trim()));
      return items.includes(undefined) ? undefined : (items as readonly Item[]);
    },
  };
}
