const WINDOW_MS = 60_000;

interface Window {
  readonly untilMs: number;
  written: number;
  leftOut: number;
}

/** Lets through so many lines of each kind in a minute, and counts the others. */
export class LineBudget {
  readonly #windows = new Map<string, Window>();

  constructor(private readonly perMinute: number) {}

  /**
   * @param kind one of few
   * @param nowMs milliseconds of a clock that nobody sets
   * @returns how many lines of the minute before were left out, once; `undefined` where this one is to be
   */
  take(kind: string, nowMs: number): number | undefined {
    let window = this.#windows.get(kind);
    let leftOut = 0;
    if (window === undefined || window.untilMs <= nowMs) {
      leftOut = window?.leftOut ?? 0;
      window = { untilMs: nowMs + WINDOW_MS, written: 0, leftOut: 0 };
      this.#windows.set(kind, window);
    }
    if (window.written >= this.perMinute) {
      window.leftOut += 1;
      return undefined;
    }
    window.written += 1;
    return leftOut;
  }
}
