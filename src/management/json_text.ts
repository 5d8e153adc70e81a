import { LazyList } from '../lib/lazy_list.ts';
import { spareTime } from '../lib/spare_time.ts';

/** Enough to be worth sending. */
const PIECE_CHARACTERS = 32 * 1024;

/** A value as JSON: `JSON.stringify(value)`, a piece at a time where members of it are long lists. */
export async function* jsonPieces(value: unknown): AsyncGenerator<string, void, undefined> {
  if (!hasLongLists(value)) {
    yield JSON.stringify(value);
    return;
  }
  let before = '{';
  for (const [name, member] of Object.entries(value)) {
    const shown = member instanceof LazyList ? '' : JSON.stringify(member);
    if (shown === undefined) continue;
    yield `${before}${JSON.stringify(name)}:${shown}`;
    if (member instanceof LazyList) yield* listPieces(shownOf(member));
    before = ',';
  }
  yield '}';
}

/** A list as JSON. Rows are made one by one, when there is time for them. */
export async function* listPieces(rows: Iterable<unknown>): AsyncGenerator<string, void, undefined> {
  let text = '';
  let before = '[';
  for (const row of rows) {
    if (spareTime.isOver) await spareTime.later();
    text += before + (JSON.stringify(row) ?? 'null');
    before = ',';
    if (text.length < PIECE_CHARACTERS) continue;
    yield text;
    text = '';
  }
  yield before === '[' ? '[]' : `${text}]`;
}

function hasLongLists(value: unknown): value is object {
  return (
    typeof value === 'object' && value !== null && Object.values(value).some((member) => member instanceof LazyList)
  );
}

function* shownOf({ parts }: LazyList): Generator<unknown, void, undefined> {
  for (const { things, view } of parts) {
    for (const thing of things) {
      const shown = view(thing as never);
      if (shown !== undefined) yield shown;
    }
  }
}
