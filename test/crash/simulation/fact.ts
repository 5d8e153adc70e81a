/** Commit numbers as an account keeps them once their process is gone: it was on disk, or it is not known whether it was. */
export const CERTAIN = 0;
const MAYBE: number = Number.POSITIVE_INFINITY;

/** What became of something that was to be on disk with `commit`, when the disk had everything up to `committed`. */
export function afterEnd(commit: number, committed: number): number {
  return commit <= committed ? CERTAIN : MAYBE;
}

/** Whether an exchange or a binding is there: what is known for certain, and what may have become of it since. */
export class Fact {
  #certain = false;
  #since: { readonly there: boolean; commit: number }[] = [];

  get there(): boolean {
    return this.#since.at(-1)?.there ?? this.#certain;
  }

  becomes(there: boolean, commit: number): void {
    this.#since.push({ there, commit });
  }

  processEnded(committed: number): void {
    for (const change of this.#since) change.commit = afterEnd(change.commit, committed);
    for (let last = this.#since.shift(); last !== undefined; last = this.#since.shift()) {
      if (last.commit !== CERTAIN) {
        this.#since.unshift(last);
        return;
      }
      this.#certain = last.there;
    }
  }

  mayBe(there: boolean): boolean {
    return this.#certain === there || this.#since.some((change) => change.there === there);
  }

  seen(there: boolean): void {
    this.#certain = there;
    this.#since = [];
  }
}
