/** Thrown by work whose database or other resource is away for a while: retried, never dead-lettered. */
export class TransientFailure extends Error {
  override readonly name: string = 'TransientFailure';
  /** True where contact was lost while the work was being done: what was asked for may be done all the same. */
  mayBeDone = false;
}

/** The resource is there, but somebody else holds what this work needs: other work can go on meanwhile. */
export class BusyFailure extends TransientFailure {
  override readonly name: string = 'BusyFailure';
}

/** The environment does not fit: the message names each variable and what is wrong with it. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/** @returns the problem with a setting, never its value */
export function unfit(setting: string, problem: string): ConfigurationError {
  return new ConfigurationError(`the environment does not fit: ${setting}: ${problem}`);
}
