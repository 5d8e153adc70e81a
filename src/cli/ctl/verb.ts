import type { Api } from './api.ts';
import type { Output } from './output.ts';

/** What a verb has to work with. */
export interface Context {
  readonly api: Api;
  readonly output: Output;
  /** Of --vhost, or the default one. */
  readonly vhost: string;
  /** Seconds, of --timeout, or undefined if it was not given. */
  readonly timeoutSeconds: number | undefined;
  /** Where a password comes from that was not given. */
  readLine(prompt: string): Promise<string>;
}

/** By the name in camel case. */
export type Flags = Readonly<Record<string, string | boolean | undefined>>;

export interface VerbOption {
  /** As commander takes them: `--limit <number>`. */
  readonly flags: string;
  readonly sentence: string;
}

export interface Verb {
  /** As commander takes them: `<user> [password]`. */
  readonly words?: string;
  readonly sentence: string;
  /** What only the verb's own help tells. */
  readonly details?: string;
  readonly options?: readonly VerbOption[];
  run(context: Context, words: readonly string[], flags: Flags): Promise<void>;
}

export type Verbs = Readonly<Record<string, Verb>>;

/** The text of a flag that takes a value. */
export function flagText(flags: Flags, name: string): string | undefined {
  const value = flags[name];
  return typeof value === 'string' ? value : undefined;
}
