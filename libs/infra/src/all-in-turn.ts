/**
 * Does one after the other, each also where one before it has failed: what ends servers must not end with the first that
 * does not let itself be ended.
 * @throws what the first of those that failed has thrown
 */
export async function allInTurn(works: readonly (() => Promise<unknown>)[]): Promise<void> {
  let first: { readonly error: unknown } | undefined;
  for (const work of works) {
    try {
      await work();
    } catch (error) {
      first ??= { error };
    }
  }
  if (first) throw first.error;
}
