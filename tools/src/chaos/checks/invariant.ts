/** One line of the table at the end. */
export interface Invariant {
  /** A promise's; what is no promise of the shop has a word of its own. */
  readonly name: string;
  readonly says: string;
  /** What breaks it; it holds where there is nothing. */
  readonly problems: readonly string[];
  /** How much was looked at. */
  readonly looked?: string;
}
