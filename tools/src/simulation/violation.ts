/** The promises that are checked, by the name under which a broken one is reported. */
export type Promised =
  | 'nothing throws'
  | 'every order ends'
  | 'every client is answered'
  | 'money'
  | 'stock'
  | 'coupons'
  | 'amounts'
  | 'carts'
  | 'outcomes stay'
  | 'tombstones'
  | 'answers stay'
  | 'history'
  | 'readers agree';

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
