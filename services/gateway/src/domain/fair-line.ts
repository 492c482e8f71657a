/**
 * Who waits for something scarce, served by turns: one of each party, then the next of each. So a party with
 * many waiting delays itself, and where there is no more room, it is the one that has to leave.
 */
export class FairLine<T> {
  /** In the order in which the parties are served next; none is empty. */
  readonly #lines = new Map<string, T[]>();
  #size = 0;

  /** @param max that wait at a time, of all parties */
  constructor(private readonly max: number) {}

  /**
   * Lines somebody up.
   *
   * @returns who has to leave for it, which may be the newcomer; `undefined` while there is room
   */
  add(party: string, waiting: T): T | undefined {
    const line = this.#lines.get(party);
    if (this.#size < this.max) {
      this.#append(party, line, waiting);
      return undefined;
    }
    const [longest, crowd] = this.#longest();
    // Who would have as many as the longest line has makes no room for itself by shortening that.
    if (crowd === undefined || (line?.length ?? 0) + 1 >= crowd.length) return waiting;
    const leaving = crowd.pop();
    this.#size -= 1;
    if (crowd.length === 0) this.#lines.delete(longest);
    this.#append(party, line, waiting);
    return leaving;
  }

  /** Takes out who is next; `undefined` when nobody waits. */
  take(): T | undefined {
    const [first] = this.#lines;
    if (first === undefined) return undefined;
    const [party, line] = first;
    const next = line.shift();
    this.#size -= 1;
    this.#lines.delete(party);
    if (line.length > 0) this.#lines.set(party, line);
    return next;
  }

  #append(party: string, line: T[] | undefined, waiting: T): void {
    if (line === undefined) this.#lines.set(party, [waiting]);
    else line.push(waiting);
    this.#size += 1;
  }

  #longest(): [string, T[] | undefined] {
    let longest: [string, T[] | undefined] = ['', undefined];
    for (const [party, line] of this.#lines) {
      if (line.length > (longest[1]?.length ?? 0)) longest = [party, line];
    }
    return longest;
  }
}
