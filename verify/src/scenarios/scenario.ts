/** What is done to a shop where, and what must hold afterwards, as one npm command. */
export interface Scenario {
  /** The answer to `--help`. */
  readonly help: string;
  /** @returns whether all was well @throws UsageError for options that do not fit */
  run(args: readonly string[], interruption: AbortSignal): Promise<boolean>;
}
