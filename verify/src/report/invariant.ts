/** One line of the table at the end. */
export interface Invariant {
  /** A promise's; what is no promise of the shop has a word of its own. */
  readonly name: string;
  readonly says: string;
  /** Breaches; it holds where there are none. */
  readonly problems: readonly string[];
  /** Number and kind of the things looked at: `3 poisons`. */
  readonly looked?: string;
}
