/** Half of them are let go when there are more: the older, the coarser. */
const MARKS_MAX = 24;

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
  #marks: Mark[] = [];

  /** The queue's first message has the sequence `first`; the next to come will have `next`. */
  note(first: number, next: number, atMs: number): void {
    const marks = this.#marks;
    if (marks.at(-1)?.sequence === next) marks.pop();
    // The last one at or before the first message says when that came; those before it say nothing any more.
    const needed = marks.findLastIndex(({ sequence }) => sequence <= first);
    if (needed > 0) marks.splice(0, needed);
    marks.push({ sequence: next, atMs });
    if (marks.length > MARKS_MAX) this.#marks = marks.filter((_mark, i) => i === 0 || (marks.length - i) % 2 === 1);
  }

  /** The message of that sequence came after this time; or before it, if that was before anybody looked. */
  cameAfterMs(sequence: number): number | undefined {
    return (this.#marks.findLast((mark) => mark.sequence <= sequence) ?? this.#marks[0])?.atMs;
  }
}
