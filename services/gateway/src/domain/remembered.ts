interface Entry<V> {
  readonly value: V;
  readonly untilMs: number;
}

/** Values that are remembered until they expire, at most so many: the one not used for longest goes first. */
export class Remembered<V> {
  readonly #entries = new Map<string, Entry<V>>();

  constructor(private readonly sizeMax: number) {}

  get size(): number {
    return this.#entries.size;
  }

  /** @param nowMs epoch milliseconds */
  get(key: string, nowMs: number): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    if (entry.untilMs <= nowMs) return undefined;
    // A Map keeps the order of insertion: what was used last is at its end.
    this.#entries.set(key, entry);
    return entry.value;
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  /** @param untilMs epoch milliseconds at which the value is forgotten */
  set(key: string, value: V, untilMs: number): void {
    this.#entries.delete(key);
    this.#entries.set(key, { value, untilMs });
    if (this.#entries.size <= this.sizeMax) return;
    const oldest = this.#entries.keys().next();
    if (oldest.done !== true) this.#entries.delete(oldest.value);
  }
}
