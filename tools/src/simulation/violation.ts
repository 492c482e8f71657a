import type { PromiseName } from '@jangteo/contracts';

/** Under what a broken promise is reported; that nothing throws goes without saying. */
export type Promised = PromiseName | 'nothing throws';

/** A promise that was broken. */
export class Violation extends Error {
  override readonly name = 'Violation';

  constructor(
    readonly promise: Promised,
    readonly detail: string,
  ) {
    super(`${promise}: ${detail}`);
  }
}

/** @throws Violation unless it holds */
export function demand(holds: boolean, promise: Promised, detail: () => string): asserts holds {
  if (!holds) throw new Violation(promise, detail());
}
