// A configuration file, in the format of rabbitmq.conf:
//
//   # a comment                        from a # to the end of the line, wherever it stands outside quotes
//   listeners.tcp.default = 5672       key = value, white space around both left out
//   loopback_users.my\.name = true     a key is words of A-Z a-z 0-9 _ - with dots between them; \. is a dot in a word
//   default_pass = 'a # inside'        single quotes keep what is between them as it is, line ends too; '' is one quote
//   include conf.d/*.conf              other files, as if they stood here
//
// One setting a line. A key may stand again: the last one counts. RabbitMQ knows all of this but the doubled quote.

export interface SettingLine {
  readonly type: 'setting';
  readonly path: string;
  readonly line: number;
  /** The key's words: `a.b\.c` is `a` and `b.c`. */
  readonly words: readonly string[];
  readonly value: string;
}

export interface IncludeLine {
  readonly type: 'include';
  readonly path: string;
  readonly line: number;
  readonly included: string;
}

/** What is wrong with a line, as the end of a sentence that began with its place. */
export interface Problem {
  readonly path: string;
  readonly line: number;
  readonly text: string;
}

export interface ParsedFile {
  readonly lines: readonly (SettingLine | IncludeLine)[];
  readonly problems: readonly Problem[];
}

const WORD = String.raw`(?:\\\.|[\w-])+`;
const ASSIGNMENT = String.raw`[ \t]*(${WORD}(?:\.${WORD})*)[ \t]*=[ \t]*`;
const LINE_END = String.raw`[ \t]*(?:#[^\n]*)?\r?(?:\n|$)`;
const QUOTED = new RegExp(`${ASSIGNMENT}'((?:[^']|'')*)'${LINE_END}`, 'y');
/** A quote that is not closed on its line is a letter like any other. */
const PLAIN = new RegExp(String.raw`${ASSIGNMENT}(?!'[^'\n]*'|[ \t\r])([^#\n]+)${LINE_END}`, 'y');
const INCLUDE = new RegExp(String.raw`[ \t]*include[ \t]+([^\s#=][^\s#]*)${LINE_END}`, 'y');
const NOTHING = new RegExp(LINE_END, 'y');
const WHOLE_LINE = /[^\n]*(?:\n|$)/y;

/** Every line of a file, and what is wrong with those that mean nothing. Never throws. */
export function parseConfigFile(path: string, content: string): ParsedFile {
  const lines: (SettingLine | IncludeLine)[] = [];
  const problems: Problem[] = [];
  const text = content.replace(/^\uFEFF/, '');
  let line = 1;
  let at = 0;
  let taken: readonly string[] | undefined;
  const takes = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    taken = pattern.exec(text) ?? undefined;
    return taken !== undefined;
  };
  while (at < text.length) {
    if (takes(QUOTED)) {
      const [, key, value] = taken!;
      lines.push({ type: 'setting', path, line, words: wordsOf(key!), value: value!.replaceAll("''", "'") });
    } else if (takes(PLAIN)) {
      const [, key, value] = taken!;
      lines.push({ type: 'setting', path, line, words: wordsOf(key!), value: value!.trimEnd() });
    } else if (takes(INCLUDE)) {
      lines.push({ type: 'include', path, line, included: taken![1]! });
    } else if (!takes(NOTHING)) {
      takes(WHOLE_LINE);
      problems.push({ path, line, text: whyNot(taken![0]!) });
    }
    const [whole] = taken!;
    line += whole!.split('\n').length - 1;
    at += whole!.length;
  }
  return { lines, problems };
}

/** A key as it is written: dots within its words are marked. */
export function keyOf(words: readonly string[]): string {
  return words.map((word) => word.replaceAll('.', '\\.')).join('.');
}

function wordsOf(key: string): string[] {
  return key.split(/(?<!\\)\./).map((word) => word.replaceAll('\\.', '.'));
}

function whyNot(line: string): string {
  const [, key] = /^\s*([\w.\\-]+)\s*=\s*(?:#.*)?$/.exec(line.trimEnd()) ?? [];
  if (key !== undefined) return `${key} is given no value. The empty text is written ''.`;
  if (/=\s*'/.test(line)) return 'has something after the closing quote.';
  return 'is not a `key = value` line, a comment or empty.';
}
