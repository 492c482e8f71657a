import { LRUCache } from 'lru-cache';
import { Gathering } from './gathering.js';

/** The greatest age of what is remembered. */
const REMEMBERED_MS = 1_000;
/** Timers may be early by a moment. */
const MARGIN_MS = 20;

interface Options<Q, A> {
  keyOf(question: Q): string;
  /** Reads answers by the keys of their questions, each of which is another one. What has no answer is left out. */
  read(questions: readonly Q[]): Promise<ReadonlyMap<string, A>>;
  /** Questions that go together. */
  readonly atOnce: number;
  /** Answers that are remembered. */
  readonly most: number;
}

/**
 * Answers to questions that nearly every request has: those that come while some are under way go together, and an
 * answer is remembered for a second from before it was read. So what was changed a second ago is known everywhere.
 */
export class Remembered<Q, A extends object> {
  readonly #answers: LRUCache<string, A>;
  readonly #questions: Gathering<Q, A | undefined>;
  /** The number of times that something was forgotten: anything read before the latest is not remembered. */
  #forgotten = 0;

  constructor(private readonly options: Options<Q, A>) {
    const perf = { now: () => performance.now() };
    this.#answers = new LRUCache({ max: options.most, ttl: REMEMBERED_MS, ttlResolution: 0, perf });
    this.#questions = new Gathering(options.atOnce, (questions) => this.#read(questions));
  }

  of(question: Q): Promise<A | undefined> {
    const known = this.#answers.get(this.options.keyOf(question));
    return known === undefined ? this.#questions.of(question) : Promise.resolve(known);
  }

  /** To be called once the answers to these are others. */
  forget(questions: readonly Q[]): void {
    if (questions.length === 0) return;
    this.#forgotten += 1;
    for (const question of questions) this.#answers.delete(this.options.keyOf(question));
  }

  /** As {@link forget}, where it is seldom: what is forgotten in vain is read again. */
  forgetAll(): void {
    this.#forgotten += 1;
    this.#answers.clear();
  }

  /** As {@link forgetAll}; resolves once no other replica remembers what was before. */
  async forgetEverywhere(): Promise<void> {
    this.forgetAll();
    await new Promise((resolve) => setTimeout(resolve, REMEMBERED_MS + MARGIN_MS));
  }

  async #read(questions: readonly Q[]): Promise<(A | undefined)[]> {
    const { keyOf, read } = this.options;
    const [forgotten, start] = [this.#forgotten, performance.now()];
    const asked = [...new Map(questions.map((question) => [keyOf(question), question])).values()];
    const answers = await read(asked);
    if (forgotten === this.#forgotten) {
      for (const [key, answer] of answers) this.#answers.set(key, answer, { start });
    }
    return questions.map((question) => answers.get(keyOf(question)));
  }
}
