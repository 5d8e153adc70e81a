/** A term of Erlang's, to be printed: text that stays in one piece, or a list or a tuple of terms. */
export type Term = string | Compound;

export interface Compound {
  readonly brackets: '[]' | '{}';
  readonly items: readonly Term[];
}

const LINE_CHARACTERS = 80;

/**
 * Over as many lines as it takes, as Erlang's ~p prints a term that begins in that column, the first being 1. What fits stays
 * in a line. In a list or a tuple that does not fit, what has parts of its own is on a line of its own, and what has none follows
 * what stands before it as long as there is room.
 *
 *     [{<<"headers">>,table,
 *       [{<<"a">>,byte,1},
 *        {<<"b">>,bool,true}]},
 *      {<<"content_type">>,longstr,<<"text/plain">>}]
 */
export function layOut(term: Term, column: number): string {
  return laidOut(term, column, 0);
}

/** `closing` brackets come right behind it. */
function laidOut(term: Term, column: number, closing: number): string {
  const flat = flatten(term);
  if (typeof term === 'string' || flat.length < LINE_CHARACTERS - column - closing) return flat;
  const { brackets, items } = term;
  const isTagged = brackets === '{}' && typeof items[0] === 'string' && /^[a-z]/.test(items[0]);
  const [open, close] = brackets;
  return open + (isTagged ? tagged(items, column + 1, closing) : inLines(items, column + 1, closing)) + close;
}

/** What comes after an atom is set off by it. */
function tagged([tag = '', ...rest]: readonly Term[], column: number, closing: number): string {
  const text = `${flatten(tag)},`;
  return text + inLines(rest, column + text.length, closing);
}

function inLines(items: readonly Term[], column: number, closing: number): string {
  let text = '';
  // The column behind what was printed last; past the line where nothing may follow that.
  let end = column;
  for (const [index, item] of items.entries()) {
    const closingHere = index === items.length - 1 ? closing + 1 : 0;
    const follows = index > 0 && typeof item === 'string' && item.length + 1 < roomBehind(end, closingHere);
    const shown = follows ? item : laidOut(item, column, closingHere);
    const before = follows ? ',' : `,\n${' '.repeat(column - 1)}`;
    text += index === 0 ? shown : before + shown;
    if (typeof item !== 'string') end = LINE_CHARACTERS;
    else end = follows ? end + 1 + shown.length : column + shown.length;
  }
  return text;
}

/** A comma comes behind what is not the last, and brackets behind what is. */
function roomBehind(end: number, closing: number): number {
  return LINE_CHARACTERS - end - Math.max(closing, 1);
}

function flatten(term: Term): string {
  if (typeof term === 'string') return term;
  const [open = '', close = ''] = term.brackets;
  return open + term.items.map(flatten).join(',') + close;
}
