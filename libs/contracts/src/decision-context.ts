/** A decision's inputs from the outer world: the time, and ids for what it makes. */
export interface DecisionContext {
  readonly now: Date;
  newId(): string;
}
