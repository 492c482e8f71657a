/** Of the places, so many more are kept for whoever holds few of them. */
const SPARE_PART = 4;

/**
 * The places of requests in work, and whose they are. Whoever comes first may take all of them, as long as nobody
 * else wants any: so that this keeps nobody else out, a quarter more are there for those who hold less than their
 * share of that quarter.
 */
export class Places {
  readonly #heldBy = new Map<string, number>();
  #held = 0;

  /** @param max how many anybody may take, whoever else holds none */
  constructor(readonly max: number) {}

  get held(): number {
    return this.#held;
  }

  /** All places that there can be, those kept for holders of few included. */
  get limit(): number {
    return this.max + this.#spare;
  }

  /** @param network whom limits count the client as */
  hasRoomFor(network: string): boolean {
    if (this.#held < this.max) return true;
    if (this.#held >= this.limit) return false;
    const share = Math.ceil(this.#spare / (this.#heldBy.size + 1));
    return (this.#heldBy.get(network) ?? 0) < share;
  }

  take(network: string): void {
    this.#held += 1;
    this.#heldBy.set(network, (this.#heldBy.get(network) ?? 0) + 1);
  }

  giveBack(network: string): void {
    const left = (this.#heldBy.get(network) ?? 1) - 1;
    this.#held -= 1;
    if (left > 0) this.#heldBy.set(network, left);
    else this.#heldBy.delete(network);
  }

  get #spare(): number {
    return Math.ceil(this.max / SPARE_PART);
  }
}
