/** Some things, and how each is shown: undefined for one that is left out. */
interface Part {
  readonly things: readonly unknown[];
  readonly view: (thing: never) => unknown;
}

/**
 * A long list that is made one by one, when it is sent: what it is made of is copied at once, and does not change. As JSON it is the
 * same as the list that `all` makes.
 */
export class LazyList {
  readonly parts: readonly Part[];

  private constructor(parts: readonly Part[]) {
    this.parts = parts;
  }

  static of<T>(things: readonly T[], view: (thing: T) => unknown): LazyList {
    return new LazyList([{ things, view }]);
  }

  /** One behind the other. */
  static join(lists: readonly LazyList[]): LazyList {
    return new LazyList(lists.flatMap(({ parts }) => parts));
  }

  /** As `Array.map`. */
  map(change: (shown: unknown) => unknown): LazyList {
    return new LazyList(
      this.parts.map(({ things, view }) => ({
        things,
        view: (thing: never) => {
          const shown = view(thing);
          return shown === undefined ? undefined : change(shown);
        },
      })),
    );
  }

  all(): unknown[] {
    return this.parts.flatMap(({ things, view }) =>
      things.map((thing) => view(thing as never)).filter((shown) => shown !== undefined),
    );
  }
}
