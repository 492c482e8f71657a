/** What a command found or did: for programs, and for people. */
export interface Report {
  readonly json: unknown;
  readonly text: string;
}
