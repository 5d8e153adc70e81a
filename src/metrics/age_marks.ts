/** Enough to tell an age of a day to within a half. */
const MARKS_MAX = 32;

interface Mark {
  /** What the next message was to be numbered at the time. */
  readonly sequence: number;
  readonly atMs: number;
}

/**
 * When the messages of a queue came, as far as looking at it now and then can tell: those numbered from one mark to the next came
 * between the two. No message carries its time.
 */
export class AgeMarks {
  readonly #marks: Mark[] = [];

  /** The queue's first message has the sequence `first`; the next to come will have `next`. */
  note(first: number, next: number, atMs: number): void {
    const marks = this.#marks;
    if (marks.at(-1)?.sequence === next) marks.pop();
    // The last one at or before the first message says when that came; those before it say nothing any more.
    const needed = marks.findLastIndex(({ sequence }) => sequence <= first);
    if (needed > 0) marks.splice(0, needed);
    marks.push({ sequence: next, atMs });
    if (marks.length > MARKS_MAX) marks.splice(leastMissed(marks, atMs), 1);
  }

  /** The message of that sequence came after this time; or before it, if that was before anybody looked. */
  cameAfterMs(sequence: number): number | undefined {
    return (this.#marks.findLast((mark) => mark.sequence <= sequence) ?? this.#marks[0])?.atMs;
  }
}

/** The mark without which ages would be told least worse, for how old they are. The first is needed. */
function leastMissed(marks: readonly Mark[], nowMs: number): number {
  let least = 1;
  let leastLoss = Number.POSITIVE_INFINITY;
  for (let i = 1; i < marks.length - 1; i++) {
    const [before, after] = [marks[i - 1] as Mark, marks[i + 1] as Mark];
    const loss = (after.atMs - before.atMs) / (nowMs - before.atMs);
    if (loss >= leastLoss) continue;
    leastLoss = loss;
    least = i;
  }
  return least;
}
