/** While it is on, nothing is taken out of a queue: messages are coming back to it that are older than what is there. */
export class Pause {
  readonly #over: () => void;
  #begun = 0;
  readonly #waiting: (() => void)[] = [];

  /** `over` is called each time that it ends. */
  constructor(over: () => void) {
    this.#over = over;
  }

  get on(): boolean {
    return this.#begun > 0;
  }

  begin(): void {
    this.#begun++;
  }

  /** Has to be called as often as `begin`. */
  end(): void {
    this.#begun--;
    if (this.on) return;
    this.#over();
    for (const callback of this.#waiting.splice(0)) callback();
  }

  /** Calls back once when it has ended. Answers that it has not. */
  wait(callback: () => void): false {
    this.#waiting.push(callback);
    return false;
  }
}
