import { JangteoError, newKey } from '@jangteo/client';

/** Refused for good: the shop keeps that answer under the key, and gives a repeat the same one (docs/errors.md). */
function isDecided(error: unknown): boolean {
  if (!(error instanceof JangteoError)) return false;
  const { status, code } = error;
  // What refuses in words of its own is not the shop, and tells nothing of what the shop has done before.
  const isOpen =
    status === 408 || status === 429 || code === 'IDEMPOTENCY_KEY_IN_USE' || code === 'NO_PROBLEM';
  return status >= 400 && status < 500 && !isOpen;
}

/** Something that somebody means to be done once, however often they press for it while no answer comes. */
export class Intent {
  #what: string | undefined;
  #key = '';

  /**
   * Does it under the Idempotency-Key of the last try, unless that one was decided or something else was meant.
   *
   * @param what all that is asked for, as text
   */
  async do<T>(what: string, work: (idempotencyKey: string) => Promise<T>): Promise<T> {
    if (what !== this.#what) this.#key = newKey();
    this.#what = what;
    try {
      const done = await work(this.#key);
      this.#what = undefined;
      return done;
    } catch (error) {
      if (isDecided(error)) this.#what = undefined;
      throw error;
    }
  }
}
