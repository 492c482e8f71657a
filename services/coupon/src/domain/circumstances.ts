/** What a decision takes from the outer world. */
export interface Circumstances {
  readonly now: Date;
  newId(): string;
}
