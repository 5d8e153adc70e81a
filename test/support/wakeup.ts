/** Waiting for something that is looked at again whenever something happened. */
export class Wakeup {
  #wake: () => void = () => {};

  /** Something happened. */
  wake(): void {
    this.#wake();
  }

  /** Resolves when it is done, or `deadline` of `performance.now()` has passed. */
  async until(done: () => boolean, deadline: number): Promise<void> {
    while (!done()) {
      const left = deadline - performance.now();
      if (left <= 0) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}
