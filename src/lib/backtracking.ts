/**
 * How much work a backtracking matcher could make of a pattern, found from the pattern alone: in how many ways it can be
 * matched up to some point of a subject. An alternative multiplies that by the number of its branches, a repetition by the
 * number of times that it may run; a look-around is left as soon as it is decided, so what is within adds work but no ways,
 * and one after another adds to it.
 *
 *     ^(?!amq\.).*        2 * 256: `.*` has a choice of where to end, and there is one look-around
 *     ^(?=.*a)(?=.*b).*  (1 + 256 + 256) * 256
 *     ^(a|b)+$            2^256 and more: a repeated choice is exponential
 */

/** Longer than every name of a queue or exchange. */
const SUBJECT_LENGTH = 256;

/** Letters and digits that mean the same in Perl's and JavaScript's patterns; others after a backslash may not. */
const KNOWN_ESCAPES = /[dDwWsSbBtnrfv0-9]/;
const LOOK_AROUNDS = ['?=', '?!', '?<=', '?<!'];

interface Cost {
  /** Ways to match. */
  readonly ways: number;
  /** Work in look-arounds for each way, and the way's own. */
  readonly asides: number;
}

const SINGLE: Cost = { ways: 1, asides: 1 };

/** Undefined for what is not understood, or not as Perl would. */
export function backtrackingCost(source: string): number | undefined {
  const reader = new Reader(source);
  const cost = reader.alternatives();
  if (cost === undefined || reader.at < source.length) return undefined;
  const starts = source.startsWith('^') && !reader.topLevelChoice ? 1 : SUBJECT_LENGTH;
  return cost.ways * cost.asides * starts;
}

class Reader {
  at = 0;
  topLevelChoice = false;
  readonly #source: string;
  #depth = 0;

  constructor(source: string) {
    this.#source = source;
  }

  alternatives(): Cost | undefined {
    let ways = 0;
    let asides = 1;
    for (;;) {
      const branch = this.#branch();
      if (branch === undefined) return undefined;
      ways += branch.ways;
      asides += branch.asides - 1;
      if (!this.#take('|')) return { ways, asides };
      if (this.#depth === 0) this.topLevelChoice = true;
    }
  }

  #branch(): Cost | undefined {
    let ways = 1;
    let asides = 1;
    while (this.at < this.#source.length && !'|)'.includes(this.#source[this.at] as string)) {
      const piece = this.#piece();
      if (piece === undefined) return undefined;
      ways *= piece.ways;
      asides += piece.asides - 1;
    }
    return { ways, asides };
  }

  #piece(): Cost | undefined {
    const atom = this.#atom();
    return atom === undefined ? undefined : this.#repeated(atom);
  }

  #atom(): Cost | undefined {
    if (this.#take('(')) return this.#group();
    if (this.#take('[')) return this.#characterClass();
    if (this.#take('\\')) return KNOWN_ESCAPES.test(this.#next()) || isPunctuation(this.#last()) ? SINGLE : undefined;
    this.#next();
    return SINGLE;
  }

  #group(): Cost | undefined {
    const isLookAround = LOOK_AROUNDS.some((opening) => this.#take(opening));
    if (!isLookAround && !this.#take('?:') && this.#source[this.at] === '?') return undefined;
    this.#depth++;
    const inner = this.alternatives();
    this.#depth--;
    if (inner === undefined || !this.#take(')')) return undefined;
    return isLookAround ? { ways: 1, asides: inner.ways * inner.asides + 1 } : inner;
  }

  #characterClass(): Cost | undefined {
    this.#take('^');
    // Perl's `[]a]` holds a bracket, JavaScript's is empty; neither are named classes alike.
    if (this.#source[this.at] === ']') return undefined;
    while (!this.#take(']')) {
      if (this.at >= this.#source.length || this.#source.startsWith('[:', this.at)) return undefined;
      if (this.#next() === '\\' && !KNOWN_ESCAPES.test(this.#next()) && !isPunctuation(this.#last())) return undefined;
    }
    return SINGLE;
  }

  #repeated(atom: Cost): Cost {
    const match = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})/.exec(this.#source.slice(this.at, this.at + 16));
    if (match === null) return atom;
    this.at += match[0].length;
    this.#take('?');
    if (match[0] === '?') return { ways: atom.ways + 1, asides: atom.asides };
    const [, least, comma, most] = match;
    const exact = least !== undefined && (comma === '' || least === most);
    const times = most !== undefined && most !== '' ? Number(most) : exact ? Number(least) : SUBJECT_LENGTH;
    if (atom.ways > 1) return { ways: atom.ways ** times * (exact ? 1 : times), asides: atom.asides };
    return { ways: exact ? 1 : Math.min(times, SUBJECT_LENGTH), asides: atom.asides };
  }

  #take(text: string): boolean {
    if (!this.#source.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  #next(): string {
    return this.#source[this.at++] ?? '';
  }

  #last(): string {
    return this.#source[this.at - 1] ?? '';
  }
}

function isPunctuation(character: string): boolean {
  return /[!-/:-@[-`{-~]/.test(character);
}
