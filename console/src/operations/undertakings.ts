import { Intent } from '../api/intent.js';
import { afterRound, begun, resumed, stopped, type Progress, type Round } from './progress.js';

/** Something that was done to a thing on a page, which stays at its row. */
export interface Undertaking<Thing> {
  readonly key: string;
  /** As it was, or is since. */
  readonly thing: Thing;
  /** Undefined of what was done at once. */
  readonly progress?: Progress;
}

/** @param idempotencyKey the same for a round that is asked for again because its answer was lost */
type DoRound = (next: string | undefined, idempotencyKey: string) => Promise<Round>;

/** All that was done on a page since it was opened. It goes on while other pages are looked at. */
export class Undertakings<Thing> {
  readonly #listeners = new Set<() => void>();
  readonly #rounds = new Map<string, { readonly round: DoRound; readonly intent: Intent }>();
  #all: readonly Undertaking<Thing>[] = [];

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly all = (): readonly Undertaking<Thing>[] => this.#all;

  of(key: string): Undertaking<Thing> | undefined {
    return this.#all.find((one) => one.key === key);
  }

  isUnderWay(key: string): boolean {
    return this.of(key)?.progress?.isUnderWay === true;
  }

  /**
   * Begins what is done in rounds, and ends with the last of them, or with an error that is told. What is under way is
   * not begun again.
   */
  async start(key: string, thing: Thing, requested: number, round: DoRound): Promise<void> {
    if (this.isUnderWay(key)) return;
    this.#rounds.set(key, { round, intent: new Intent() });
    this.keep({ key, thing, progress: begun(requested) });
    await this.#go(key);
  }

  /** Goes on after an error. */
  async goOn(key: string): Promise<void> {
    if (this.isUnderWay(key)) return;
    this.#progress(key, resumed);
    await this.#go(key);
  }

  keep(undertaking: Undertaking<Thing>): void {
    const others = this.#all.filter(({ key }) => key !== undertaking.key);
    this.#tell([undertaking, ...others]);
  }

  /** Takes it from the page. */
  dismiss(key: string): void {
    this.#rounds.delete(key);
    this.#tell(this.#all.filter((one) => one.key !== key));
  }

  async #go(key: string): Promise<void> {
    const { round, intent } = this.#rounds.get(key) ?? {};
    try {
      while (round !== undefined && intent !== undefined && this.isUnderWay(key)) {
        const next = this.of(key)?.progress?.next;
        const done = await intent.do(next ?? '', (idempotencyKey) => round(next, idempotencyKey));
        this.#progress(key, (progress) => afterRound(progress, done));
      }
    } catch (error) {
      this.#progress(key, (progress) => stopped(progress, error));
    }
  }

  #progress(key: string, change: (progress: Progress) => Progress): void {
    this.#tell(
      this.#all.map((one) =>
        one.key === key && one.progress !== undefined ? { ...one, progress: change(one.progress) } : one,
      ),
    );
  }

  #tell(all: readonly Undertaking<Thing>[]): void {
    this.#all = all;
    for (const listener of this.#listeners) listener();
  }
}
