/**
 * Waits for all that start, also where one fails: then those that did start are stopped.
 * @throws the first failure
 */
export async function allOrNone<T extends readonly { stop(): Promise<void> }[]>(starts: {
  readonly [K in keyof T]: Promise<T[K]>;
}): Promise<T> {
  const results = await Promise.allSettled<T[number]>(starts);
  const failure = results.find((result) => result.status === 'rejected');
  const started = results.filter((result) => result.status === 'fulfilled').map(({ value }) => value);
  if (failure === undefined) return started as unknown as T;
  await Promise.allSettled(started.map((one) => one.stop()));
  throw failure.reason;
}
