/** The greatest age of a result: however many want to know, there is one look a second. */
const KEPT_MS = 1_000;

/** The result of a look, or its failure, which is told to whoever asks for a second after. */
export class Kept<T> {
  #last: { readonly result: Promise<T>; untilMs: number } | undefined;

  constructor(private readonly look: () => Promise<T>) {}

  async get(): Promise<T> {
    if (this.#last === undefined || performance.now() >= this.#last.untilMs) this.#last = this.#looked();
    return await this.#last.result;
  }

  #looked(): { result: Promise<T>; untilMs: number } {
    const look = { result: this.look(), untilMs: Infinity };
    const end = (): void => {
      look.untilMs = performance.now() + KEPT_MS;
    };
    look.result.then(end, end);
    return look;
  }
}
