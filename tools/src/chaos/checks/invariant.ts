/** One line of the table at the end. */
export interface Invariant {
  /** As the fault tests call it; others have a word of their own. */
  readonly name: string;
  readonly says: string;
  /** What breaks it; it holds where there is nothing. */
  readonly problems: readonly string[];
  /** How much was looked at. */
  readonly looked?: string;
}
