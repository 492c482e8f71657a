/** Of the places, so many more are kept for whoever holds few of them. */
const SPARE_PART = 4;

/** A place that was taken. */
export interface Place {
  /** Of who took it, the narrowest first. */
  readonly networks: readonly string[];
  /** It was one of the spare ones. */
  readonly isSpare: boolean;
}

/**
 * The places of requests in work, and whose they are. Whoever comes first may take all of them, as long as nobody
 * else wants any: so that this keeps nobody else out, a quarter more are there for those who hold less than their
 * share of that quarter. Of these the networks around them take no more than leaves as many to others: who has many
 * small networks has them within a wide one.
 */
export class Places {
  readonly #heldBy = new Map<string, number>();
  /** Spare places by the wider networks that hold them. */
  readonly #spareOf = new Map<string, number>();
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

  /** @param networks of the client, the narrowest first */
  hasRoomFor(networks: readonly string[]): boolean {
    if (this.#held < this.max) return true;
    const left = this.limit - this.#held;
    if (left <= 0) return false;
    const share = Math.ceil(this.#spare / (this.#heldBy.size + 1));
    if ((this.#heldBy.get(networks[0] ?? '') ?? 0) >= share) return false;
    // A wide network as many as it leaves, one within it half of that, so that its neighbours get some too.
    return networks.every(
      (network, index) =>
        index === 0 || (this.#spareOf.get(network) ?? 0) * 2 ** (networks.length - 1 - index) < left,
    );
  }

  take(networks: readonly string[]): Place {
    const place = { networks, isSpare: this.#held >= this.max };
    this.#count(place, 1);
    return place;
  }

  giveBack(place: Place): void {
    this.#count(place, -1);
  }

  get #spare(): number {
    return Math.ceil(this.max / SPARE_PART);
  }

  #count({ networks: [narrowest = '', ...wider], isSpare }: Place, more: 1 | -1): void {
    this.#held += more;
    add(this.#heldBy, narrowest, more);
    if (isSpare) for (const network of wider) add(this.#spareOf, network, more);
  }
}

function add(counts: Map<string, number>, key: string, more: 1 | -1): void {
  const count = (counts.get(key) ?? 0) + more;
  if (count > 0) counts.set(key, count);
  else counts.delete(key);
}
