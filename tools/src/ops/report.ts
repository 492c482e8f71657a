/** The result of a command: for programs, and for people. */
export interface Report {
  readonly json: unknown;
  readonly text: string;
}
